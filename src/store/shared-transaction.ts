import type { DatabaseSync } from 'node:sqlite';

/** One transaction, and so one flush to the disk, for many pieces of work, each in a savepoint of its own. */
export class SharedTransaction {
  readonly #database: DatabaseSync;
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #savepoint;
  readonly #release;
  readonly #rollbackTo;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#savepoint = database.prepare('SAVEPOINT work');
    this.#release = database.prepare('RELEASE work');
    this.#rollbackTo = database.prepare('ROLLBACK TO work');
  }

  /**
   * Does all of it, in order.
   *
   * @param along writes that belong to nobody and have no savepoint
   * @returns what became of each piece, now that it is durable; what was rejected has left no trace
   * @throws Error when nothing has been written: why the transaction as a whole failed. This includes work that was
   *   refused by itself, because what it was refused for has not happened.
   */
  run<R>(along: () => void, work: readonly (() => R)[]): readonly PromiseSettledResult<R>[] {
    try {
      this.#begin.run();
      along();
      const results = work.map((piece) => this.#attempt(piece));
      this.#commit.run();
      return results;
    } catch (error) {
      if (this.#database.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  #attempt<R>(piece: () => R): PromiseSettledResult<R> {
    this.#savepoint.run();
    try {
      const value = piece();
      this.#release.run();
      return { status: 'fulfilled', value };
    } catch (reason) {
      // A full disk or a failing one makes SQLite roll back everything by itself; then nobody else can go on.
      if (!this.#database.isTransaction) throw reason;
      this.#rollbackTo.run();
      this.#release.run();
      return { status: 'rejected', reason };
    }
  }
}
