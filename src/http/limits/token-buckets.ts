/** How many requests may come: so many a second in the long run, and so many at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a bucket says to a request. */
export interface Share {
  readonly allowed: boolean;
  /** How many more could come right now. */
  readonly remaining: number;
  /** Whole seconds until there is one more, 1 at least. */
  readonly seconds: number;
}

/** How much of a token is nothing, since times are sums of fractions. */
const rounding = 1e-6;

/**
 * A token bucket for each client. Of a bucket only the time is kept at which it will be full again (the generic cell
 * rate algorithm, ITU-T I.371): one number a client. A bucket that is full is as good as none and is forgotten; when
 * there are too many, those that were drawn from least recently are.
 */
export class TokenBuckets {
  readonly rate: Rate;
  readonly #most: number;
  /** When each bucket will be full, in milliseconds, in the order in which they were drawn from. */
  readonly #fullAt = new Map<string, number>();
  /** Milliseconds for one token, and for all of them. */
  readonly #one: number;
  readonly #all: number;

  /** @param most how many clients are remembered */
  constructor(rate: Rate, most: number) {
    this.rate = rate;
    this.#most = most;
    this.#one = 1000 / rate.perSecond;
    this.#all = rate.burst * this.#one;
  }

  /** How many clients are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  /** Takes one token. @param now milliseconds of a clock that never goes back */
  take(client: string, now: number): Share {
    const full = Math.max(this.#fullAt.get(client) ?? 0, now);
    const after = full + this.#one;
    const allowed = after - now <= this.#all + this.#one * rounding;
    if (allowed) {
      this.#fullAt.delete(client);
      this.#forget(now);
      this.#fullAt.set(client, after);
    }
    const missing = (allowed ? after : full) - now;
    const left = (this.#all - missing) / this.#one;
    const remaining = Math.max(0, Math.floor(left + rounding));
    const wait = (remaining + 1 - left - rounding) * this.#one;
    return { allowed, remaining, seconds: Math.max(1, Math.ceil(wait / 1000)) };
  }

  /** Each call looks at two, so that no call has much to do and full ones go faster than new ones come. */
  #forget(now: number): void {
    let looked = 0;
    for (const [client, full] of this.#fullAt) {
      const isTooMany = this.#fullAt.size >= this.#most;
      if (looked === 2 || (full > now && !isTooMany)) return;
      this.#fullAt.delete(client);
      looked += 1;
    }
  }
}
