/**
 * Keeps asynchronous work in order: everything that has to do with the same thing runs one after the other, in the
 * order in which it was asked for; different things do not wait for each other.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #onFault: (error: unknown) => void;

  /** @param onFault is told what work throws; the work behind it runs all the same */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /**
   * Runs work as soon as all earlier work on some things is done, but never before the caller is done.
   *
   * @param others things whose earlier work is waited for, too, but which later work need not wait for
   */
  run(things: readonly string[], work: () => Promise<void>, others: readonly string[] = []): void {
    const done = Promise.all([...things, ...others].map((thing) => this.#tails.get(thing)))
      .then(work)
      .catch(this.#onFault)
      .then(() => {
        for (const thing of things) if (this.#tails.get(thing) === done) this.#tails.delete(thing);
      });
    for (const thing of things) this.#tails.set(thing, done);
  }

  /** Resolves when there is no work left. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
