import type { Readable } from 'node:stream';
import { StoreUnavailable } from '../../../store/store.ts';
import { frameSize } from '../frames.ts';
import { type Bucket, explained, explanation } from './bucket.ts';

/** How much is checked and given on at once: some frames, in bytes. */
const blockSize = 4 * frameSize;
const attempts = 3;

/**
 * A range of an object, in blocks of whole frames. When the connection breaks, or was silent because the reader was
 * slow, it goes on where it was.
 *
 * @throws ValueLost when there is no such object, or it ends before the range begins
 * @throws StoreUnavailable when the store is away
 */
export async function* readObject(bucket: Bucket, key: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  let position = from;
  for (let failures = 0; position < to; ) {
    const body = await open(bucket, key, position, to);
    try {
      for await (const block of blocksOf(body)) {
        position += block.length;
        failures = 0;
        yield block;
      }
      return;
    } catch (error) {
      if (++failures === attempts) throw explanation(error);
    }
  }
}

async function open({ client, s3, name, prefix }: Bucket, key: string, from: number, to: number): Promise<Readable> {
  const Range = `bytes=${from}-${to - 1}`;
  const { Body } = await explained(client.send(new s3.GetObjectCommand({ Bucket: name, Key: prefix + key, Range })));
  if (Body === undefined) throw new StoreUnavailable('the store of values has answered without a body');
  return Body as Readable;
}

async function* blocksOf(body: Readable): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafeSlow(blockSize);
  let end = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    for (let taken = 0; taken < chunk.length; ) {
      const count = chunk.copy(block, end, taken);
      taken += count;
      end += count;
      if (end < blockSize) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(blockSize);
      end = 0;
    }
  }
  if (end > 0) yield block.subarray(0, end);
}
