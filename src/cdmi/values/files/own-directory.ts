import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A directory that nobody else touches while this process lives. */
export interface OwnDirectory {
  readonly path: string;
  /** Removes it with all that is in it. */
  release(): void;
}

const lockSuffix = '.lock';
const sqliteBusy = 5;

/**
 * Makes a directory of one's own within one that several processes share, and removes those of processes that died.
 *
 * Who lives is known to the operating system: each holds an exclusive transaction, never ended, on a database with
 * nothing in it. That holds across machines, too, where the file system they share has locks.
 *
 * @param shared is made where it is missing
 * @throws Error when there can be nothing in it
 */
export function ownDirectory(shared: string): OwnDirectory {
  mkdirSync(shared, { recursive: true });
  for (const name of readdirSync(shared)) {
    if (name.endsWith(lockSuffix)) take(join(shared, name.slice(0, -lockSuffix.length)))?.release();
  }
  for (;;) {
    const path = join(shared, randomUUID());
    const own = take(path);
    // Another who tidies up may have found the lock while nobody held it yet.
    if (own === undefined) continue;
    if (existsSync(path + lockSuffix)) {
      mkdirSync(path);
      return own;
    }
    own.release();
  }
}

/** Whether a process that lives has a directory of its own in there. */
export function isShared(shared: string): boolean {
  if (!existsSync(shared)) return false;
  return readdirSync(shared).some((name) => {
    if (!name.endsWith(lockSuffix)) return false;
    const free = take(join(shared, name.slice(0, -lockSuffix.length)));
    free?.release();
    return free === undefined;
  });
}

/** A directory whose lock nobody holds, whether it is there or not. */
function take(path: string): OwnDirectory | undefined {
  const lock = new DatabaseSync(path + lockSuffix);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { readonly errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
  return {
    path,
    release() {
      rmSync(path, { recursive: true, force: true });
      rmSync(path + lockSuffix, { force: true });
      lock.close();
    },
  };
}
