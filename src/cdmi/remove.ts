import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import { mayRemove } from './acl/needs.ts';
import { basisOf } from './changes.ts';
import { goingWith } from './exports/below.ts';
import { type Found, isPast, isRoot, isSnapshot } from './found.ts';
import { isReserved } from './path.ts';
import { checkPrecondition } from './precondition.ts';
import { forbidden, invalid, notFound, past } from './refusals.ts';
import { removalRefused } from './retention/guard.ts';
import { save } from './save.ts';
import { allows, grantedTo, type Session } from './session.ts';
import { fromStored } from './stored-form.ts';

/**
 * Removes an object with all that is in it (ISO/IEC 17826 §8.8, §9.7).
 *
 * @param look finds it; again when it has changed meanwhile
 * @throws OcciError `not-found`, `forbidden` also while something in it is under retention or on hold
 */
export function removeObject(
  session: Session,
  look: () => Promise<Found | undefined>,
  precondition: Precondition,
): Promise<void> {
  return retrying(async () => {
    const found = await look();
    checkPrecondition(precondition, found?.object);
    if (found === undefined) throw notFound('such object');
    if (isRoot(found)) throw invalid('the root container cannot be deleted');
    const { object } = found;
    if (isReserved(object) && !isPast(found)) throw invalid('this cannot be deleted by itself');
    authorizeFor(session, 'cdmi', 'delete');
    if (object.kind === 'container') session.capabilities.require('cdmi_delete_container', 'container');
    if (object.kind === 'queue') session.capabilities.require('cdmi_delete_queue', 'queue');
    if (object.kind === 'dataobject') session.capabilities.require('cdmi_delete_dataobject', 'dataobject');
    await checkRemoval(session, found);
    await save(session, { remove: [basisOf(object)], ...(await goingWith(session, found)) });
  });
}

/** @throws OcciError `forbidden` when it may not be removed, or when something in it is under retention or on hold */
export async function checkRemoval(session: Session, found: Found): Promise<void> {
  const { object } = found;
  if (isPast(found) && !isSnapshot(found)) throw past(object);
  mayLeave(session, found, 'deleting');
  const guard = await session.store.objects.guardIn(object.id, session.now() / 1000);
  if (guard !== undefined) throw removalRefused(fromStored(guard));
}

/** Lets an object be taken away from where it is. @param what for, for people @throws OcciError `forbidden` */
export function mayLeave(session: Session, found: Found, what: string): void {
  const { object, above } = found;
  const own = grantedTo(session, found);
  const parent = above.at(-1);
  const isAllowed =
    parent === undefined
      ? mayRemove(own, 0)
      : allows(session, { object: parent, above: above.slice(0, -1) }, (there) => mayRemove(own, there));
  if (!isAllowed) throw forbidden(object, what);
}
