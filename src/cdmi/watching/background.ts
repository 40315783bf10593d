import { Conflict } from '../../store/store.ts';

/** What {@link Background} works with. */
export interface BackgroundOptions {
  /** Does what there is to do for a key. @returns whether there may be more */
  readonly work: (key: string, hasEnded: () => boolean) => Promise<boolean>;
  /** For how many keys at once. */
  readonly width: number;
  /** Milliseconds until what has failed is tried again. */
  readonly retryMs: number;
  /** Is told why it failed; not of conflicts. */
  readonly onError: (error: unknown) => void;
}

/** Work that is done as soon as somebody says that there is some: for each key by one, and in the order of the notices. */
export class Background {
  readonly #options: BackgroundOptions;
  readonly #waiting = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #retries = new Set<NodeJS.Timeout>();
  #hasEnded = false;

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  /** Says that there is something to do. */
  notice(key: string): void {
    if (this.#hasEnded) return;
    this.#waiting.add(key);
    this.#begin();
  }

  /** Resolves when nothing is done any more. */
  async close(): Promise<void> {
    this.#hasEnded = true;
    this.#waiting.clear();
    for (const retry of this.#retries) clearTimeout(retry);
    await Promise.all(this.#working.values());
  }

  #begin(): void {
    for (const key of this.#waiting) {
      if (this.#working.size >= this.#options.width) return;
      if (this.#working.has(key)) continue;
      this.#waiting.delete(key);
      const work = this.#do(key).finally(() => {
        this.#working.delete(key);
        this.#begin();
      });
      this.#working.set(key, work);
    }
  }

  async #do(key: string): Promise<void> {
    const { work, onError, retryMs } = this.#options;
    try {
      if (await work(key, () => this.#hasEnded)) this.notice(key);
    } catch (error) {
      if (this.#hasEnded) return;
      const isConflict = error instanceof Conflict;
      if (!isConflict) onError(error);
      const retry = setTimeout(
        () => {
          this.#retries.delete(retry);
          this.notice(key);
        },
        isConflict ? Math.random() * 20 : retryMs,
      );
      retry.unref();
      this.#retries.add(retry);
    }
  }
}
