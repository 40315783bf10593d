import { open } from 'node:fs/promises';

/**
 * Makes names in directories survive a power cut. Those who ask while one flush of a directory is under way share the
 * next one, so that many small files cost few flushes.
 */
export class DirectoryFlush {
  readonly #flush: (directory: string) => Promise<void>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  /** @param flushOne makes one directory durable; another than the usual way is for tests */
  constructor(flushOne: (directory: string) => Promise<void> = flush) {
    this.#flush = flushOne;
  }

  /** Resolves when all names that are in the directory now are durable. */
  flush(directory: string): Promise<void> {
    const running = this.#running.get(directory);
    if (running === undefined) return this.#start(directory);
    let next = this.#next.get(directory);
    if (next === undefined) {
      const start = () => {
        this.#next.delete(directory);
        return this.#start(directory);
      };
      next = running.then(start, start);
      this.#next.set(directory, next);
    }
    return next;
  }

  #start(directory: string): Promise<void> {
    const flushing = this.#flush(directory).finally(() => {
      if (this.#running.get(directory) === flushing) this.#running.delete(directory);
    });
    this.#running.set(directory, flushing);
    return flushing;
  }
}

/** Makes a file durable, or the names in a directory. */
export async function flush(path: string): Promise<void> {
  // Windows does this by itself, and cannot be asked to.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
