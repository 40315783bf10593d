/** Where a page of a listing ended. */
export interface Bookmark {
  /** The name of its last member. */
  readonly name: string;
  /** Of the record when it was read. */
  readonly revision: number;
}

/**
 * Where the pages that were read last ended, so that the next ones begin behind a name, and nobody counts to where they
 * are: clients read long listings range by range. One holds as long as nothing has changed since, which is for the store
 * to know.
 */
export class Bookmarks {
  readonly #capacity: number;
  readonly #byPlace = new Map<string, Bookmark>();

  /** @param capacity how many are kept at most */
  constructor(capacity = 1_000) {
    this.#capacity = capacity;
  }

  /** The end of a page that was before some offset. */
  at(parent: string, offset: number): Bookmark | undefined {
    return this.#byPlace.get(placeOf(parent, offset));
  }

  /** @param offset how many members are before what comes next */
  put(parent: string, offset: number, bookmark: Bookmark): void {
    const place = placeOf(parent, offset);
    this.#byPlace.delete(place);
    this.#byPlace.set(place, bookmark);
    if (this.#byPlace.size <= this.#capacity) return;
    const [oldest] = this.#byPlace.keys();
    this.#byPlace.delete(oldest as string);
  }

  forget(): void {
    this.#byPlace.clear();
  }
}

function placeOf(parent: string, offset: number): string {
  return `${offset} ${parent}`;
}
