/** The last few of many ids, to know one again that comes a second time. */
export class Recent {
  readonly #ids = new Set<string>();
  /** Goes on where it was: from the start, it would step over all that has been deleted, each time. */
  readonly #oldest = this.#ids.values();
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
    const { value: oldest } = this.#oldest.next();
    if (oldest !== undefined) this.#ids.delete(oldest);
  }
}
