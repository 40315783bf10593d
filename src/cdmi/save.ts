import { OcciError } from '../occi/errors.ts';
import type { Basis, ObjectChanges } from '../store/objects.ts';
import { type ChangeSet, Conflict, LimitExceeded, StoreFull } from '../store/store.ts';
import type { ChangedEntities } from './exports/change-exports.ts';
import type { CdmiObject } from './object.ts';
import type { Session } from './session.ts';
import { toStored } from './stored-form.ts';
import { marked } from './watching/changed-objects.ts';
import { recorded } from './watching/recorded.ts';
import { noRecords, type Records } from './watching/tidings.ts';

/** What a use case has decided. */
export interface Decision {
  readonly remove?: readonly Basis[];
  readonly update?: readonly CdmiObject[];
  readonly create?: readonly CdmiObject[];
  readonly expect?: readonly Basis[];
  /** What becomes of entities of OCCI. */
  readonly entities?: ChangedEntities;
  /** What it is besides: the first object that is made is a copy, of the first that is changed there is a snapshot. */
  readonly as?: 'cdmi_copy' | 'cdmi_snapshot';
}

/**
 * Commits it, and with it what is to be told of it.
 *
 * @returns the revision of all that was written
 * @throws Conflict when something it was decided upon has changed
 */
export async function save(session: Session, decision: Decision): Promise<number> {
  const { remove, update, create, expect = [], entities } = decision;
  const { watches, project, trail, occasion } = session;
  const records = await recorded(session, decision);
  const objects = {
    ...(remove && { remove }),
    ...(update && { update: update.map((object) => toStored(marked(object, false))) }),
    ...(create && { create: create.map((object) => toStored(marked(object, true))) }),
    ...(expect.length > 0 && { expect }),
    now: session.now() / 1000,
  };
  const changes = { ...entities, objects };
  if (trail !== undefined) trail.changes = changes;
  try {
    const revision = await session.store.commit(withRecords(changes, records));
    if (occasion !== undefined) occasion.isTold = true;
    session.noticed();
    session.summaries?.changed(project);
    if (records.create.length > 0) watches.notice(project);
    return revision;
  } finally {
    if (records !== noRecords) watches.forget(project);
  }
}

function withRecords(changes: ChangeSet & { objects: ObjectChanges }, records: Records): ChangeSet {
  if (records === noRecords) return changes;
  const { remove = [], update = [], create = [], ...others } = changes.objects;
  return {
    ...changes,
    objects: {
      ...others,
      remove: [...remove, ...records.remove],
      update: [...update, ...records.update],
      create: [...create, ...records.create],
    },
  };
}

/** Whether it is sure that nothing was written into the record. */
export function isRefusal(error: unknown): boolean {
  const refusals = [OcciError, Conflict, LimitExceeded, StoreFull];
  return refusals.some((refusal) => error instanceof refusal);
}
