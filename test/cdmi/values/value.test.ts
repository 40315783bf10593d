import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat,
  keysOf,
  overwrite,
  type Piece,
  sizeOf,
  slice,
  type Value,
  whole,
  zeros,
} from '../../../src/cdmi/values/value.ts';

/** What was written: 40 bytes each, no two of them the same. */
const written: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  ['a', 'b', 'c'].map((key, which) => [key, Uint8Array.from({ length: 40 }, (_, i) => 1 + which * 40 + i)]),
);

/** What is not written anywhere: 40 bytes each. */
const texts = ['12345678'.repeat(5), 'häuser: 3'.repeat(4)];

function bytesOf(value: Value): Uint8Array {
  return Uint8Array.from(
    value.flatMap(({ key, text, offset, length }) => {
      if (key === undefined && text === undefined) return Array<number>(length).fill(0);
      const bytes = text === undefined ? (written[key as string] as Uint8Array) : Buffer.from(text);
      return [...bytes.subarray(offset, offset + length)];
    }),
  );
}

const piece: fc.Arbitrary<Piece> = fc
  .record({
    key: fc.option(fc.constantFrom('a', 'b', 'c', ...texts), { nil: undefined }),
    offset: fc.nat(39),
    length: fc.nat(40),
  })
  .map(({ key, offset, length }) => {
    if (key === undefined) return { offset: 0, length: length + 1 };
    const place = { offset, length: Math.max(1, Math.min(length, 40 - offset)) };
    return texts.includes(key) ? { text: key, ...place } : { key, ...place };
  });
const value = fc.array(piece, { maxLength: 6 }).map((pieces) => concat(pieces));

/** Nothing in it could be said with fewer pieces. */
function expectShort(value: Value): void {
  for (const [i, { key, text, offset, length }] of value.entries()) {
    const isZero = key === undefined && text === undefined;
    expect(length).toBeGreaterThan(0);
    if (isZero) expect(offset).toBe(0);
    const next = value[i + 1];
    if (next === undefined || next.key !== key || next.text !== text) continue;
    expect(!isZero && next.offset !== offset + length).toBe(true);
  }
}

describe('A value is a list of pieces', () => {
  it('has the bytes of all of them', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const joined = concat(...pieces.map((one) => [one]));
        expectShort(joined);
        expect(bytesOf(joined)).toEqual(bytesOf(pieces));
        expect(sizeOf(joined)).toBe(bytesOf(pieces).length);
        expect([...keysOf(joined)].sort()).toEqual([...new Set(pieces.flatMap(({ key }) => key ?? []))].sort());
      }),
    );
  });

  it('is cut like an array', () => {
    fc.assert(
      fc.property(value, fc.nat(200), fc.nat(200), (all, start, end) => {
        const part = slice(all, start, end);
        expectShort(part);
        expect(bytesOf(part)).toEqual(bytesOf(all).slice(start, Math.max(start, end)));
      }),
    );
  });

  it('[CDMI-D13] is written over at an offset, and gaps are zeros that count', () => {
    fc.assert(
      fc.property(value, fc.nat(300), value, (all, offset, over) => {
        const changed = overwrite(all, offset, over);
        const expected = new Uint8Array(Math.max(sizeOf(all), offset, offset + sizeOf(over)));
        expected.set(bytesOf(all));
        expected.set(bytesOf(over), offset);
        expectShort(changed);
        expect(bytesOf(changed)).toEqual(expected);
      }),
    );
  });

  it('shares what it is made of, and never changes it', () => {
    fc.assert(
      fc.property(value, fc.nat(100), value, (all, offset, over) => {
        const before = structuredClone([all, over]);
        const kept = new Set([...keysOf(all), ...keysOf(over)]);
        for (const key of keysOf(overwrite(all, offset, over))) expect(kept).toContain(key);
        expect([all, over]).toEqual(before);
      }),
    );
  });

  it('has no pieces when it is empty', () => {
    expect(whole({ key: 'a', size: 0 })).toEqual([]);
    expect(whole({ key: 'a', size: 3 })).toEqual([{ key: 'a', offset: 0, length: 3 }]);
    expect([sizeOf([]), keysOf([]), zeros(0), zeros(-1), overwrite([], 0, [])]).toEqual([0, [], [], [], []]);
    expect(overwrite([], 2, [])).toEqual([{ offset: 0, length: 2 }]);
  });

  it('is one piece again when what was written in pieces lies in a row', () => {
    const all = whole({ key: 'a', size: 40 });
    expect(concat(slice(all, 0, 10), slice(all, 10, 40))).toEqual(all);
    expect(overwrite(all, 5, slice(all, 5, 15))).toEqual(all);
  });
});
