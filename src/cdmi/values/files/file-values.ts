import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { framed, frameSize, framesOf, unframed, unframedSize } from '../frames.ts';
import { isValueKey, keyTime, newValueKey } from '../value-key.ts';
import { StorageFull, ValueLost, type ValueStore, type WrittenValue } from '../value-store.ts';
import { ownDirectory } from './own-directory.ts';
import { Shards } from './shards.ts';

/** How much is written and read at once, in bytes. */
const blockSize = 2 ** 20;
const pageSize = 1000;

/**
 * Values in files. Below the directory are
 *
 * - `values/6 digits/2 digits/key`: a file for each value, in frames (see `frames.ts`); the digits are those the key
 *   begins with, so that what is written within a minute is in one directory, and those who write it at the same time
 *   share its flushes
 * - `aside/`: what is being written, in a directory for each process
 *
 * A file gets its name when all of it is on the disk, and a value its key when the name is, too. Several processes may
 * share the directory.
 *
 * @throws Error when the directory cannot be made or written to
 */
export function openFileValues(directory: string): ValueStore {
  const own = ownDirectory(join(directory, 'aside'));
  const shards = new Shards(join(directory, 'values'));
  let count = 0;
  const nextAside = () => join(own.path, String(++count));

  return {
    async write(source) {
      const aside = nextAside();
      try {
        const size = await writeFrames(aside, source);
        return { key: await publish(aside), size };
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },

    async *read(key, start, end) {
      const file = await openValue(shards.pathOf(key), key);
      const { from, to } = framesOf(start, end);
      if (to - from > frameSize) yield* unframed(key, start, end, blocksOf(file, key, from, to));
      else yield* copies(unframed(key, start, end, oneFrame(file, key, from)));
    },

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

    async health() {
      const aside = nextAside();
      try {
        await writeFrames(aside, oneByte());
      } finally {
        await rm(aside, { force: true });
      }
    },

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

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0);
}

/** @returns the size of the value, in bytes, when all of it is on the disk */
async function writeFrames(path: string, source: AsyncIterable<Uint8Array>): Promise<WrittenValue['size']> {
  const file = await roomFor(open(path, 'wx', 0o600));
  let size = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const block of framed(source, blockSize)) {
      // One block is written while the next is filled.
      await writing;
      writing = roomFor(file.writeFile(block));
      writing.catch(() => {});
      size += block.length;
    }
    await writing;
    await roomFor(file.datasync());
  } finally {
    await writing.catch(() => {});
    await roomFor(file.close());
  }
  return unframedSize(size);
}

/** Buffers that are used again: most reads are small, and to make a buffer for a frame takes longer than to read it. */
const spareFrames: Buffer[] = [];
const mostSpareFrames = 64;

/** One frame, in a buffer that is used again when the next is asked for. Closes the file. */
async function* oneFrame(file: FileHandle, key: string, from: number): AsyncGenerator<Uint8Array> {
  const frame = spareFrames.pop() ?? Buffer.allocUnsafeSlow(frameSize);
  try {
    const { bytesRead } = await intact(key, file.read(frame, 0, frameSize, from)).finally(() => closeSoon(file));
    yield frame.subarray(0, bytesRead);
  } finally {
    if (spareFrames.length < mostSpareFrames) spareFrames.push(frame);
  }
}

/** Nobody has to wait for it: nothing can be lost. */
function closeSoon(file: FileHandle): void {
  file.close().catch(() => {});
}

async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** A file in blocks, each read while the one before is used. Closes it. */
async function* blocksOf(file: FileHandle, key: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  let position = from;
  const next = async (): Promise<Uint8Array> => {
    const block = Buffer.allocUnsafeSlow(Math.min(blockSize, to - position));
    const { bytesRead } = await file.read(block, 0, block.length, position);
    position += bytesRead === block.length ? bytesRead : to;
    return block.subarray(0, bytesRead);
  };
  let reading = next();
  try {
    for (;;) {
      const block = await intact(key, reading);
      if (position >= to) return void (yield block);
      reading = next();
      reading.catch(() => {});
      yield block;
    }
  } finally {
    await reading.catch(() => {});
    closeSoon(file);
  }
}

/** @throws ValueLost when the disk cannot read what is on it */
async function intact<T>(key: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
    throw new ValueLost(`the value ${key} cannot be read`, { cause: error });
  }
}

async function openValue(path: string, key: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ValueLost(`there is no value ${key}`, { cause: error });
  }
}

/** What the system says when the disk, a quota, or what a file may take is used up. */
const full: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** @throws StorageFull instead of what the system says */
async function roomFor<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw full.includes(code) ? new StorageFull(`no room for a value: ${message}`, { cause: error }) : error;
  }
}
