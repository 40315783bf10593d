import { channel } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Tells whoever measures how many change sets share a transaction, each time. */
export const batches = channel('occi-gateway:store:batch');

/** What shares a transaction. */
export interface Batch<Change> {
  /** Change sets, in the order in which they were committed. */
  readonly changes: readonly Change[];
  /** Ids of commands to forget before. */
  readonly settled: readonly string[];
}

/** What became of a batch that is durable now, and can be read. */
export interface Written {
  /** The revision of each change set, or why it was refused. */
  readonly outcomes: readonly (number | Error)[];
  /** What else is to be done before the next batch, once everybody has been told. It does not throw. */
  readonly tidyUp?: () => Promise<void>;
}

/** A batch that is over. */
interface Finished extends Pick<Written, 'tidyUp'> {
  /** Tells everybody who was in it what became of it. */
  tell(): void;
}

const nothing: Finished = { tell: () => undefined };

interface Waiting<Change> {
  readonly change: Change;
  resolve(revision: number): void;
  reject(error: unknown): void;
}

/** For how long what is in no hurry waits for others to go along with, in milliseconds. */
const patienceMs = 5;

/** How many change sets share a transaction at most, so that nobody waits long for the others in it. */
const largestBatch = 128;

/**
 * One transaction, and so one flush to the disk, for everybody who is waiting to write: what is committed during one
 * turn of the event loop, or while the batch before is being written, is one batch. Its outcome is reported when all of
 * it is durable, and can be read by then; the next batch is under way already. What is in no hurry goes with what is, or
 * makes a batch of its own soon.
 */
export class GroupCommit<Change> {
  readonly #write: (batch: Batch<Change>) => Promise<Written>;
  readonly #waiting: Waiting<Change>[] = [];
  #working: Promise<void> | undefined;
  /** Whether somebody who waits is in a hurry. */
  #hurries = false;
  /** Ends the patience of those who are not. */
  #patience: NodeJS.Timeout | undefined;
  /** Ids of commands to forget with the next batch, and with the one under way. */
  #settled = new Set<string>();
  #settling = new Set<string>();

  /** @param write writes a batch, one at a time. It throws when nothing of it has been written, or nobody knows */
  constructor(write: (batch: Batch<Change>) => Promise<Written>) {
    this.#write = write;
  }

  /**
   * Has a change set written with the next batch.
   *
   * @param hurries whether the next batch is to be written at once
   * @returns its revision, once it is durable
   * @throws Error when it was refused; or the reason why the whole batch failed
   */
  commit(change: Change, hurries = true): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      if (hurries) this.#hurry();
      else this.#wait();
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
    if (this.#waiting.length > 0) this.#hurry();
    await this.#working;
    if (this.#settled.size > 0) (await this.#try([])).tell();
  }

  #hurry(): void {
    this.#hurries = true;
    this.#working ??= this.#work();
  }

  /** Those who are in no hurry have waited long enough soon. */
  #wait(): void {
    if (this.#working === undefined) this.#patience ??= setTimeout(() => this.#hurry(), patienceMs);
  }

  async #work(): Promise<void> {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    await nextTurn();
    let before = nothing;
    while (this.#hurries) {
      const batch = this.#waiting.splice(0, largestBatch);
      this.#hurries = this.#waiting.length > 0;
      const writing = this.#try(batch);
      // Whoever was in the batch before goes on while this one is written.
      before.tell();
      before = await writing;
      if (this.#hurries && before.tidyUp === undefined) continue;
      before.tell();
      await before.tidyUp?.();
      before = nothing;
      await nextTurn();
    }
    this.#working = undefined;
    if (this.#waiting.length > 0) this.#wait();
  }

  /** It does not throw: that the batch failed is for those who were in it. */
  async #try(batch: readonly Waiting<Change>[]): Promise<Finished> {
    this.#settling = this.#settled;
    this.#settled = new Set();
    if (batches.hasSubscribers && batch.length > 0) batches.publish(batch.length);
    try {
      const changes = batch.map(({ change }) => change);
      const written = await this.#write({ changes, settled: [...this.#settling] });
      this.#settling.clear();
      return { ...written, tell: () => tell(batch, written.outcomes) };
    } catch (error) {
      for (const id of this.#settling) this.#settled.add(id);
      this.#settling.clear();
      const failure = error instanceof Error ? error : new Error(String(error));
      return {
        tell: () =>
          tell(
            batch,
            batch.map(() => failure),
          ),
      };
    }
  }
}

function tell(batch: readonly Waiting<unknown>[], outcomes: Written['outcomes']): void {
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === 'number') batch[index]?.resolve(outcome);
    else batch[index]?.reject(outcome);
  }
}
