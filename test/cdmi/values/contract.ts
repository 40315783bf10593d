import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyClock } from '../../../src/cdmi/values/value-key.ts';
import { ValueLost, type ValueStore } from '../../../src/cdmi/values/value-store.ts';
import { until } from '../../http/until.ts';
import { allOf, collect, digest, inPieces, sampleBytes } from './samples.ts';
import { startWriter } from './start-writer.ts';

/** Where values are, as tests see it. */
export interface ValuesUnderTest {
  /** Opens it; another process could do so at the same time. */
  open(): Promise<ValueStore>;
  /** What a process that writes is told, to open it by itself; see `writer.ts`. */
  readonly place: readonly string[];
  /** Changes a byte of what is kept, behind the back of the store. */
  damage(key: string, offset: number): Promise<void>;
  /** Leaves so many bytes of what is kept. */
  cut(key: string, size: number): Promise<void>;
  /** Whether who has begun to read a value gets all of it, though it is removed. */
  readonly readsOn: boolean;
  /** What a write that never came to its end has left behind, wherever that may be. */
  leftovers(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** Sizes around the borders of frames and blocks. */
const sizes = [0, 1, 4_091, 4_092, 4_093, 65_531, 65_532, 65_533, 2 ** 20 - 64, 2 ** 20 - 63, 2 ** 20, 9_000_000];

/** What holds of every place for values. */
export function valueStoreContract(prepare: () => Promise<ValuesUnderTest>): void {
  let place: ValuesUnderTest;
  let values: ValueStore;
  beforeAll(async () => {
    place = await prepare();
    values = await place.open();
  });
  afterAll(async () => {
    await values?.close();
    await place?.dispose();
  });

  const write = (bytes: Uint8Array, pieces?: number) => values.write(inPieces(bytes, pieces));
  const lost = (reading: AsyncIterable<Uint8Array>) => expect(collect(reading)).rejects.toThrow(ValueLost);

  describe('writing and reading', () => {
    it.each(sizes)('gives back %i bytes as they were', async (size) => {
      const bytes = sampleBytes(size);
      const written = await write(bytes);
      expect(written.size).toBe(size);
      expect(written.key).toMatch(/^[!-~]{1,64}$/);
      expect(digest(await collect(values.read(written.key, 0, size)))).toBe(digest(bytes));
    });

    it('[CDMI-G26] gives any part of a value', async () => {
      const size = 300_000;
      const bytes = sampleBytes(size, 7);
      const { key } = await write(bytes);
      await fc.assert(
        fc.asyncProperty(fc.nat(size), fc.nat(size), async (a, b) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect((await collect(values.read(key, start, end))).equals(bytes.subarray(start, end))).toBe(true);
        }),
        {
          numRuns: 40,
          examples: [
            [0, 65_532],
            [65_531, 65_533],
            [65_532, 131_064],
            [size - 1, size],
          ],
        },
      );
    });

    it('takes bytes in pieces of any size', async () => {
      const bytes = sampleBytes(70_000, 3);
      for (const pieces of [1, 65_532, 65_536, 70_000]) {
        const { key } = await write(bytes, pieces);
        expect((await collect(values.read(key, 0, bytes.length))).equals(bytes)).toBe(true);
      }
    });

    it('keeps nothing when the source fails, and says why', async () => {
      const before = await allOf(values.keys(keyClock() + 1));
      for (const size of [0, 10, 200_000, 9_000_000]) {
        const failure = Object.assign(new Error('the client has gone'), { code: 'ENOSPC' });
        const broken = async function* () {
          yield* inPieces(sampleBytes(size));
          throw failure;
        };
        await expect(values.write(broken())).rejects.toBe(failure);
      }
      expect(await allOf(values.keys(keyClock() + 1))).toEqual(before);
      expect(await place.leftovers()).toEqual([]);
    });

    it('[CDMI-G21] never mixes what many write and read at once', async () => {
      const keys: string[] = [];
      const one = async (i: number) => {
        const bytes = Buffer.alloc(150_000 + i, i);
        const { key } = await write(bytes);
        keys.push(key);
        const [some, all] = await Promise.all([
          collect(values.read(key, 140_000, 150_000)),
          collect(values.read(key, 0, bytes.length)),
        ]);
        expect(some.equals(bytes.subarray(140_000, 150_000)) && all.equals(bytes)).toBe(true);
      };
      await Promise.all(Array.from({ length: 32 }, (_, i) => one(i)));
      expect(new Set(keys).size).toBe(32);
    });
  });

  describe('damage', () => {
    const size = 200_000;
    const bytes = sampleBytes(size, 11);

    it('is never given out', async () => {
      for (const offset of [0, 65_535, 65_536, 70_000, 196_607]) {
        const { key } = await write(bytes);
        await place.damage(key, offset);
        const given: Uint8Array[] = [];
        const reading = async () => {
          for await (const piece of values.read(key, 0, size)) given.push(piece);
        };
        await expect(reading()).rejects.toThrow(ValueLost);
        expect(Buffer.concat(given).equals(bytes.subarray(0, Buffer.concat(given).length))).toBe(true);
      }
    });

    it('does no harm to other parts of a value', async () => {
      const { key } = await write(bytes);
      await place.damage(key, 70_000);
      expect((await collect(values.read(key, 0, 65_532))).equals(bytes.subarray(0, 65_532))).toBe(true);
      await lost(values.read(key, 65_532, 65_533));
      expect((await collect(values.read(key, 131_064, size))).equals(bytes.subarray(131_064))).toBe(true);
    });

    it('is noticed when an end is missing', async () => {
      for (const left of [0, 3, 65_535, 65_536, 65_540, 131_072, 200_010]) {
        const { key } = await write(bytes);
        await place.cut(key, left);
        await lost(values.read(key, 0, size));
        await lost(values.read(key, size - 1, size));
      }
    });

    it('includes that a value is not there', async () => {
      await lost(values.read('0'.repeat(32), 0, 1));
    });
  });

  describe('removal', () => {
    it('happens once, and no harm is done by another', async () => {
      const { key } = await write(sampleBytes(10));
      await values.remove(key);
      await values.remove(key);
      await lost(values.read(key, 0, 10));
    });

    it('takes nothing from who is reading already, or tells it', async () => {
      const bytes = sampleBytes(9_000_000, 5);
      const { key } = await write(bytes);
      const given: Uint8Array[] = [];
      const reading = async () => {
        for await (const piece of values.read(key, 0, bytes.length)) {
          if (given.push(piece) === 1) await values.remove(key);
        }
      };
      const failure = await reading().catch((error: unknown) => error);
      const all = Buffer.concat(given);
      expect(all.equals(bytes.subarray(0, all.length))).toBe(true);
      if (all.length < bytes.length || place.readsOn)
        expect(failure).toEqual(place.readsOn ? undefined : expect.any(ValueLost));
    });
  });

  describe('keys', () => {
    it('are those of what was written before a time, each once', async () => {
      const early = await Promise.all(Array.from({ length: 25 }, (_, i) => write(sampleBytes(i))));
      const limit = (await until(async () => keyClock(), passes(keyClock() + 1))) as number;
      const late = await write(sampleBytes(1));
      const found = await allOf(values.keys(limit));
      expect(new Set(found).size).toBe(found.length);
      expect(found).toEqual(expect.arrayContaining(early.map(({ key }) => key)));
      expect(found).not.toContain(late.key);
      expect(await allOf(values.keys(keyClock() + 1))).toContain(late.key);
      expect(await allOf(values.keys(0))).toEqual([]);
    });

    it('are fewer when values are removed meanwhile', async () => {
      const { key } = await write(sampleBytes(1));
      for await (const page of values.keys(keyClock() + 1)) for (const each of page) await values.remove(each);
      expect(await allOf(values.keys(keyClock() + 1))).toEqual([]);
      await lost(values.read(key, 0, 1));
      const again = await write(sampleBytes(5));
      expect(await allOf(values.keys(keyClock() + 1))).toEqual([again.key]);
    });
  });

  describe('kill -9', () => {
    it('takes nothing that was acknowledged, and leaves nothing half', async () => {
      for (const acknowledged of [1, 7, 20]) {
        const writer = startWriter(place.place);
        const told = await writer.killAfter(acknowledged);
        expect(told.length).toBeGreaterThanOrEqual(acknowledged);
        const next = await place.open();
        try {
          for (const { key, size, hash } of told) expect(digest(await collect(next.read(key, 0, size)))).toBe(hash);
          const kept = await allOf(next.keys(keyClock() + 1));
          expect(kept).toEqual(expect.arrayContaining(told.map(({ key }) => key)));
          expect(await place.leftovers()).toEqual([]);
        } finally {
          await next.close();
        }
      }
    });

    it('of one process takes nothing from another that is writing', async () => {
      const gate = Promise.withResolvers<void>();
      const bytes = sampleBytes(9_000_000, 13);
      const slow = async function* () {
        yield* inPieces(bytes.subarray(0, 8_500_000));
        await gate.promise;
        yield bytes.subarray(8_500_000);
      };
      const writing = values.write(slow());
      await startWriter(place.place).killAfter(2);
      await (await place.open()).close();
      gate.resolve();
      const { key, size } = await writing;
      expect(digest(await collect(values.read(key, 0, size)))).toBe(digest(bytes));
    });
  });
}

const passes = (time: number) => (now: number) => now >= time;
