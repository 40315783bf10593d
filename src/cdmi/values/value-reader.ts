import { slice, type Value } from './value.ts';
import type { ValueStore } from './value-store.ts';

const zeroBytes = Buffer.alloc(65_536);

/** Reads values that are made of pieces, and knows which of these are being read. */
export class ValueReader {
  readonly #values: ValueStore;
  /** How many are reading each, by key. */
  readonly #readers = new Map<string, number>();

  constructor(values: ValueStore) {
    this.#values = values;
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
      for (const { key, offset, length } of pieces) {
        if (key === undefined) yield* zeros(length);
        else yield* this.#values.read(key, offset, offset + length, isPassing);
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

  #release(key: string): void {
    const readers = (this.#readers.get(key) ?? 0) - 1;
    if (readers > 0) this.#readers.set(key, readers);
    else this.#readers.delete(key);
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zeroBytes.length) yield zeroBytes.subarray(0, left);
}
