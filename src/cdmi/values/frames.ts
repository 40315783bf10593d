import { crc32 } from 'node:zlib';
import { ValueLost } from './value-store.ts';

/**
 * How values are kept: in frames that can be checked one by one. A frame has up to 65 532 bytes of the value, and then
 * their CRC-32 in four bytes, little endian. The checksum starts from the number of the frame, counted from 0, so that
 * no frame can pass for another. All frames but the last are full.
 *
 * So a range of a value is one run of bytes where it is kept, and nothing outside of it is needed to check it.
 */
export const frameSize = 65_536;

const checksumSize = 4;
const dataSize = frameSize - checksumSize;
const smallest = 4096;

/** How many bytes of a value so many bytes of frames have. */
export function unframedSize(size: number): number {
  return size - Math.ceil(size / frameSize) * checksumSize;
}

/**
 * The frames of a value, in blocks that are all of the largest size but the last, and none of them empty. There are
 * only two buffers: a block is overwritten when the one after the next is asked for.
 *
 * @param largest a multiple of {@link frameSize}, in bytes
 * @throws whatever the source throws
 */
export async function* framed(source: AsyncIterable<Uint8Array>, largest: number): AsyncGenerator<Uint8Array> {
  let block: Buffer = Buffer.allocUnsafeSlow(smallest);
  let other: Buffer | undefined;
  let number = 0;
  /** Where the frame begins that is not full yet, and where its data ends. */
  let begin = 0;
  let end = 0;
  // Most values are small: the buffer grows with them.
  const grow = () => {
    const larger = Buffer.allocUnsafeSlow(Math.min(block.length * 2, largest));
    block.copy(larger, 0, 0, end);
    block = larger;
  };
  const seal = () => {
    end = block.writeUInt32LE(crc32(block.subarray(begin, end), number++), end);
    begin = end;
  };

  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      if (end === largest) {
        yield block;
        [block, other] = [other ?? Buffer.allocUnsafeSlow(largest), block];
        begin = end = 0;
      } else if (end === block.length) grow();
      const count = Math.min(chunk.length - taken, begin + dataSize - end, block.length - end);
      block.set(chunk.subarray(taken, taken + count), end);
      taken += count;
      end += count;
      if (end - begin === dataSize) seal();
    }
  }
  if (end > begin) {
    if (end + checksumSize > block.length) grow();
    seal();
  }
  if (end > 0) yield block.subarray(0, end);
}

/** Where the frames are that a range of a value touches: the first byte, and the one after the last. */
export function framesOf(start: number, end: number): { readonly from: number; readonly to: number } {
  return { from: Math.floor(start / dataSize) * frameSize, to: Math.ceil(end / dataSize) * frameSize };
}

/**
 * A range of a value, in pieces that have been checked.
 *
 * @param key what the value is called when something is wrong with it
 * @param blocks the frames of {@link framesOf}, whole ones in every block; less where there is no more
 * @throws ValueLost when a frame is damaged, or not there
 */
export async function* unframed(
  key: string,
  start: number,
  end: number,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let number = Math.floor(start / dataSize);
  let position = start;
  for await (const block of blocks) {
    for (let at = 0; at < block.length && position < end; at += frameSize) {
      const data = checked(block.subarray(at, at + frameSize), number, key);
      const from = position - number * dataSize;
      const part = data.subarray(from, end - number * dataSize);
      if (part.length === 0) break;
      yield part;
      position += part.length;
      number++;
    }
  }
  if (position < end) throw new ValueLost(`the value ${key} is shorter than it was: it ends before byte ${end}`);
}

function checked(frame: Uint8Array, number: number, key: string): Uint8Array {
  const data = frame.subarray(0, -checksumSize);
  const checksum = frame.subarray(-checksumSize);
  if (
    data.length > 0 &&
    crc32(data, number) === new DataView(checksum.buffer, checksum.byteOffset).getUint32(0, true)
  ) {
    return data;
  }
  throw new ValueLost(`the value ${key} is damaged after byte ${number * dataSize}`);
}
