import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import { mayAdd } from '../acl/needs.ts';
import { changed } from '../changes.ts';
import type { Found } from '../found.ts';
import { type MetadataRequest, newMetadata } from '../metadata/change.ts';
import { checkLimits } from '../metadata/limits.ts';
import type { Domain, JsonObject } from '../object.ts';
import { type CdmiPath, checkDepth, checkName } from '../path.ts';
import { mustBe } from '../place.ts';
import { checkPrecondition } from '../precondition.ts';
import { forbidden, invalid, notFound } from '../refusals.ts';
import { save } from '../save.ts';
import type { Saved } from '../save-data-object.ts';
import { grantedTo, type Session } from '../session.ts';
import { reach } from '../tree.ts';
import { delegation, memberList } from './member-list.ts';
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
    const reached = await reach(session, path);
    const present = reached?.left === 0 ? reached.found : undefined;
    checkPrecondition(precondition, present?.object);
    if (present !== undefined) {
      mustBe('domain', present);
      return amend(session, present as Found<Domain>, draft);
    }
    if (reached?.left !== 1) throw notFound('domain to put it in');
    if (reached.found.object.kind !== 'domain') throw invalid('domains are made below cdmi_domains/');
    return make(session, reached.found as Found<Domain>, path.names.at(-1) as string, id, draft);
  });
}

/** It is disabled until somebody enables it, and whoever is a member of the one above is one of it. */
async function make(
  session: Session,
  parent: Found<Domain>,
  name: string,
  id: string,
  { metadata: { given = {} }, others = {} }: DomainDraft,
): Promise<Saved> {
  authorizeFor(session, 'cdmi', 'create');
  session.capabilities.require('cdmi_create_domain', 'domain');
  checkName(name);
  checkDepth(parent.above.length + 1);
  if (!mayAdd('domain', grantedTo(session, parent))) throw forbidden(parent.object, 'putting a domain into it');
  const owned = { kind: 'domain', owner: session.credentials.user } as const;
  const described = newMetadata(owned, given, parent.object);
  checkLimits(described.metadata, session.limits.metadata);
  const time = session.now();
  const domain: Domain = {
    ...owned,
    ...described,
    metadata: { ...disabled, ...described.metadata },
    id,
    project: session.project,
    parent: parent.object.id,
    name,
    revision: 0,
    created: time,
    modified: time,
    others,
    completion: 'Complete',
  };
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

const disabled: JsonObject & { readonly cdmi_domain_enabled: string } = { cdmi_domain_enabled: 'false' };
