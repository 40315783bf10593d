import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfTime, readTime, writeTime } from '../../../src/cdmi/metadata/time.ts';

describe('ISO/IEC 17826 §5.14 times [CDMI-G14]', () => {
  it.each<[number, string]>([
    [0, '1970-01-01T00:00:00.000000Z'],
    [1, '1970-01-01T00:00:00.000001Z'],
    [1_795_300_560_123_456, '2026-11-21T22:36:00.123456Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ])('%i microseconds are %s', (microseconds, text) => {
    expect(writeTime(microseconds)).toBe(text);
  });

  it.each([
    ['2026-11-21T22:36:00.123456Z', '2026-11-21T22:36:00.123456Z'],
    ['2026-11-21T22:36:00.1Z', '2026-11-21T22:36:00.100000Z'],
    ['2026-11-21T22:36:00Z', '2026-11-21T22:36:00.000000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('%s is read', (text, long) => {
    expect(readTime(text, 'it')).toBe(long);
  });

  it.each([
    '',
    '2026-11-21',
    '2026-11-21T22:36Z',
    '2026-11-21 22:36:00Z',
    '2026-11-21T22:36:00',
    '2026-11-21T22:36:00+01:00',
    '2026-11-21T22:36:00.1234567Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T23:59:60Z',
    ' 2026-11-21T22:36:00Z',
  ])('%j is none', (text) => {
    expect(() => readTime(text, 'the end')).toThrow(/^the end must be a time as/);
  });

  const microseconds = fc.integer({ min: 0, max: 253_402_300_799_999_000 / 32 });

  it('are read as they are written, and are in order', () => {
    fc.assert(
      fc.property(microseconds, microseconds, (a, b) => {
        expect(readTime(writeTime(a), 'a')).toBe(writeTime(a));
        expect(writeTime(a) < writeTime(b)).toBe(a < b);
        expect(endOfTime(writeTime(a))).toBe(Math.ceil(a / 1000));
      }),
    );
  });
});
