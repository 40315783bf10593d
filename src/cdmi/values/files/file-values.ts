import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isValueKey, keyTime, newValueKey } from '../value-key.ts';
import type { ValueStore, WrittenValue } from '../value-store.ts';
import { fileClaim } from './file-claim.ts';
import { readFrames, writeFrames } from './file-frames.ts';
import { ownDirectory } from './own-directory.ts';
import { Reserve } from './reserve.ts';
import { roomFor } from './room.ts';
import { Shards } from './shards.ts';
import { areHeld, asideIn, valuesIn } from './value-copies.ts';

const pageSize = 1000;

/**
 * Values in files. Below the directory are
 *
 * - `values/6 digits/2 digits/key`: a file for each value, in frames (see `frames.ts`); the digits are those the key
 *   begins with, so that what is written within a minute is in one directory, and those who write it at the same time
 *   share its flushes
 * - `aside/`: what is being written, in a directory for each process
 * - `held/`: a directory for each process that copies the values (see `value-copies.ts`)
 * - `claim`: whose values these are (see `claim.ts`)
 *
 * A file gets its name when all of it is on the disk, and a value its key when the name is, too. Several processes may
 * share the directory.
 *
 * @throws Error when the directory cannot be made or written to
 */
export function openFileValues(directory: string): ValueStore {
  const own = ownDirectory(asideIn(directory));
  const shards = new Shards(valuesIn(directory));
  const reserve = new Reserve(directory);
  let count = 0;

  return {
    async write(source) {
      const aside = join(own.path, String(++count));
      try {
        const size = await writeFrames(aside, source, reserve);
        return { key: await publish(aside), size };
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },

    read: (key, start, end, isPassing) => readFrames(shards.pathOf(key), key, { start, end, isPassing }),

    async remove(key) {
      await rm(shards.pathOf(key), { force: true });
    },

    async *keys(before) {
      const limit = keyTime(before);
      for await (const shard of shards.list(limit)) {
        let page: string[] = [];
        for await (const name of shards.namesIn(shard)) {
          if (!isValueKey(name) || name >= limit) continue;
          page.push(name);
          if (page.length < pageSize) continue;
          yield page;
          page = [];
        }
        if (page.length > 0) yield page;
        else await shards.dropEmpty(shard);
      }
    },

    isHeld: async () => areHeld(directory),
    claim: fileClaim(directory, own.path),

    async close() {
      own.release();
    },
  };

  /** Gives a file that is on the disk its name. */
  async function publish(aside: string): Promise<WrittenValue['key']> {
    const key = newValueKey();
    try {
      await roomFor(shards.place(key, (path) => rename(aside, path)));
    } catch (error) {
      await rm(shards.pathOf(key), { force: true });
      throw error;
    }
    return key;
  }
}
