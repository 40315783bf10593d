import type { ByteRange } from '../../../client/index.ts';
import { UsageError } from '../usage-error.ts';

/** A range as it is typed: `0-99`, both ends included, or `100-` for the rest. @throws UsageError */
export function byteRangeIn(word: string): ByteRange {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})?$/.exec(word) ?? [];
  const range = { first: Number(from), ...(to === undefined ? {} : { last: Number(to) }) };
  if (from !== undefined && (range.last ?? range.first) >= range.first) return range;
  throw new UsageError(`--range ${word} is no range of bytes`, 'write 0-99, or 100- for the rest');
}
