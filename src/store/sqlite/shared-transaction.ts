import type { DatabaseSync } from 'node:sqlite';

/** Writes around the pieces of work. */
export interface Frame {
  before(): void;
  after(): void;
}

/**
 * One transaction, and so one flush to the disk, for many pieces of work, of which each is done wholly or not at all.
 *
 * Savepoints cost as much as the work between them, and are needed only when a piece is refused. So all is tried
 * without them first; when a piece throws, all is undone, and done again with a savepoint for each.
 */
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
   * @param frame writes that belong to nobody, before and after the pieces; they bear being repeated
   * @returns what became of each piece, now that it is durable; what was rejected has left no trace
   * @throws Error when nothing has been written: why the transaction as a whole failed. This includes work that was
   *   refused by itself, because what it was refused for has not happened.
   */
  run<R>(frame: Frame, work: readonly (() => R)[]): readonly PromiseSettledResult<R>[] {
    try {
      return this.#transact(frame, () => this.#together(work)) ?? this.#transact(frame, () => this.#apart(work));
    } catch (error) {
      if (this.#database.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  /** @returns what the pieces return, or undefined when they have to be undone */
  #transact<T extends readonly unknown[] | undefined>({ before, after }: Frame, pieces: () => T): T {
    this.#begin.run();
    before();
    const results = pieces();
    if (results === undefined) {
      if (this.#database.isTransaction) this.#rollback.run();
      return results;
    }
    after();
    this.#commit.run();
    return results;
  }

  #together<R>(work: readonly (() => R)[]): readonly PromiseSettledResult<R>[] | undefined {
    try {
      return work.map((piece) => ({ status: 'fulfilled', value: piece() }));
    } catch {
      return undefined;
    }
  }

  #apart<R>(work: readonly (() => R)[]): readonly PromiseSettledResult<R>[] {
    return work.map((piece) => this.#attempt(piece));
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
