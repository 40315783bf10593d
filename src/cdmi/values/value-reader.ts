import { type Piece, slice, type Value } from './value.ts';
import type { ValueStore } from './value-store.ts';

const zeroBytes = Buffer.alloc(65_536);

/** Reads values that are made of pieces, and knows which of these are being read. */
export class ValueReader {
  readonly #values: ValueStore;
  /** How many are reading each, by key. */
  readonly #readers: Map<string, number>;
  readonly #count: ((bytes: number) => void) | undefined;

  constructor(values: ValueStore, readers = new Map<string, number>(), count?: (bytes: number) => void) {
    this.#values = values;
    this.#readers = readers;
    this.#count = count;
  }

  /** The same reader, which tells how many bytes have been read. */
  counting(count: (bytes: number) => void): ValueReader {
    return new ValueReader(this.#values, this.#readers, count);
  }

  /**
   * The bytes from `start` to the one before `end`, as far as there are any. As soon as the first is asked for, none of
   * the pieces is removed by a {@link Collector} of this process until the reading is over.
   *
   * @param isPassing see {@link ValueStore.read}
   * @throws ValueLost when a piece is not there, or damaged
   */
  async *read(value: Value, start: number, end: number, isPassing = false): AsyncGenerator<Uint8Array> {
    const pieces = slice(value, start, end);
    const release = this.hold(pieces);
    try {
      for (const piece of pieces) {
        if (this.#count === undefined) yield* this.#bytesOf(piece, isPassing);
        else yield* counted(this.#bytesOf(piece, isPassing), this.#count);
      }
    } finally {
      release();
    }
  }

  /** The same for what is going to be read. @returns lets it go */
  hold(value: Value): () => void {
    const keys = value.flatMap(({ key }) => key ?? []);
    for (const key of keys) this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1);
    return () => {
      for (const key of keys) this.#release(key);
    };
  }

  /** Whether somebody has begun to read a value that this is a piece of, and has not come to its end. */
  isReading(key: string): boolean {
    return this.#readers.has(key);
  }

  #bytesOf({ key, text, offset, length }: Piece, isPassing: boolean): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
    if (text !== undefined) return [Buffer.from(text).subarray(offset, offset + length)];
    return key === undefined ? zeros(length) : this.#values.read(key, offset, offset + length, isPassing);
  }

  #release(key: string): void {
    const readers = (this.#readers.get(key) ?? 0) - 1;
    if (readers > 0) this.#readers.set(key, readers);
    else this.#readers.delete(key);
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zeroBytes.length) yield zeroBytes.subarray(0, left);
}

async function* counted(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of pieces) {
    count(bytes.length);
    yield bytes;
  }
}
