import { OcciError, quoteToken } from '../occi/errors.ts';
import { type Range, readRange } from './range.ts';

/** A part of an object that a request is about (ISO/IEC 17826 §5.13.4): a field, perhaps only a part of it. */
export interface Selector {
  readonly field: string;
  /** Which part: `metadata:<prefix>`, `value:<a>-<b>`, `children:<a>-<b>`. */
  readonly part?: string;
}

/** The parts that are meant; none means the whole. */
export type Selectors = readonly Selector[];

/** Fields of which parts are named by a range. */
const ranged: readonly string[] = ['value', 'children'];

/**
 * Reads the query part of a URI. Empty selectors are forgiven, and a slash after the last one: clients send both.
 *
 * @param query what follows the `?`, with its percent escapes
 * @throws OcciError `invalid-request`
 */
export function readSelectors(query: string): Selectors {
  const selectors: Selector[] = [];
  for (const text of query.replace(/\/$/, '').split(';')) {
    const one = decoded(text);
    if (one === '') continue;
    const colon = one.indexOf(':');
    const field = colon === -1 ? one : one.slice(0, colon);
    const part = colon === -1 ? '' : one.slice(colon + 1);
    if (field === '') throw new OcciError('invalid-request', `${quoteToken(one)} names no field`, { token: one });
    if (part !== '' && ranged.includes(field) && readRange(part) === undefined) {
      throw new OcciError('invalid-request', `${quoteToken(part)} is no range such as 0-99`, { token: part });
    }
    selectors.push(part === '' ? { field } : { field, part });
  }
  return selectors;
}

/** Whether a field, or a part of it, is among what is meant. */
export function selects(selectors: Selectors, field: string): boolean {
  return selectors.length === 0 || selectors.some((one) => one.field === field);
}

/** The parts of a field that are meant; none when it is meant as a whole, or not at all. */
export function partsOf(selectors: Selectors, field: string): readonly string[] {
  const parts = selectors.filter((one) => one.field === field).map(({ part }) => part);
  return parts.includes(undefined) ? [] : (parts as string[]);
}

/** The ranges of a field that are meant; none when it is meant as a whole, or not at all. */
export function rangesOf(selectors: Selectors, field: string): readonly Range[] {
  return partsOf(selectors, field).map((part) => readRange(part) as Range);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OcciError('invalid-request', `${quoteToken(text)} has a percent escape that is not UTF-8`, {
      token: text,
    });
  }
}
