import { setTimeout as delay } from 'node:timers/promises';
import type { EntityEvent } from '../backends/backend.ts';
import type { Entity } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';
import type { Store } from '../store/store.ts';
import { afterEvent } from './after-event.ts';
import { retrying } from './commit.ts';
import { LastWords } from './last-words.ts';

/** What the sink tells the log. */
export interface SinkLog {
  warn(details: object, message: string): void;
}

/** An event on its way into the record. */
interface Waiting {
  readonly event: EntityEvent;
  readonly unhurried: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds between attempts to write while the store is away: the first pause, and the longest. */
const pause = { first: 100, longest: 5000 };

/** For how long what is only progress waits for what follows it, in milliseconds. */
const progressMs = 20;

/**
 * Brings what backends report into the record, in the order in which it was reported for each entity. What comes while
 * an entity is being written is written together afterwards, progress waits a moment for the result, and an event that
 * tells nothing new writes nothing, so events may be many and may be repeated. What cannot be written now is written
 * later.
 */
export class EventSink {
  readonly #store: Store;
  readonly #model: Model;
  readonly #log: SinkLog;
  readonly #awaits: (location: string) => boolean;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #working = new Map<string, Promise<void>>();
  /** By entity: ends the moment that its progress waits. */
  readonly #more = new Map<string, () => void>();
  readonly #lastWords = new LastWords();
  readonly #stop = new AbortController();

  /** @param awaits whether a command about the entity at a location has not been answered yet */
  constructor(store: Store, model: Model, log: SinkLog, awaits: (location: string) => boolean = () => false) {
    this.#store = store;
    this.#model = model;
    this.#log = log;
    this.#awaits = awaits;
  }

  /**
   * Resolves when the event is in the record. Rejects when the sink is closed before that.
   *
   * @param unhurried whether no client waits for it
   */
  apply(event: EntityEvent, unhurried = false): Promise<void> {
    const { id } = event;
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id) ?? [];
      waiting.push({ event, unhurried, resolve, reject });
      this.#waiting.set(id, waiting);
      this.#more.get(id)?.();
      if (!this.#working.has(id)) this.#working.set(id, this.#work(id));
      // What is being written before it is perhaps in no hurry; a commit of nothing takes it along.
      else if (!unhurried) this.#store.commit({}).catch(() => {});
    });
  }

  /** Tries nothing once more; resolves when nothing is on its way into the record. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const end of this.#more.values()) end();
    await Promise.all(this.#working.values());
  }

  async #work(id: string): Promise<void> {
    for (let batch = this.#waiting.get(id); batch !== undefined; batch = this.#waiting.get(id)) {
      if (!this.#stop.signal.aborted && batch.every(({ event }) => isProgress(event))) await this.#moment(id);
      this.#waiting.delete(id);
      try {
        await this.#untilWritten(id, batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#working.delete(id);
  }

  /** Resolves when more is told about an entity, or soon. */
  async #moment(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, progressMs);
    this.#more.set(id, resolve);
    await promise;
    clearTimeout(timer);
    this.#more.delete(id);
  }

  async #untilWritten(id: string, batch: readonly Waiting[]): Promise<void> {
    for (let wait = pause.first; ; wait = Math.min(wait * 2, pause.longest)) {
      try {
        await retrying(() => this.#write(id, batch));
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) throw error;
        this.#log.warn({ err: error, entity: id }, 'event not written, will try again');
        await delay(wait, undefined, { signal: this.#stop.signal });
      }
    }
  }

  async #write(id: string, batch: readonly Waiting[]): Promise<void> {
    const entity = await this.#store.byId(id);
    if (entity === undefined) return;
    const next = batch.reduce((now, { event }) => this.#after(now, event), entity);
    const unhurried = batch.every((waiting) => waiting.unhurried);
    if (next !== entity) await this.#store.commit({ update: [next], unhurried });
    for (const { event } of batch) this.#lastWords.note(event);
  }

  #after(entity: Entity, event: EntityEvent): Entity {
    if (this.#lastWords.isOld(event)) return entity;
    // Perhaps another gateway has heard something since.
    if (event.basis !== undefined && event.basis !== entity.revision) return entity;
    // That all is quiet was so before the command: what a client has asked for stands, and is booked.
    if (event.basis !== undefined && event.message === null && this.#awaits(entity.location)) return entity;
    try {
      return afterEvent(this.#model, entity, event) ?? entity;
    } catch (error) {
      // One that cannot be understood must not keep the others from being written.
      this.#log.warn({ err: error, entity: event.id }, 'event makes no sense');
      return entity;
    }
  }
}

/** Whether an event tells no more than what is going on. */
function isProgress({ message, attributes, mixins, handle, gone }: EntityEvent): boolean {
  const isMore = attributes !== undefined || mixins !== undefined || handle !== undefined || gone === true;
  return typeof message === 'string' && !isMore;
}
