import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import { needs } from '../acl/needs.ts';
import { copiedTree } from '../copied-tree.ts';
import type { Found } from '../found.ts';
import { copiedMetadata } from '../metadata/change.ts';
import type { CdmiPath } from '../path.ts';
import { checkPrecondition } from '../precondition.ts';
import { follow } from '../references.ts';
import { invalid } from '../refusals.ts';
import { save } from '../save.ts';
import type { Saved } from '../save-data-object.ts';
import { permit, type Session } from '../session.ts';
import { domainSpot, mayTakeDomain } from './domain-spot.ts';
import { newDomain } from './new-domain.ts';
import type { DomainDraft } from './save-domain.ts';
import { isTopDomain } from './top-domain.ts';

/**
 * Copies a domain with those in it, and with their members (ISO/IEC 17826 §10.2, `copy`). What belongs to them belongs to
 * them still, and to the copies nothing does yet.
 *
 * @param uri of the domain
 * @throws OcciError
 */
export function copyDomain(
  session: Session,
  path: CdmiPath,
  uri: string,
  draft: DomainDraft,
  precondition: Precondition,
): Promise<Saved> {
  session.capabilities.require('cdmi_object_copy_from_local');
  session.capabilities.require('cdmi_copy_domain', 'domain');
  return retrying(async () => {
    const { found, selectors } = await follow(session, uri);
    if (found.object.kind !== 'domain' || isTopDomain(found.object)) {
      throw invalid(`${JSON.stringify(uri)} is no domain to copy`, uri);
    }
    if (selectors.length > 0) throw invalid('a domain is copied as a whole', uri);
    const source = found as Found<typeof found.object>;
    const { present, parent, name } = await domainSpot(session, { at: path });
    checkPrecondition(precondition, present?.object);
    if (parent === undefined) throw invalid('there is something already where the copy is to be');
    authorizeFor(session, 'cdmi', 'create');
    mayTakeDomain(session, parent, name);
    if (draft.metadata.given === undefined) permit(session, source, needs.copy.metadata, 'copying its metadata');
    const given = draft.metadata.given ?? copiedMetadata(source.object.metadata);
    const others = { ...source.object.others, ...draft.others };
    const top = newDomain(session, { parent: parent.object, name, id: session.newId(), given, others });
    const above = [...parent.above, parent.object];
    const { create, expect } = await copiedTree(session, { source, into: { object: top, above } });
    const revision = await save(session, {
      create: [top, ...create],
      // So that whoever deletes the one above at the same time knows of this one.
      update: [parent.object],
      expect: expect.filter(({ id }) => id !== parent.object.id),
      as: 'cdmi_copy',
    });
    return { found: { object: { ...top, revision }, above }, isNew: true };
  });
}
