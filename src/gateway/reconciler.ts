import { type Backend, type EntityEvent, type RecordReader, Unreachable } from '../backends/backend.ts';
import { StoreUnavailable } from '../store/store.ts';

/** How many events of a survey are brought into the record together. */
const atOnce = 64;

/** What the reconciler tells the log. */
export interface ReconcilerLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ReconcilerOptions {
  readonly backends: readonly Backend[];
  readonly record: RecordReader;
  readonly apply: (event: EntityEvent) => Promise<void>;
  readonly log: ReconcilerLog;
  /** Milliseconds from one survey to the next. */
  readonly everyMs: number;
  /** Milliseconds from the first doubt to the survey, so that several doubts are one. */
  readonly doubtMs: number;
}

/**
 * Has the backends compare the record with what really exists: at the start, from time to time, and soon after one
 * has had doubts. There is never more than one survey under way.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires, in milliseconds since 1970. */
  #due = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #doubted = false;
  #closed = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Surveys now. Never rejects: what could not be surveyed is in the log, and the next time comes. */
  start(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      const { everyMs, doubtMs } = this.#options;
      this.#schedule(this.#doubted ? doubtMs : everyMs);
    });
    return this.#running;
  }

  /** Surveys soon: something may have been missed. */
  doubt(): void {
    this.#doubted = true;
    if (this.#running === undefined) this.#schedule(this.#options.doubtMs);
  }

  /** Nothing more is brought into the record. A survey that waits for an answer ends when it comes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    const due = Date.now() + ms;
    if (this.#closed || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.start(), ms);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    this.#doubted = false;
    const { backends, record, apply, log } = this.#options;
    for (const backend of backends) {
      try {
        let together: Promise<void>[] = [];
        for await (const event of backend.survey(record)) {
          if (this.#closed) return;
          const applied = apply(event);
          // Seen below, unless this ends before.
          applied.catch(() => {});
          together.push(applied);
          if (together.length < atOnce) continue;
          await Promise.all(together);
          together = [];
        }
        await Promise.all(together);
      } catch (error) {
        if (this.#closed) return;
        // The record stands as it is; readiness tells that nobody is there.
        const details = { err: error, backend: backend.name };
        if (error instanceof Unreachable || error instanceof StoreUnavailable)
          log.warn(details, 'no survey is possible');
        else log.error(details, 'survey failed');
      }
    }
  }
}
