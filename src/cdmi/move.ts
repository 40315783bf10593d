import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Capable } from './capabilities.ts';
import { changed } from './changes.ts';
import { domainForChanged } from './domains/domain-choice.ts';
import { inDomain } from './domains/owning-domain.ts';
import { movingWith } from './exports/below.ts';
import { type Found, isHolder, isNameless, isRoot } from './found.ts';
import type { MetadataRequest } from './metadata/change.ts';
import type { Container, DataObject, JsonObject, Queue } from './object.ts';
import { deepest, isReserved } from './path.ts';
import { mayTake, mustBe, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import { follow } from './references.ts';
import { invalid } from './refusals.ts';
import { mayLeave } from './remove.ts';
import { save } from './save.ts';
import type { Session } from './session.ts';
import { watchedQueue } from './watching/watched-queue.ts';

/** What a request to move something says besides. */
export interface MoveDraft {
  readonly kind: Capable;
  /** The URI of what is to be moved. */
  readonly move: string;
  readonly metadata: MetadataRequest;
  readonly mimetype?: string;
  readonly others?: JsonObject;
  readonly domainURI?: string;
}

/**
 * Moves an object with all that is in it (ISO/IEC 17826 §8.2.7, §9.2.7): IDs stay, and it is in one place at any time.
 * To where IDs lead it loses its name, from there it gets one.
 *
 * @throws OcciError
 */
export function moveObject(
  session: Session,
  target: Target,
  draft: MoveDraft,
  precondition: Precondition,
): Promise<Found> {
  const { capabilities } = session;
  capabilities.require('cdmi_object_move_from_local');
  capabilities.require(`cdmi_move_${draft.kind}`, draft.kind === 'queue' ? 'queue' : 'container');
  return retrying(async () => {
    const { found, selectors } = await follow(session, draft.move);
    mustBe(draft.kind, found);
    if (selectors.length > 0) throw invalid('an object is moved as a whole', draft.move);
    if (isRoot(found) || isReserved(found.object)) throw invalid('this stays where it is', draft.move);
    const { object } = found;
    const spot = await spotOf(session, target, object.id);
    checkPrecondition(precondition, spot.present?.object);
    if (spot.present !== undefined) throw invalid('there is something already where it is to be moved to');
    if (isNameless(found)) capabilities.require('cdmi_object_move_from_ID');
    if (spot.parent === undefined) capabilities.require('cdmi_object_move_to_ID');
    const path = spot.parent === undefined ? [] : [...spot.parent.above, spot.parent.object];
    if (path.some(({ id }) => id === object.id)) throw invalid('a container cannot be moved into itself', draft.move);
    authorizeFor(session, 'cdmi', 'update');
    mayTake(session, spot, draft.kind);
    await checkReach(session, found, path.length);
    mayLeave(session, found, 'moving it away');
    const { of, expect } = await domainForChanged(session, object, draft.domainURI);
    const placed: Container | DataObject | Queue = {
      ...inDomain(object as Container | DataObject | Queue, of),
      ...changed(session, found, draft.metadata, ['attributes']),
      ...(object.kind === 'dataobject' && draft.mimetype !== undefined && { mimetype: draft.mimetype }),
      others: { ...object.others, ...draft.others },
      parent: spot.parent?.object.id ?? '',
      name: spot.name,
    };
    const moved =
      placed.kind === 'queue' && object.kind === 'queue'
        ? watchedQueue(session, placed, object, draft.metadata.given?.['cdmi_acl'] !== undefined)
        : placed;
    const { touched, expect: basis = [] } = await movingWith(session, found);
    const revision = await save(session, { update: [moved, ...touched], expect: [...basis, ...expect] });
    return { object: { ...moved, revision }, above: path };
  });
}

/**
 * Lets something be moved with all that is in it, as long as that does not come too deep. What is nowhere deeper than
 * before is not looked at.
 *
 * @param names how many lead there from the root
 * @throws OcciError `invalid-request`
 */
export async function checkReach(session: Session, { object, above }: Found, names: number): Promise<void> {
  if (!isHolder(object) || names <= above.length) return;
  if (await session.store.objects.isDeeper(object.id, deepest - names)) {
    throw invalid(`something in it would be more than ${deepest} names deep there`);
  }
}
