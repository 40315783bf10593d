/** Where a page of a listing begins. */
export interface Bookmark {
  /** The name of the member before its first one. */
  readonly name: string;
  /** Of the record when it was read. */
  readonly revision: number;
}

/** Rows of a listing that have been read. */
export interface ReadPage<Row> {
  readonly parent: string;
  /** Members before the page. */
  readonly offset: number;
  /** With the member before the page as the first one, where it has been looked for by its place. */
  readonly rows: readonly Row[];
  readonly isPlaced: boolean;
  readonly revision: number;
}

/**
 * Where the pages that were read last begin and end, so that they are found again, and the next ones, by a name, and
 * nobody counts to where they are: clients read long listings range by range. A bookmark holds as long as nothing has
 * changed since, which is for the store to know.
 */
export class Bookmarks {
  readonly #capacity: number;
  readonly #byPlace = new Map<string, Bookmark>();

  /** @param capacity how many are kept at most */
  constructor(capacity = 2_000) {
    this.#capacity = capacity;
  }

  /** What a page at some offset begins behind. */
  at(parent: string, offset: number): Bookmark | undefined {
    return this.#byPlace.get(placeOf(parent, offset));
  }

  /** Remembers where a page begins and where it ends. @returns its members */
  keep<Row extends { readonly name: string }>(read: ReadPage<Row>): readonly Row[] {
    const { parent, offset, rows, revision } = read;
    const hasBefore = read.isPlaced && offset > 0;
    const page = hasBefore ? rows.slice(1) : rows;
    const [before] = rows;
    const last = page.at(-1);
    if (hasBefore && before !== undefined) this.#put(parent, offset, { name: before.name, revision });
    if (last !== undefined) this.#put(parent, offset + page.length, { name: last.name, revision });
    return page;
  }

  forget(): void {
    this.#byPlace.clear();
  }

  #put(parent: string, offset: number, bookmark: Bookmark): void {
    const place = placeOf(parent, offset);
    this.#byPlace.delete(place);
    this.#byPlace.set(place, bookmark);
    if (this.#byPlace.size <= this.#capacity) return;
    const [oldest] = this.#byPlace.keys();
    this.#byPlace.delete(oldest as string);
  }
}

/** The rows that have to be read of a page that is looked for by its place: with the member before it. */
export function placedPage({ offset, limit }: { readonly offset: number; readonly limit: number }) {
  return offset === 0 ? { offset, limit } : { offset: offset - 1, limit: limit + 1 };
}

function placeOf(parent: string, offset: number): string {
  return `${offset} ${parent}`;
}
