/** The last few of many ids, to know one again that comes a second time. */
export class Recent {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  /** @param capacity how many are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#capacity) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }
}
