import { attempt } from './attempt.ts';
import { type Demand, noDemand } from './demand.ts';
import type { Host } from './host.ts';
import type { Collection } from './machine-store.ts';

/** A record with work to be done on it. */
export interface Tasked<T> {
  /** In order; the first is under way. */
  readonly tasks: readonly T[];
  /** What went wrong with the last one. */
  readonly fault: string | null;
}

/** Whether a record is about to go. */
export function isLeaving(record: Tasked<{ readonly op: string }>): boolean {
  return record.tasks.some(({ op }) => op === 'delete');
}

/** How tasks on records of one sort are done. */
export interface Trade<R extends Tasked<T>, T> {
  readonly records: Collection<R>;
  idOf(record: R): string;
  /** What a record takes up of the host. */
  demand(record: R): Demand;
  /** @throws Error whose message becomes the fault */
  carryOut(record: R, task: T): Promise<void>;
  /** What a task that succeeded makes of a record. */
  settle(record: R, task: T): R;
  /** Tells the world. With `error` the record has the fault. */
  announce(stage: 'start' | 'end' | 'error', record: R, task: T): void;
  /** Gives back what a record held that is gone now. */
  release?(record: R): void;
}

/**
 * Does tasks, one at a time and in order for each record. What is to be done is part of the record, so that it is
 * taken up again after a restart; the beginning is then announced once more.
 *
 * A task that fails leaves its fault on the record and takes those behind it with it, except for a delete.
 */
export class TaskQueue<R extends Tasked<T>, T extends { readonly op: string }> {
  readonly #host: Host;
  readonly #trade: Trade<R, T>;

  constructor(host: Host, trade: Trade<R, T>) {
    this.#host = host;
    this.#trade = trade;
    for (const record of trade.records.all()) host.capacity.adopt(noDemand, trade.demand(record));
  }

  /** Adds a record with its first task. @throws RemoteError `NoValidHost` when there is no room for it */
  create(record: R, task: T): void {
    this.#enqueue(noDemand, { ...record, tasks: [task] });
  }

  /** Adds a task to a record. @throws RemoteError `NoValidHost` when there is no room for what it comes to */
  add(record: R, task: T): void {
    this.#enqueue(this.#trade.demand(record), { ...record, tasks: [...record.tasks, task] });
  }

  /** Adds the last task a record will have. What has not begun is not done any more. */
  addLast(record: R, task: T): void {
    this.#enqueue(this.#trade.demand(record), { ...record, tasks: [...record.tasks.slice(0, 1), task] });
  }

  /** A record as it will be when everything has been done. */
  future(record: R): R {
    return record.tasks.reduce<R>((state, task) => this.#trade.settle(state, task), record);
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    for (const record of this.#trade.records.all()) for (const _ of record.tasks) this.#schedule(record);
  }

  /** @param before what the record has taken up so far */
  #enqueue(before: Demand, record: R): void {
    const { capacity, store } = this.#host;
    const after = this.#trade.demand(record);
    capacity.change(before, after);
    store.onRollback(() => capacity.adopt(after, before));
    this.#trade.records.put(this.#trade.idOf(record), record);
    this.#schedule(record);
  }

  #schedule(record: R): void {
    const id = this.#trade.idOf(record);
    this.#host.lanes.run([id], () => this.#perform(id));
  }

  /** Does the first task there is. There may be none left: a failure or a delete has taken it away. */
  async #perform(id: string): Promise<void> {
    const { records } = this.#trade;
    const record = records.get(id);
    const task = record?.tasks[0];
    if (record === undefined || task === undefined) return;
    const fault = await attempt(this.#host.stopping, () => {
      this.#trade.announce('start', record, task);
      return this.#trade.carryOut(record, task);
    });
    if (fault === undefined) return;
    // Read again: more may have been asked for meanwhile.
    const now = records.get(id) as R;
    const rest = now.tasks.slice(1);
    if (fault !== null) {
      const failed = { ...now, fault, tasks: rest.filter(({ op }) => op === 'delete') };
      this.#put(now, failed);
      this.#trade.announce('error', failed, task);
      return;
    }
    const done = { ...this.#trade.settle(now, task), tasks: rest };
    if (task.op === 'delete') this.#remove(done);
    else this.#put(now, done);
    this.#trade.announce('end', done, task);
  }

  #put(before: R, after: R): void {
    this.#trade.records.put(this.#trade.idOf(after), after);
    this.#host.capacity.adopt(this.#trade.demand(before), this.#trade.demand(after));
  }

  #remove(record: R): void {
    this.#host.store.atomically(() => {
      this.#trade.release?.(record);
      this.#trade.records.delete(this.#trade.idOf(record));
    });
    this.#host.capacity.adopt(this.#trade.demand(record), noDemand);
  }
}
