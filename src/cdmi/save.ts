import { OcciError } from '../occi/errors.ts';
import type { Basis } from '../store/objects.ts';
import { Conflict, LimitExceeded, StoreFull } from '../store/store.ts';
import type { ChangedEntities } from './exports/change-exports.ts';
import type { CdmiObject } from './object.ts';
import type { Session } from './session.ts';
import { toStored } from './stored-form.ts';

/** What a use case has decided. */
export interface Decision {
  readonly remove?: readonly Basis[];
  readonly update?: readonly CdmiObject[];
  readonly create?: readonly CdmiObject[];
  readonly expect?: readonly Basis[];
  /** What becomes of entities of OCCI. */
  readonly entities?: ChangedEntities;
}

/**
 * Commits it.
 *
 * @returns the revision of all that was written
 * @throws Conflict when something it was decided upon has changed
 */
export async function save(
  session: Session,
  { remove, update, create, expect = [], entities }: Decision,
): Promise<number> {
  const changes = {
    ...entities,
    objects: {
      ...(remove && { remove }),
      ...(update && { update: update.map(toStored) }),
      ...(create && { create: create.map(toStored) }),
      ...(expect.length > 0 && { expect }),
      now: session.now() / 1000,
    },
  };
  if (session.trail !== undefined) session.trail.changes = changes;
  const revision = await session.store.commit(changes);
  session.noticed();
  return revision;
}

/** Whether it is sure that nothing was written into the record. */
export function isRefusal(error: unknown): boolean {
  const refusals = [OcciError, Conflict, LimitExceeded, StoreFull];
  return refusals.some((refusal) => error instanceof refusal);
}
