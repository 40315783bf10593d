import type { Precondition } from '../../gateway/precondition.ts';
import { needs } from '../acl/needs.ts';
import { basisOf, changed } from '../changes.ts';
import type { Found } from '../found.ts';
import type { CdmiObject, DataObject, Queue, QueueValue } from '../object.ts';
import { follow } from '../references.ts';
import { invalid } from '../refusals.ts';
import { checkRemoval } from '../remove.ts';
import type { Decision } from '../save.ts';
import { permit, type Session } from '../session.ts';
import { choiceIn, chosenOf, type Entry } from './queue-values.ts';

/** What is to be put into a queue of what is here already, and what else has to be written for that. */
export interface Taken {
  readonly entries: readonly Entry[];
  readonly decision: Decision;
}

/**
 * Takes values from a data object or from a queue (ISO/IEC 17826 §11.6): of a queue the oldest one, or those that the
 * URI names. With `move` they leave where they have been in the same commit.
 *
 * @throws OcciError `invalid-request`, `forbidden`
 */
export async function taken(session: Session, by: 'copy' | 'move', uri: string, into: Queue): Promise<Taken> {
  session.capabilities.require(`cdmi_object_${by}_from_local`);
  const { found, selectors } = await follow(session, uri);
  const { object } = found;
  if (object.kind === 'queue') {
    const values = await chosenOf(session, object, choiceIn(selectors) ?? { oldest: 1 });
    if (object.id === into.id && by === 'move') throw invalid('a queue cannot be moved into itself', uri);
    permit(session, found, needs.copy.value, 'copying its values');
    const decision = by === 'move' ? dequeued(session, found as Found<Queue>, values) : kept(object);
    return { entries: values, decision };
  }
  if (object.kind !== 'dataobject') throw invalid(`a ${object.kind} cannot be put into a queue`, uri);
  if (selectors.some(({ field, part }) => field !== 'value' || part !== undefined)) {
    throw invalid('the value of a data object is put into a queue as a whole', uri);
  }
  if (object.completion !== 'Complete') throw invalid('what is not complete cannot be put into a queue', uri);
  permit(session, found, needs.copy.value, 'copying its value');
  if (by === 'move') await checkRemoval(session, found);
  return { entries: [object], decision: by === 'move' ? { remove: [basisOf(object)] } : kept(object) };
}

/** Removes the oldest values of a queue. @throws OcciError `forbidden` when it may not be changed */
export function dequeued(session: Session, found: Found<Queue>, values: readonly QueueValue[]): Decision {
  const { object } = found;
  const described = changed(session, found, { named: [] }, ['value']);
  const queue: Queue = { ...object, ...described, modified: later(session, object) };
  return { remove: values.map(basisOf), update: [queue] };
}

/** The time of a change. */
export function later({ now }: Pick<Session, 'now'>, { modified }: Pick<CdmiObject, 'modified'>): number {
  return Math.max(now(), modified + 1);
}

function kept(object: Queue | DataObject): Decision {
  return { expect: [basisOf(object)] };
}

/** Where a queue is, which is looked for again when it has changed meanwhile, and upon what condition it is changed. */
export interface QueueWay {
  readonly look: () => Promise<Found<Queue>>;
  readonly precondition: Precondition;
}
