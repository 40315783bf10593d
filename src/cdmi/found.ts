import type { CdmiObject, Container, Domain } from './object.ts';
import { summaryName } from './path.ts';

/** An object in its place. */
export interface Found<O extends CdmiObject = CdmiObject> {
  readonly object: O;
  /** What it is in, from the root container down; nothing for the root, and for what has no name. */
  readonly above: readonly Holder[];
}

/** What others are in. */
export type Holder = Container | Domain;

/** Whether others can be in it: its URI ends with a slash then. */
export function isHolder(object: CdmiObject): object is Holder {
  return object.kind === 'container' || object.kind === 'domain';
}

/** The names on the way to it from the root; the root's own is none. */
export function namesOf({ object, above }: Found): readonly string[] {
  return [...above, object].map(({ name }) => name).filter((name) => name !== '');
}

/** Whether it is the root container of its project. */
export function isRoot({ object, above }: Found): boolean {
  return above.length === 0 && object.parent !== '';
}

/** Whether it can be found by its ID only. */
export function isNameless({ object }: Found): boolean {
  return object.parent === '';
}

/** Whether it is what snapshots are in, or in one itself, or in a summary: there clients change nothing. */
export function isPast({ object, above }: Found): boolean {
  return [...above, object].some(
    ({ kind, name, hidden }) => kind === 'container' && (hidden === true || name === summaryName),
  );
}

/** Whether it is a snapshot, as a whole. */
export function isSnapshot({ above }: Found): boolean {
  return above.at(-1)?.hidden === true;
}
