import type { Encoding } from '../encoding.ts';
import { unknownBytes } from '../media-type.ts';
import type { Queue, QueueValue } from '../object.ts';
import type { Range } from '../range.ts';
import { readRange } from '../range.ts';
import { invalid, tooMany } from '../refusals.ts';
import type { Selectors } from '../selectors.ts';
import type { Session } from '../session.ts';
import { fromStored } from '../stored-form.ts';
import type { Value } from '../values/value.ts';
import { concat } from '../values/value.ts';

/** Which of the values of a queue are meant: so many of the oldest, all, or those with some designators. */
export type Choice = { readonly oldest: number } | { readonly by: Range };

/** What goes into a queue. */
export type Entry = Pick<QueueValue, 'mimetype' | 'encoding' | 'value'>;

/** Designators (ISO/IEC 17826 §11.1) are whole numbers below 10¹⁵; as names they have zeros before them. */
const digits = 15;

/**
 * What selectors say of the values of a queue: `value`, `values:<n>`, `values:<a>-<b>` (§11.4).
 *
 * @returns undefined when they speak of no values
 * @throws OcciError `invalid-request`
 */
export function choiceIn(selectors: Selectors): Choice | undefined {
  const [chosen, more] = selectors.filter(({ field }) => field === 'values');
  if (more !== undefined) throw invalid('values can be named once');
  if (chosen === undefined) return selectors.some(({ field }) => field === 'value') ? { oldest: 1 } : undefined;
  const part = chosen.part ?? '1';
  if (/^\d{1,15}$/.test(part)) return { oldest: Number(part) };
  const by = readRange(part);
  if (by !== undefined) return { by };
  throw invalid(`values:${part} is neither a number of values nor a range of them`, part);
}

/** Those of the values that are there, oldest first. @throws OcciError `too-large` */
export async function chosenOf(
  { store, limits }: Pick<Session, 'store' | 'limits'>,
  queue: Pick<Queue, 'id'>,
  choice: Choice,
): Promise<readonly QueueValue[]> {
  const first = 'by' in choice ? choice.by.first : 0;
  const count = 'by' in choice ? choice.by.last - choice.by.first + 1 : choice.oldest;
  const last = 'by' in choice ? choice.by.last : Number.MAX_SAFE_INTEGER;
  const after = first === 0 ? undefined : memberName(first - 1);
  const members =
    count === 0 ? [] : await store.objects.membersAfter(queue.id, after, Math.min(count, limits.batch + 1));
  if (members.length > limits.batch) throw tooMany('taken from a queue', limits.batch);
  return members.map((member) => fromStored(member) as QueueValue).filter((value) => designatorOf(value) <= last);
}

/** All of them. */
export const everything: Choice = { oldest: Number.MAX_SAFE_INTEGER };

export function designatorOf({ name }: Pick<QueueValue, 'name'>): number {
  return Number(name);
}

/** Values behind the last ones of a queue, and the queue with them. */
export function appended(
  { newId, now, credentials }: Pick<Session, 'newId' | 'now' | 'credentials'>,
  queue: Queue,
  entries: readonly Entry[],
): { readonly queue: Queue; readonly values: readonly QueueValue[] } {
  const time = now();
  const values = entries.map(({ mimetype, encoding, value }, index): QueueValue => {
    const place = { id: newId(), project: queue.project, parent: queue.id, name: memberName(queue.next + index) };
    const nobodys = { metadata: {}, acl: [], others: {}, owner: credentials.user, completion: 'Complete' } as const;
    const content = { mimetype, encoding, value, created: time, modified: time };
    return { kind: 'queue-value', ...place, ...nobodys, ...content, revision: 0, hidden: true };
  });
  return { queue: { ...queue, next: queue.next + entries.length }, values };
}

/** Several values as one: what they have in common, it has, too (§8.2.7). */
export function joined(values: readonly Entry[]): Entry {
  const mimetypes = new Set(values.map(({ mimetype }) => mimetype));
  const [mimetype = unknownBytes, ...others] = mimetypes;
  const isText = values.every(({ encoding }) => encoding === 'utf-8');
  return {
    mimetype: others.length === 0 ? mimetype : unknownBytes,
    encoding: isText ? 'utf-8' : ('base64' satisfies Encoding),
    value: concat(...values.map(({ value }): Value => value)),
  };
}

function memberName(designator: number): string {
  return String(designator).padStart(digits, '0');
}
