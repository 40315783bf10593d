import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeTime } from '../../../src/cdmi/metadata/time.ts';
import { covers, type Period, readPeriod, writePeriod } from '../../../src/cdmi/retention/period.ts';

const time = fc.integer({ min: 0, max: 4_102_444_800_000_000 });
const ends = fc.tuple(time, time).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const period = ([start, end]: readonly [number, number]): Period => ({ start: writeTime(start), end: writeTime(end) });

describe('ISO/IEC 17826 §5.14 intervals [CDMI-G14]', () => {
  it.each([
    ['2010-01-01T00:00:00Z/2099-01-01T00:00:00.5Z', '2010-01-01T00:00:00.000000Z/2099-01-01T00:00:00.500000Z'],
    ['2010-01-01T00:00:00Z/2010-01-01T00:00:00.000000Z', '2010-01-01T00:00:00.000000Z/2010-01-01T00:00:00.000000Z'],
    ['2010-01-01T00:00:00Z/9999-12-31T23:59:59.999999Z', '2010-01-01T00:00:00.000000Z/9999-12-31T23:59:59.999999Z'],
  ])('%s is read', (text, long) => {
    expect(writePeriod(readPeriod(text, 'it'))).toBe(long);
  });

  it.each<[string, RegExp]>([
    ['', /it must be start\/end, not ""/],
    ['2010-01-01T00:00:00Z', /must be start\/end/],
    ['2010-01-01T00:00:00Z/2011-01-01T00:00:00Z/2012-01-01T00:00:00Z', /must be start\/end/],
    ['/2010-01-01T00:00:00Z', /the start of it must be a time/],
    ['2010-01-01T00:00:00Z/', /the end of it must be a time/],
    ['2010-01-01T00:00:00Z/P1Y', /the end of it must be a time/],
    ['2010-01-01T00:00:01Z/2010-01-01T00:00:00.999999Z', /must not end before it starts/],
  ])('%j is none [CDMI-T4]', (text, message) => {
    expect(() => readPeriod(text, 'it')).toThrow(message);
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(ends.map(period), (one) => {
        expect(readPeriod(writePeriod(one), 'it')).toEqual(one);
      }),
    );
  });

  it('cover each other when both ends do', () => {
    fc.assert(
      fc.property(ends, ends, (a, b) => {
        expect(covers(period(a), period(b))).toBe(a[0] <= b[0] && a[1] >= b[1]);
      }),
    );
  });
});
