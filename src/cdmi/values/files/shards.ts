import { mkdir, opendir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryFlush } from './directory-flush.ts';

/** How many digits of a key are the names of the directories its file is in: four and a half hours, and one minute. */
const outer = 6;
const inner = 2;
const attempts = 3;
/** No key begins with it, and none comes after it. */
const afterAll = 'g';
const entriesAtOnce = 1000;

/** The directories that files of values are in, by the time their keys begin with. */
export class Shards {
  readonly #root: string;
  readonly #flushes = new DirectoryFlush();
  /** The directory that was made last, durably: most likely the next file goes there, too. */
  #made: string | undefined;

  /** @param root where they are; need not exist */
  constructor(root: string) {
    this.#root = root;
  }

  pathOf(key: string): string {
    return join(this.#directoryOf(key), key);
  }

  /**
   * Has a file put where it belongs, and makes that durable.
   *
   * @param put is called again when its directory has gone
   */
  async place(key: string, put: (path: string) => Promise<void>): Promise<void> {
    const directory = this.#directoryOf(key);
    for (let attempt = 1; ; attempt++) {
      if (this.#made !== directory) await this.#make(directory);
      try {
        await put(join(directory, key));
        return await this.#flushes.flush(directory);
      } catch (error) {
        // Another process may have found it empty, and removed it.
        if (!isMissing(error) || attempt === attempts) throw error;
        this.#made = undefined;
      }
    }
  }

  /** The directories that keys before a limit are in, or all of them, in the order of time. */
  async *list(limit = afterAll): AsyncGenerator<string> {
    for (const first of await directoriesIn(this.#root, outer)) {
      if (first > limit) return;
      for (const second of await directoriesIn(join(this.#root, first), inner)) {
        if (first + second > limit) return;
        yield join(this.#root, first, second);
      }
    }
  }

  /** What is in one of them; nothing when it has gone. */
  async *namesIn(directory: string): AsyncGenerator<string> {
    try {
      for await (const { name } of await opendir(directory, { bufferSize: entriesAtOnce })) yield name;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Removes a directory, and the one it is in, unless there is something in it. */
  async dropEmpty(directory: string): Promise<void> {
    if (directory === this.#made) return;
    try {
      await rmdir(directory);
      await rmdir(join(directory, '..'));
    } catch (error) {
      if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }

  #directoryOf(key: string): string {
    return join(this.#root, key.slice(0, outer), key.slice(outer, outer + inner));
  }

  async #make(directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    const parent = join(directory, '..');
    for (const holder of [parent, this.#root, join(this.#root, '..')]) await this.#flushes.flush(holder);
    this.#made = directory;
  }
}

/** The names of directories, as many characters long, in order; none where there is nothing. */
async function directoriesIn(directory: string, length: number): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.length === length && /^[0-9a-f]+$/.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
