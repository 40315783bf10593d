import type { DatabaseSync } from 'node:sqlite';

/** Writes that go along with whatever transaction comes next. They have to bear being repeated. */
export interface Passenger {
  write(): void;
  /** Called when what was written is durable. */
  written(): void;
}

interface Waiting {
  /** Does the work; what it returns reports success, once that is durable. */
  apply(): () => void;
  reject(error: unknown): void;
}

/** How many pieces of work share a transaction at most, so that the event loop gets its turn in between. */
const largestBatch = 128;

/**
 * One transaction, and so one flush to the disk, for everybody who is waiting to write: work that is asked for during
 * one turn of the event loop is done at its end, each piece in a savepoint of its own, and reported when all of it is
 * durable.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #passenger: Passenger;
  readonly #waiting: Waiting[] = [];
  #scheduled = false;

  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #savepoint;
  readonly #release;
  readonly #rollbackTo;

  constructor(database: DatabaseSync, passenger: Passenger) {
    this.#database = database;
    this.#passenger = passenger;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#savepoint = database.prepare('SAVEPOINT work');
    this.#release = database.prepare('RELEASE work');
    this.#rollbackTo = database.prepare('ROLLBACK TO work');
  }

  /**
   * Has work done with the next transaction.
   *
   * @returns what it returned, once that is durable
   * @throws what it threw, and then it left no trace; or the reason why the whole transaction failed
   */
  run<R>(work: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        apply() {
          const result = work();
          return () => resolve(result);
        },
        reject,
      });
      this.#schedule();
    });
  }

  /** Does now what is waiting. */
  flush(): void {
    do this.#transact(this.#waiting.splice(0, largestBatch));
    while (this.#waiting.length > 0);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#waiting.splice(0, largestBatch);
      if (this.#waiting.length > 0) this.#schedule();
      if (batch.length > 0) this.#transact(batch);
    });
  }

  #transact(batch: readonly Waiting[]): void {
    let reports: readonly (() => void)[];
    try {
      this.#begin.run();
      this.#passenger.write();
      reports = batch.map((waiting) => this.#attempt(waiting));
      this.#commit.run();
    } catch (error) {
      // This includes work that was refused by itself: what it was refused for has not happened.
      for (const { reject } of batch) reject(error);
      if (this.#database.isTransaction) this.#rollback.run();
      return;
    }
    this.#passenger.written();
    for (const report of reports) report();
  }

  #attempt(waiting: Waiting): () => void {
    this.#savepoint.run();
    try {
      const report = waiting.apply();
      this.#release.run();
      return report;
    } catch (error) {
      // A full disk or a failing one makes SQLite roll back everything by itself; then nobody else can go on.
      if (!this.#database.isTransaction) throw error;
      this.#rollbackTo.run();
      this.#release.run();
      return () => waiting.reject(error);
    }
  }
}
