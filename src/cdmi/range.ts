/** A run of bytes or of members: both ends belong to it, and the first is not behind the last. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A range as CDMI writes it, `0-99`; undefined for what is none. */
export function readRange(text: string): Range | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  const range = { first: Number(match[1]), last: Number(match[2]) };
  return range.first <= range.last ? range : undefined;
}

/** What there is of a range, of so many; undefined when that is nothing. */
export function within({ first, last }: Range, count: number): Range | undefined {
  return first < count ? { first, last: Math.min(last, count - 1) } : undefined;
}

/** A range in text; empty where there is none. */
export function writeRange(range: Range | undefined): string {
  return range === undefined ? '' : `${range.first}-${range.last}`;
}

/** All of so many; undefined when there are none. */
export function wholeOf(count: number): Range | undefined {
  return count === 0 ? undefined : { first: 0, last: count - 1 };
}
