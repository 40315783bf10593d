import type { Range } from '../../cdmi/range.ts';
import { OcciError, quoteToken } from '../../occi/errors.ts';

/** More ranges than this in one request are no use, and cost a lot (RFC 9110 §17.15): all of the value is sent. */
export const mostRanges = 64;

/**
 * The ranges that a request asks for (RFC 9110 §14.2), as far as there is something in them.
 *
 * @param size of the value, in bytes
 * @returns undefined where the value as a whole is meant: there is no Range, it is none of bytes, or not well-formed;
 *   none where nothing in it can be satisfied
 */
export function readRanges(field: string | undefined, size: number): readonly Range[] | undefined {
  const match = /^bytes[ \t]*=(.*)$/i.exec(field ?? '');
  if (match === null) return undefined;
  const specs = (match[1] as string)
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '');
  if (specs.length === 0 || specs.length > mostRanges) return undefined;
  const ranges: Range[] = [];
  for (const spec of specs) {
    const parts = /^(\d{0,15})-(\d{0,15})$/.exec(spec);
    if (parts === null) return undefined;
    const [, from = '', to = ''] = parts;
    if (from === '' && to === '') return undefined;
    const first = from === '' ? Math.max(size - Number(to), 0) : Number(from);
    const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
    if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
    if (first <= last && first < size) ranges.push({ first, last });
  }
  // Who asks for a part twice gets no more than there is (RFC 9110 §14.2).
  const sum = ranges.reduce((bytes, { first, last }) => bytes + last - first + 1, 0);
  return sum > size ? undefined : ranges;
}

/** Where what comes with a request is to go. */
export interface Placement extends Range {
  /** How long all is to be; not always told. */
  readonly size?: number;
}

/**
 * The range that the body of a PUT is for (ISO/IEC 17826 §6.4.3, `Content-Range`).
 *
 * @returns undefined when there is none
 * @throws OcciError `invalid-request`
 */
export function readPlacement(field: string | undefined): Placement | undefined {
  if (field === undefined) return undefined;
  const match = /^bytes[ \t]+(\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/i.exec(field.trim());
  const [, from, to, of] = match ?? [];
  const range = { first: Number(from), last: Number(to) };
  const size = of === undefined ? undefined : Number(of);
  if (match === null || range.first > range.last || (size !== undefined && range.last >= size)) {
    throw new OcciError('invalid-request', `${quoteToken(field)} is no range such as bytes 0-99/100`, { token: field });
  }
  return { ...range, ...(size !== undefined && { size }) };
}
