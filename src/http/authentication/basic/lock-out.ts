/** How many tries there are, and how long one waits after them. */
export interface LockOutOptions {
  /** After how many tries that have failed one has to wait. */
  readonly free: number;
  /** One failure is forgiven after this time. */
  readonly forgivenMs: number;
  /** The first wait; each further one is twice as long. */
  readonly firstMs?: number;
  readonly longestMs?: number;
  /** How many keys are remembered; what was tried longest ago is forgotten first. */
  readonly capacity?: number;
  readonly now?: () => number;
}

interface Tries {
  /** Those that are not forgiven, with fractions. */
  readonly count: number;
  readonly until: number;
  readonly last: number;
}

/** Slows down whoever guesses. A try counts as failed from its beginning, so that many at once are no way around it. */
export class LockOut {
  readonly #tries = new Map<string, Tries>();
  readonly #free: number;
  readonly #forgivenMs: number;
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #capacity: number;
  readonly #now: () => number;

  constructor(options: LockOutOptions) {
    const { free, forgivenMs, firstMs = 1000, longestMs = 900_000, capacity = 100_000, now = Date.now } = options;
    this.#free = free;
    this.#forgivenMs = forgivenMs;
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#tries.size;
  }

  /** Milliseconds until the next try; 0 when it may be now. */
  wait(key: string): number {
    const tries = this.#tries.get(key);
    return tries === undefined ? 0 : Math.max(0, tries.until - this.#now());
  }

  /** A try begins. */
  begin(key: string): void {
    const now = this.#now();
    const before = this.#tries.get(key);
    const left = before === undefined ? 0 : Math.max(0, before.count - (now - before.last) / this.#forgivenMs);
    const count = left + 1;
    this.#tries.delete(key);
    if (this.#tries.size >= this.#capacity) {
      for (const oldest of this.#tries.keys()) {
        this.#tries.delete(oldest);
        break;
      }
    }
    this.#tries.set(key, { count, until: now + this.#waitAfter(count), last: now });
  }

  /** A try that was begun has not failed. */
  takeBack(key: string): void {
    const tries = this.#tries.get(key);
    if (tries === undefined) return;
    const count = tries.count - 1;
    if (count <= 0) this.#tries.delete(key);
    else this.#tries.set(key, { count, until: tries.last + this.#waitAfter(count), last: tries.last });
  }

  /** All is forgiven. */
  forget(key: string): void {
    this.#tries.delete(key);
  }

  #waitAfter(count: number): number {
    // What is forgiven in part is not forgiven.
    const failures = Math.ceil(count);
    return failures < this.#free ? 0 : Math.min(this.#longestMs, this.#firstMs * 2 ** (failures - this.#free));
  }
}
