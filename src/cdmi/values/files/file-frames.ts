import { type FileHandle, open } from 'node:fs/promises';
import { framed, frameSize, framesOf, unframed, unframedSize } from '../frames.ts';
import { passingBytes, ValueLost, type WrittenValue } from '../value-store.ts';
import { EarlyFlush } from './early-flush.ts';
import type { Reserve } from './reserve.ts';
import { roomFor } from './room.ts';

/** How much is written and read at once, in bytes. */
const blockSize = 2 ** 20;

/**
 * Writes a value into a new file, in frames.
 *
 * @param reserve is asked before anything is written
 * @returns the size of the value, in bytes, when all of it is on the disk
 * @throws StorageFull when there is no room for it
 * @throws whatever the source throws
 */
export async function writeFrames(
  path: string,
  source: AsyncIterable<Uint8Array>,
  reserve: Reserve,
): Promise<WrittenValue['size']> {
  const file = await roomFor(open(path, 'wx', 0o600));
  let size = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = new EarlyFlush(file);
  try {
    for await (const block of framed(source, blockSize)) {
      // One block is written while the next is filled.
      await writing;
      await reserve.take(block.length);
      writing = roomFor(file.writeFile(block));
      writing.catch(() => {});
      flush.wrote(block.length);
      size += block.length;
    }
    await writing;
    await flush.end();
  } finally {
    await writing.catch(() => {});
    await flush.settled();
    await roomFor(file.close());
  }
  return unframedSize(size);
}

/** What is read of a value, as with `ValueStore.read`. */
interface FramesRange {
  readonly start: number;
  readonly end: number;
  readonly isPassing?: boolean | undefined;
}

/**
 * A part of the value in a file.
 *
 * @param key what the value is called when something is wrong with it
 * @throws ValueLost when there is no such file, or it is damaged
 */
export async function* readFrames(
  path: string,
  key: string,
  { start, end, isPassing = false }: FramesRange,
): AsyncGenerator<Uint8Array> {
  const file = await openValue(path, key);
  const { from, to } = framesOf(start, end);
  if (to - from > frameSize) yield* unframed(key, start, end, blocksOf(file, key, { from, to, isPassing }));
  else yield* copies(unframed(key, start, end, oneFrame(file, key, from)));
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

interface Blocks {
  readonly from: number;
  readonly to: number;
  readonly isPassing: boolean;
}

/** With the one that is given out, and the one that is read meanwhile. */
const passingBlocks = Math.ceil(passingBytes / blockSize) + 2;

/** A file in blocks, each read while the one before is used. Closes it. */
async function* blocksOf(file: FileHandle, key: string, { from, to, isPassing }: Blocks): AsyncGenerator<Uint8Array> {
  let position = from;
  const spare: Buffer[] = [];
  const next = async (): Promise<Uint8Array> => {
    const size = Math.min(blockSize, to - position);
    const block = spare.length < passingBlocks ? Buffer.allocUnsafeSlow(size) : (spare.shift() as Buffer);
    if (isPassing) spare.push(block);
    const { bytesRead } = await file.read(block, 0, size, position);
    position += bytesRead === size ? bytesRead : to;
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
