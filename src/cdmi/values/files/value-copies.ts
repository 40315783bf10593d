import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, copyFile, link, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { unframedSize } from '../frames.ts';
import { isValueKey } from '../value-key.ts';
import { flush } from './directory-flush.ts';
import { readFrames } from './file-frames.ts';
import { isShared, type OwnDirectory, ownDirectory } from './own-directory.ts';
import { Shards } from './shards.ts';

/** Where the values are below the directory of a store of values. */
export const valuesIn = (directory: string): string => join(directory, 'values');

/** Where files are made there. */
export const asideIn = (directory: string): string => join(directory, 'aside');

const holdersIn = (directory: string): string => join(directory, 'held');

/**
 * Keeps all values that are referred to from now on, until it is released or this process dies. Whoever wants to copy
 * them begins with it, then reads the record, and copies what the record refers to: nothing of that is missing then.
 *
 * @param directory of the store of values
 */
export const holdValues = (directory: string): OwnDirectory => ownDirectory(holdersIn(directory));

/** Whether somebody holds the values. */
export const areHeld = (directory: string): boolean => isShared(holdersIn(directory));

/** What a directory of values has. */
export interface Inventory {
  readonly count: number;
  /** Of the files. */
  readonly bytes: number;
  /** SHA-256 over a line with the key and the size of each file, in the order of keys; in hexadecimal. */
  readonly digest: string;
}

/** Where values are copied from and to. */
export interface Copying {
  /** The directory `values` they are in. */
  readonly from: string;
  /** The one they are to be in; is made where it is missing. What else is in it stays. */
  readonly to: string;
  /** Another that may have the same values already, where they can be linked from when they cannot from the first. */
  readonly earlier?: string;
  /**
   * A directory on the file system of the target, where files are made, so that no name there has half of one. Without
   * it they are made in their places.
   */
  readonly aside?: string;
}

/** How many files are copied at once. */
const width = 8;

/**
 * Copies all values that are there, durably. A value that has been written never changes, so its file is linked where
 * the file system allows it, and costs nothing then; otherwise it is copied.
 *
 * @throws Error when one cannot be read or written
 */
export async function copyValues({ from, to, earlier, aside }: Copying): Promise<Inventory> {
  await mkdir(to, { recursive: true });
  const parents = new Set<string>();
  const inventory = await takeStock(from, {
    async onFile(path, size) {
      const place = relative(from, path);
      const target = join(to, place);
      const fresh = aside === undefined ? target : join(aside, basename(path));
      await put(path, fresh, size, earlier === undefined ? undefined : join(earlier, place));
      if (fresh !== target) await rename(fresh, target);
    },
    async beforeShard(shard) {
      await mkdir(join(to, relative(from, shard)), { recursive: true });
    },
    async afterShard(shard) {
      const made = join(to, relative(from, shard));
      await flush(made);
      parents.add(dirname(made));
    },
  });
  for (const directory of [...parents, to, dirname(to)]) await flush(directory);
  return inventory;
}

/**
 * Reads all values of a directory.
 *
 * @throws ValueLost when one is damaged
 */
export function checkValues(directory: string): Promise<Inventory> {
  return takeStock(directory, {
    async onFile(path, size) {
      const whole = { start: 0, end: unframedSize(size), isPassing: true };
      for await (const _ of readFrames(path, basename(path), whole));
    },
  });
}

/** What is done on the way through a directory of values. */
interface Way {
  beforeShard?(shard: string): Promise<void>;
  /** @param size of the file, in bytes */
  onFile(path: string, size: number): Promise<void>;
  afterShard?(shard: string): Promise<void>;
}

async function takeStock(directory: string, way: Way): Promise<Inventory> {
  const shards = new Shards(directory);
  const digest = createHash('sha256');
  let count = 0;
  let bytes = 0;
  for await (const shard of shards.list()) {
    const keys: string[] = [];
    for await (const name of shards.namesIn(shard)) if (isValueKey(name)) keys.push(name);
    keys.sort();
    if (keys.length === 0) continue;
    await way.beforeShard?.(shard);
    const sizes = new Map<string, number>();
    let next = 0;
    const lane = async () => {
      for (let at = next++; at < keys.length; at = next++) {
        const key = keys[at] as string;
        const path = join(shard, key);
        try {
          const { size } = await stat(path);
          await way.onFile(path, size);
          sizes.set(key, size);
        } catch (error) {
          // A removal may have been under way when the values were held: nobody referred to that one any more.
          if (existsSync(path)) throw error;
        }
      }
    };
    const stop = (error: unknown) => {
      next = keys.length;
      throw error;
    };
    await Promise.all(Array.from({ length: width }, () => lane().catch(stop)));
    await way.afterShard?.(shard);
    for (const key of keys) {
      const size = sizes.get(key);
      if (size === undefined) continue;
      digest.update(`${key} ${size}\n`);
      count += 1;
      bytes += size;
    }
  }
  return { count, bytes, digest: digest.digest('hex') };
}

/** What the system says when a file cannot be linked to: another file system, one that has no links, or not ours. */
const unlinkable: readonly unknown[] = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/** Gives a file a further name; that of the earlier copy where it cannot be done with the file itself, or a new copy. */
async function put(source: string, target: string, size: number, earlier: string | undefined): Promise<void> {
  if (await isLinked(source, target)) return;
  if (earlier !== undefined && (await sizeOf(earlier)) === size && (await isLinked(earlier, target))) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await flush(target);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function isLinked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (unlinkable.includes((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}
