import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import { mayRemove } from '../acl/needs.ts';
import { changed } from '../changes.ts';
import type { Found } from '../found.ts';
import { checkReach } from '../move.ts';
import type { CdmiObject, Domain } from '../object.ts';
import type { CdmiPath } from '../path.ts';
import { checkPrecondition } from '../precondition.ts';
import { follow } from '../references.ts';
import { forbidden, invalid } from '../refusals.ts';
import { save } from '../save.ts';
import { grantedTo, type Session } from '../session.ts';
import { fromStored } from '../stored-form.ts';
import { domainSpot, mayTakeDomain } from './domain-spot.ts';
import { delegationName, memberListName } from './member-list.ts';
import { uriOf } from './owning-domain.ts';
import type { DomainDraft } from './save-domain.ts';
import { isTopDomain } from './top-domain.ts';

/**
 * Moves a domain with those in it (ISO/IEC 17826 §10.2, `move`): what belongs to them belongs to them still.
 *
 * @param uri of the domain
 * @throws OcciError
 */
export function moveDomain(
  session: Session,
  path: CdmiPath,
  uri: string,
  draft: DomainDraft,
  precondition: Precondition,
): Promise<Found> {
  session.capabilities.require('cdmi_object_move_from_local');
  session.capabilities.require('cdmi_move_domain', 'domain');
  return retrying(async () => {
    const { found } = await follow(session, uri);
    const { object, above } = found;
    if (object.kind !== 'domain' || isTopDomain(object))
      throw invalid(`${JSON.stringify(uri)} is no domain to move`, uri);
    const { present, parent, name } = await domainSpot(session, { at: path });
    checkPrecondition(precondition, present?.object);
    if (parent === undefined) throw invalid('there is something already where the domain is to be');
    const way = [...parent.above, parent.object];
    if (way.some(({ id }) => id === object.id)) throw invalid('a domain cannot be moved into itself', uri);
    authorizeFor(session, 'cdmi', 'update');
    mayTakeDomain(session, parent, name);
    await checkReach(session, found, way.length);
    const before = above.at(-1) as Domain;
    const there = grantedTo(session, { object: before, above: above.slice(0, -1) });
    if (!mayRemove(grantedTo(session, found), there)) throw forbidden(object, 'moving it away');
    const moved: Domain = {
      ...object,
      ...changed(session, found, draft.metadata, ['attributes']),
      others: { ...object.others, ...draft.others },
      parent: parent.object.id,
      name,
    };
    // Whoever deletes the one above at the same time is to know of this one.
    const update = [moved, parent.object, ...(await delegating(session, object, uriOf(session, parent)))];
    const revision = await save(session, { update });
    return { object: { ...moved, revision }, above: way };
  });
}

/** Its first member, which names the domain above. */
async function delegating({ store }: Session, { id }: Domain, above: string): Promise<readonly CdmiObject[]> {
  const [, stored] = await store.objects.path(id, [memberListName, delegationName]);
  const record = stored && fromStored(stored);
  if (record?.metadata['cdmi_member_type'] !== 'delegation') return [];
  return [{ ...record, metadata: { ...record.metadata, cdmi_delegation_URI: above } }];
}
