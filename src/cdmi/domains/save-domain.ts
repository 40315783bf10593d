import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import { changed } from '../changes.ts';
import type { Found } from '../found.ts';
import type { MetadataRequest } from '../metadata/change.ts';
import type { Domain, JsonObject } from '../object.ts';
import type { CdmiPath } from '../path.ts';
import { mustBe } from '../place.ts';
import { checkPrecondition } from '../precondition.ts';
import { invalid } from '../refusals.ts';
import { save } from '../save.ts';
import type { Saved } from '../save-data-object.ts';
import type { Session } from '../session.ts';
import { domainSpot, mayTakeDomain } from './domain-spot.ts';
import { delegation, memberList } from './member-list.ts';
import { disabled, newDomain } from './new-domain.ts';
import { uriOf } from './owning-domain.ts';
import { isTopDomain } from './top-domain.ts';

/** What a request says about a domain. What is not there stays, or is as usual. */
export interface DomainDraft {
  readonly metadata: MetadataRequest;
  readonly others?: JsonObject;
}

/**
 * Makes a domain in another one, or changes the one that is there (ISO/IEC 17826 §10.2, §10.5).
 *
 * @throws OcciError
 */
export function saveDomain(
  session: Session,
  path: CdmiPath,
  draft: DomainDraft,
  precondition: Precondition,
): Promise<Saved> {
  const id = session.newId();
  return retrying(async () => {
    const { present, parent, name } = await domainSpot(session, { at: path });
    checkPrecondition(precondition, present?.object);
    if (parent !== undefined) return make(session, parent, name, id, draft);
    mustBe('domain', present as Found);
    return amend(session, present as Found<Domain>, draft);
  });
}

/** Whoever is a member of the one above is one of it. */
async function make(
  session: Session,
  parent: Found<Domain>,
  name: string,
  id: string,
  { metadata: { given = {} }, others = {} }: DomainDraft,
): Promise<Saved> {
  authorizeFor(session, 'cdmi', 'create');
  session.capabilities.require('cdmi_create_domain', 'domain');
  mayTakeDomain(session, parent, name);
  const domain = newDomain(session, { parent: parent.object, name, id, given, others });
  const list = memberList(session, domain);
  const above = [...parent.above, parent.object];
  const create = [domain, list, delegation(session, list, uriOf(session, parent))];
  // So that whoever deletes the one above at the same time knows of this one.
  const revision = await save(session, { create, update: [parent.object] });
  return { found: { object: { ...domain, revision }, above }, isNew: true };
}

async function amend(session: Session, found: Found<Domain>, draft: DomainDraft): Promise<Saved> {
  authorizeFor(session, 'cdmi', 'update');
  if (draft.metadata.given !== undefined) session.capabilities.require('cdmi_modify_metadata', 'domain');
  const { object: before } = found;
  const described = changed(session, found, draft.metadata, draft.others === undefined ? [] : ['attributes']);
  const metadata = { ...disabled, ...described.metadata };
  if (isTopDomain(before) && metadata.cdmi_domain_enabled !== 'true') {
    throw invalid('cdmi_domains/ is always enabled: what nobody has put into a domain belongs to it');
  }
  const object: Domain = {
    ...before,
    ...described,
    metadata,
    modified: Math.max(session.now(), before.modified + 1),
    others: { ...before.others, ...draft.others },
  };
  const revision = await save(session, { update: [object] });
  return { found: { ...found, object: { ...object, revision } }, isNew: false };
}
