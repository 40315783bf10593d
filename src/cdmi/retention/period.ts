import { OcciError, quoteToken } from '../../occi/errors.ts';
import { readTime } from '../metadata/time.ts';

/**
 * A time interval (ISO/IEC 17826 §5.14), both ends in the long form of times, which can be compared as texts: numbers
 * of microseconds would not be exact behind the year 2255, and some periods are meant for ever.
 */
export interface Period {
  readonly start: string;
  readonly end: string;
}

/**
 * Reads `start/end`.
 *
 * @throws OcciError `attribute-value` when it is none, or ends before it starts
 */
export function readPeriod(text: string, what: string): Period {
  const [start, end, more] = text.split('/');
  if (start === undefined || end === undefined || more !== undefined) {
    throw new OcciError('attribute-value', `${what} must be start/end, not ${quoteToken(text)}`, { token: text });
  }
  const period = { start: readTime(start, `the start of ${what}`), end: readTime(end, `the end of ${what}`) };
  if (period.end < period.start) {
    throw new OcciError('attribute-value', `${what} must not end before it starts: ${quoteToken(text)}`, {
      token: text,
    });
  }
  return period;
}

export function writePeriod({ start, end }: Period): string {
  return `${start}/${end}`;
}

/** Whether a period is there whenever another one is. */
export function covers(period: Period, other: Period): boolean {
  return period.start <= other.start && period.end >= other.end;
}
