import { DatabaseSync } from 'node:sqlite';
import type { Batch } from '../group-commit.ts';
import type { ChangeSet } from '../store.ts';
import { ChangeWriter } from './change-writer.ts';
import { type Failure, failureFrom } from './failure.ts';
import { migrate } from './migrations.ts';
import { SharedTransaction } from './shared-transaction.ts';

/** What became of a batch that is durable now. */
export interface WrittenBatch {
  /** The revision of each change set, or why it was refused. */
  readonly outcomes: readonly (number | Failure)[];
  /** The locations whose views may have changed, each with the revision of its last change. */
  readonly touched: ReadonlyMap<string, number>;
  /** Whether so much has been written that it is time for a checkpoint. */
  readonly checkpointDue: boolean;
}

/** How many rows are changed between two checkpoints: some ten megabytes of log. */
const rowsPerCheckpoint = 4_000;

/** The connection that writes. */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #changes: ChangeWriter;
  readonly #transaction: SharedTransaction;
  readonly #countRows;
  #rowsAtCheckpoint = 0;

  /**
   * Makes the database, or brings it to the present format.
   *
   * @throws Error when it cannot be used; it is not held open then
   */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    try {
      // FULL flushes the log at every commit; on macOS the drive's cache has to be asked for by name.
      this.#database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
      // WAL comes last: it writes a header, and a new file is to have our mark in its first one.
      migrate(this.#database);
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
      this.#changes = new ChangeWriter(this.#database);
      this.#transaction = new SharedTransaction(this.#database);
      this.#countRows = this.#database.prepare('SELECT total_changes() AS count');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * @param batch with its change sets as JSON
   * @throws Error when nothing of it has been written
   */
  write({ changes, settled }: Batch<string>): WrittenBatch {
    const results = this.#transaction.run(
      {
        before: () => {
          this.#changes.begin();
          if (settled.length > 0) this.#changes.settle(settled);
        },
        after: () => this.#changes.end(),
      },
      changes.map((json) => () => this.#changes.apply(JSON.parse(json) as ChangeSet)),
    );
    const touched = new Map(this.#changes.touched);
    this.#changes.touched.clear();
    return {
      outcomes: results.map((result) => (result.status === 'fulfilled' ? result.value : failureFrom(result.reason))),
      touched,
      checkpointDue: this.#rows() - this.#rowsAtCheckpoint >= rowsPerCheckpoint,
    };
  }

  /**
   * Moves the log into the database file. The log starts over with the next batch, provided that nobody reads what is
   * in the log by then; otherwise it goes on growing.
   */
  checkpoint(): void {
    this.#rowsAtCheckpoint = this.#rows();
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** When it is the last connection, what is in the log goes to the database file, and the log is removed. */
  close(): void {
    this.#database.close();
  }

  #rows(): number {
    return (this.#countRows.get() as { count: number }).count;
  }
}
