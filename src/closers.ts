/** Something that is open. */
export interface Closable {
  close(): unknown;
}

/** What has been opened, to be closed in the opposite order: what was opened later needs what was there before. */
export class Closers {
  readonly #opened: Closable[] = [];

  /** @returns what it was given */
  add<T extends Closable>(opened: T): T {
    this.#opened.push(opened);
    return opened;
  }

  /** Closes all of it, one after the other, also behind one that cannot be closed. @throws what the first of those throws */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let one = this.#opened.pop(); one !== undefined; one = this.#opened.pop()) {
      try {
        await one.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
