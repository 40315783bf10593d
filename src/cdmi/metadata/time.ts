import { OcciError, quoteToken } from '../../occi/errors.ts';

const syntax = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/;

/**
 * Writes a time as CDMI does, `2026-11-21T22:36:00.000000Z` (ISO/IEC 17826 §5.14). Such texts have the order of the
 * times, as far as the year 9999.
 *
 * @param microseconds since 1970
 */
export function writeTime(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}

/**
 * Reads a time and gives it all of its six digits; clients leave some away, or all of them.
 *
 * @param what it is the time of, for the message
 * @throws OcciError `attribute-value`
 */
export function readTime(text: string, what: string): string {
  const [, seconds = '', fraction = ''] = syntax.exec(text) ?? [];
  // Date.parse takes the 30th of February for the 2nd of March.
  const time = Date.parse(`${seconds}Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(seconds)) {
    throw new OcciError(
      'attribute-value',
      `${what} must be a time as 2026-11-21T22:36:00.000000Z, not ${quoteToken(text)}`,
      {
        token: text,
      },
    );
  }
  return `${seconds}.${fraction.padEnd(6, '0')}Z`;
}

/** The millisecond since 1970 in which a time that was read is over. */
export function endOfTime(text: string): number {
  const whole = Date.parse(`${text.slice(0, 23)}Z`);
  return text.slice(23, 26) === '000' ? whole : whole + 1;
}
