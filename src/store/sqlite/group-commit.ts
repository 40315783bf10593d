import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChangeSet } from '../store.ts';
import { errorFrom, type Failure } from './failure.ts';
import type { Writer } from './writer.ts';

/** Who reads what is written. */
export interface Reader {
  /** From now on the database may change at any moment; what is read has to stay as it is. */
  hold(): void;
  /** The database will not change until the next hold. What is at these locations may have changed since the last. */
  release(touched: readonly string[]): void;
}

interface Waiting {
  readonly json: string;
  report(outcome: number | Failure): void;
  reject(error: unknown): void;
}

/** How many change sets share a transaction at most, so that nobody waits long for the others in it. */
const largestBatch = 128;

/**
 * One transaction, and so one flush to the disk, for everybody who is waiting to write: what is committed during one
 * turn of the event loop, or while the batch before is being written, is one batch. Its outcome is reported when all of
 * it is durable, and can be read by then.
 */
export class GroupCommit {
  readonly #writer: Writer;
  readonly #reader: Reader;
  readonly #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  /** Ids of commands to forget with the next batch, and with the one under way. */
  #settled = new Set<string>();
  #settling = new Set<string>();

  constructor(writer: Writer, reader: Reader) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /**
   * Has a change set written with the next batch.
   *
   * @returns its revision, once it is durable
   * @throws Conflict or Error when it was refused; or the reason why the whole batch failed
   */
  async commit(changes: ChangeSet): Promise<number> {
    // It costs what handing over objects would, and what is not JSON spoils no other change set of the batch.
    const json = JSON.stringify(changes);
    return new Promise((resolve, reject) => {
      const report = (outcome: number | Failure): void => {
        if (typeof outcome === 'number') resolve(outcome);
        else reject(errorFrom(outcome));
      };
      this.#waiting.push({ json, report, reject });
      this.#working ??= this.#work();
    });
  }

  /** Has commands forgotten along with the next batch. */
  settle(ids: readonly string[]): void {
    for (const id of ids) this.#settled.add(id);
  }

  /** Whether a command is to be forgotten, but may still be in the database. */
  isSettled(id: string): boolean {
    return this.#settled.has(id) || this.#settling.has(id);
  }

  /** Resolves when all that has been asked for is done or has failed. Nobody may ask for more meanwhile. */
  async flush(): Promise<void> {
    await this.#working;
    if (this.#settled.size > 0) await this.#write([]);
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await nextTurn();
      await this.#write(this.#waiting.splice(0, largestBatch));
    }
    this.#working = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    this.#settling = this.#settled;
    this.#settled = new Set();
    try {
      this.#reader.hold();
      const changes = batch.map(({ json }) => json);
      const written = await this.#writer.write({ changes, settled: [...this.#settling] });
      this.#settling.clear();
      this.#reader.release(written.touched);
      for (const [index, outcome] of written.outcomes.entries()) batch[index]?.report(outcome);
      if (written.checkpointDue) await this.#checkpoint();
    } catch (error) {
      for (const id of this.#settling) this.#settled.add(id);
      this.#settling.clear();
      for (const { reject } of batch) reject(error);
    }
  }

  async #checkpoint(): Promise<void> {
    // When it fails, the log is as good as before, and the next one may succeed.
    await this.#writer.checkpoint().catch(() => undefined);
    // Whoever has begun to read meanwhile reads from the log, and so would keep it from starting over.
    this.#reader.release([]);
  }
}
