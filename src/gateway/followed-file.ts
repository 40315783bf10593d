import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** How a file is followed. */
export interface FollowedFileOptions<T> {
  readonly file: string;
  /** What is in it, in the log. */
  readonly name: string;
  /** Reads it. @throws Error when it cannot be read, or makes no sense */
  readonly read: (file: string) => Promise<T>;
  readonly log: FollowerLog;
  /** Milliseconds between looks at the file; one second. */
  readonly everyMs?: number | undefined;
}

/** The part of a pino logger that is used. */
export interface FollowerLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What a file says. */
export interface Followed<T> {
  /** As it is now. A request keeps the one it began with. */
  readonly current: T;
  close(): void;
}

/**
 * Reads a file, and again when it has changed: what it says takes the place of what it said before all at once. When it
 * is wrong, the log says so and what it said before goes on.
 *
 * Files are replaced in many ways: written in place, renamed over, a symbolic link turned elsewhere, on file systems
 * that tell nobody. So it is looked at time and again, and read when it has not changed since the look before: who
 * writes slowly is not taken at half a word.
 *
 * @throws Error as reading it does
 */
export async function followFile<T>(options: FollowedFileOptions<T>): Promise<Followed<T>> {
  const { file, name, read, log, everyMs = 1000 } = options;
  let applied = await stampOf(file);
  let current = await read(file);
  let seen = applied;

  const look = async () => {
    const stamp = await stampOf(file);
    const isSettled = stamp === seen;
    seen = stamp;
    if (!isSettled || stamp === applied) return;
    applied = stamp;
    try {
      current = await read(file);
      log.info({ file }, `${name} changed`);
    } catch (error) {
      log.error({ file, err: error }, `${name} not changed, the one before goes on`);
    }
  };

  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    await look();
    isLooking = false;
  }, everyMs).unref();
  return {
    get current() {
      return current;
    },
    close: () => clearInterval(timer),
  };
}

/** What is different for every state of a file; the same while it is away. */
async function stampOf(file: string): Promise<string> {
  const stats: BigIntStats | undefined = await stat(file, { bigint: true }).catch(() => undefined);
  return stats === undefined ? 'away' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
