import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectReader } from '../../store/objects.ts';
import type { Store } from '../../store/store.ts';
import type { Claim } from './claim.ts';
import { keyClock } from './value-key.ts';
import type { ValueReader } from './value-reader.ts';
import type { ValueStore } from './value-store.ts';

/** What a {@link Collector} works with. */
export interface CollectorOptions {
  readonly store: Pick<Store, 'commit'> & { readonly objects: Pick<ObjectReader, 'unusedValues' | 'usedValues'> };
  readonly values: ValueStore;
  readonly reader: Pick<ValueReader, 'isReading'>;
  /** That the values are those of this record, and of no copy of it. */
  readonly claim: Pick<Claim, 'assert'>;
  /** Nobody but this process writes to the record and to the values, or reads them. */
  readonly isAlone: boolean;
  /** Is told why values could not be removed; it is tried again. */
  readonly onError: (error: unknown) => void;
  /** Other times than the usual ones, for tests. */
  readonly times?: Partial<CollectorTimes>;
}

/** In milliseconds. */
export interface CollectorTimes {
  /**
   * How long a value stays that nobody refers to: somebody may just have read in the record that it is needed, and is
   * about to read the value.
   */
  readonly graceMs: number;
  /** How long there may be between the writing of a value and the commit that refers to it. */
  readonly writingMs: number;
  /** How often what writers have left behind is looked for. */
  readonly sweepMs: number;
}

const alone: CollectorTimes = { graceMs: 1_000, writingMs: 86_400_000, sweepMs: 86_400_000 };
const shared: CollectorTimes = { ...alone, graceMs: 60_000 };

/** How many values are looked at in one round, how many the record is asked for at once, and how many removed. */
const roundSize = 10_000;
const pageSize = 1_000;
const width = 16;

/** How long there is at most between attempts, in milliseconds: what has failed twice may fail for long. */
const longestWaitMs = 60_000;

/**
 * Removes values that no object refers to: those that the record says have lost their last reference, and those of
 * writers that died before their commit.
 *
 * Nothing that is needed is removed, because
 *
 * - whoever has written a value commits within `writingMs`, and until then it is too young to be looked at. What is
 *   older than this process, when it is alone, had no other writer, and that one is dead;
 * - a commit that refers to a value which is there already says in `expect` or `update` what object it has it from. So
 *   it is refused when that object has lost the value meanwhile: what nobody refers to, nobody can refer to again;
 * - whoever reads is let finish, in this process, and has `graceMs` for it in others;
 * - nothing is removed while the values are copied for a backup;
 * - nor when they belong to another record, or another copy of this one.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #times: CollectorTimes;
  readonly #ending = new AbortController();
  readonly #working: Promise<void>[];
  /** Resolved when there may be something to remove. */
  #noticed = Promise.withResolvers<void>();

  /** Begins with what was left before it. */
  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#times = { ...(options.isAlone ? alone : shared), ...options.times };
    this.#working = [this.#followRecord(), this.#sweepAgain(keyClock())];
  }

  /** Says that a commit may have left values without reference. */
  notice(): void {
    this.#noticed.resolve();
  }

  /** Resolves when it does nothing any more. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#noticed.resolve();
    await Promise.all(this.#working);
  }

  async #followRecord(): Promise<void> {
    const attempts = new Attempts(this.#times.graceMs);
    while (!this.#hasEnded) {
      const areLeft = await this.#try(() => this.#round(), attempts);
      if (areLeft) await this.#pause(attempts.pauseMs);
      else await this.#noticed.promise;
      if (!this.#hasEnded) this.#noticed = Promise.withResolvers();
    }
  }

  /** @returns whether there is more to do, though nobody says so */
  async #round(): Promise<boolean> {
    const { store } = this.#options;
    const unused = await store.objects.unusedValues(roundSize);
    if (unused.length === 0) return false;
    await this.#pause(this.#times.graceMs);
    const settled = await this.#remove(unused);
    if (settled.length > 0) await store.commit({ objects: { forget: settled, now: Date.now() }, unhurried: true });
    return settled.length < unused.length || unused.length === roundSize;
  }

  /** @param start no writer that is alive is older than that, when this process is alone */
  async #sweepAgain(start: number): Promise<void> {
    const { writingMs, sweepMs } = this.#times;
    let before = this.#options.isAlone ? start : start - writingMs;
    const attempts = new Attempts(this.#times.graceMs);
    while (!this.#hasEnded) {
      const hasFailed = await this.#try(() => this.#sweep(before), attempts);
      await this.#pause(hasFailed ? attempts.pauseMs : sweepMs);
      if (!hasFailed) before = keyClock() - writingMs;
    }
  }

  async #sweep(before: number): Promise<false> {
    // On the way what others have begun is removed, too.
    await this.#options.claim.assert();
    for await (const keys of this.#options.values.keys(before)) {
      const unused = await this.#unusedOf(keys);
      if (unused.length > 0) await this.#pause(this.#times.graceMs);
      await this.#remove(unused);
      if (this.#hasEnded) break;
    }
    return false;
  }

  /** Removes values that nobody needs. @returns those about which nothing is left to do */
  async #remove(keys: readonly string[]): Promise<readonly string[]> {
    const settled: string[] = [];
    const { values, reader, claim } = this.#options;
    for (let at = 0; at < keys.length && !this.#hasEnded; at += pageSize) {
      const page = keys.slice(at, at + pageSize);
      const unused = new Set(await this.#unusedOf(page));
      // Whoever begins to copy after this question has a record in which they are unused already.
      while (!this.#hasEnded && (await values.isHeld())) await this.#pause(this.#times.graceMs);
      if (this.#hasEnded) break;
      await claim.assert();
      const done = page.filter((key) => !unused.has(key) || !reader.isReading(key));
      const free = done.filter((key) => unused.has(key));
      for (let i = 0; i < free.length; i += width) {
        await Promise.all(free.slice(i, i + width).map((key) => values.remove(key)));
      }
      settled.push(...done);
    }
    return settled;
  }

  async #unusedOf(keys: readonly string[]): Promise<readonly string[]> {
    const used = await this.#options.store.objects.usedValues(keys);
    return keys.filter((key) => !used.has(key));
  }

  /** @returns what the work does; true, that there is more to do, when it fails */
  async #try(work: () => Promise<boolean>, attempts: Attempts): Promise<boolean> {
    try {
      const more = await work();
      attempts.failures = 0;
      return more;
    } catch (error) {
      attempts.failures += 1;
      if (!this.#hasEnded) this.#options.onError(error);
      return true;
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#ending.signal, ref: false }).catch(() => {});
  }

  get #hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }
}

/** How long to wait after work, longer from failure to failure. */
class Attempts {
  failures = 0;
  readonly #graceMs: number;

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  get pauseMs(): number {
    return Math.max(this.#graceMs, Math.min(this.#graceMs * 2 ** (this.failures - 1), longestWaitMs));
  }
}
