import type { Slice } from './members.ts';

/**
 * The pages of listings that were read last: where their members are. What is listed again is not looked up again, and
 * its members are found by strings whose hashes are known. Only for a store with one writer, who says when members have
 * come or gone.
 */
export class PageCache {
  readonly #capacity: number;
  readonly #pages = new Map<string, Slice<string>>();
  /** How many members are in all pages. */
  #size = 0;

  /** @param capacity how many members are kept at most; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param page names the selection and the place in it */
  get(page: string, read: () => Slice<string>): Slice<string> {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const slice = read();
    this.#pages.set(page, slice);
    this.#size += slice.items.length;
    for (const [oldest, { items }] of this.#pages) {
      if (this.#size <= this.#capacity) break;
      this.#pages.delete(oldest);
      this.#size -= items.length;
    }
    return slice;
  }

  forget(): void {
    this.#pages.clear();
    this.#size = 0;
  }
}
