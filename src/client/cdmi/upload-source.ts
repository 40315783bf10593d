import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Source } from '../exchange.ts';
import { type DigestAlgorithm, digestOfBytes, RunningDigest } from './digest.ts';

/** A part of a value that is to be sent. */
export interface UploadPart extends Source {
  /** Where it begins in what is sent. */
  readonly offset: number;
  readonly isLast: boolean;
}

/** What is to be sent. */
export interface UploadSource {
  /** In bytes, where that is known before. */
  readonly size?: number;
  /** In order, at least one. @param from where the first one begins; above 0 only of what can be read anywhere */
  parts(partSize: number, from?: number): AsyncIterable<UploadPart>;
  /** The bytes from there on, of what can be read anywhere. */
  read?(first: number, last: number): AsyncIterable<Uint8Array>;
  /** The hash of all of it, after it has been read. */
  digest(algorithm: DigestAlgorithm): Promise<string>;
}

/** A file. @throws what `node:fs` throws when it cannot be read */
export async function fileSource(file: string): Promise<UploadSource> {
  const { size } = await stat(file);
  const read = (first: number, last: number) => reading(file, first, last);
  return {
    size,
    read,
    async *parts(partSize, from = 0) {
      let offset = from;
      do {
        const start = offset;
        const length = Math.min(partSize, size - start);
        offset += length;
        yield { offset: start, size: length, isLast: offset >= size, open: () => read(start, start + length - 1) };
      } while (offset < size);
    },
    digest: (algorithm) => digestOfBytes(createReadStream(file), algorithm),
  };
}

/** @throws Error when the file has become shorter meanwhile */
async function* reading(file: string, first: number, last: number): AsyncGenerator<Uint8Array> {
  let left = last - first + 1;
  if (left <= 0) return;
  for await (const bytes of createReadStream(file, { start: first, end: last }) as AsyncIterable<Uint8Array>) {
    left -= bytes.length;
    yield bytes;
  }
  if (left > 0) throw new Error(`${file} has become shorter while it was read`);
}

/** What can be read once, such as the standard input: a part of it is held until the server has it. */
export function streamSource(stream: AsyncIterable<Uint8Array>): UploadSource {
  const digest = new RunningDigest();
  return {
    async *parts(partSize) {
      let offset = 0;
      let held: readonly Uint8Array[] | undefined;
      // One ahead, to know which is the last.
      for await (const next of chunks(stream, partSize)) {
        for (const bytes of next) digest.update(bytes);
        if (held !== undefined) {
          const part = partOf(held, offset, false);
          offset += part.size;
          yield part;
        }
        held = next;
      }
      yield partOf(held ?? [], offset, true);
    },
    digest: async (algorithm) => digest.of(algorithm),
  };
}

function partOf(held: readonly Uint8Array[], offset: number, isLast: boolean): UploadPart {
  const size = held.reduce((sum, { length }) => sum + length, 0);
  return {
    offset,
    size,
    isLast,
    async *open() {
      yield* held;
    },
  };
}

/** Runs of pieces that are as large as a part, the last one smaller. */
async function* chunks(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<readonly Uint8Array[]> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    let rest = piece;
    while (length + rest.length >= size) {
      const room = size - length;
      yield [...held, rest.subarray(0, room)];
      rest = rest.subarray(room);
      [held, length] = [[], 0];
    }
    if (rest.length === 0) continue;
    held.push(rest);
    length += rest.length;
  }
  if (length > 0) yield held;
}
