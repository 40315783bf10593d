import type { Ace } from '../acl/ace.ts';
import { flag, mask } from '../acl/bits.ts';
import type { CdmiObject, Container, Domain } from '../object.ts';
import { domainsName } from '../path.ts';
import type { Session } from '../session.ts';
import { toStored } from '../stored-form.ts';
import { memberList } from './member-list.ts';

const { OBJECT_INHERIT, CONTAINER_INHERIT, INHERIT_ONLY } = flag;
const handedOn = OBJECT_INHERIT | CONTAINER_INHERIT;

/**
 * Who may do what with domains: those who run the cloud, and whoever they give one to. All others see what there is,
 * since the domain of an object is told with it.
 */
const domainsAcl: readonly Ace[] = [
  { type: 'allow', identifier: 'OWNER@', flags: handedOn | INHERIT_ONLY, mask: mask.ALL_PERMS },
  { type: 'allow', identifier: 'ADMINISTRATOR@', flags: handedOn, mask: mask.ALL_PERMS },
  {
    type: 'allow',
    identifier: 'AUTHENTICATED@',
    flags: handedOn,
    mask: mask.READ_ALL | mask.TRAVERSE_CONTAINER | mask.READ_ATTRIBUTES | mask.READ_ACL,
  },
];

/** Whether domains are offered. */
export function hasDomains({ capabilities }: Pick<Session, 'capabilities'>): boolean {
  return capabilities.has('cdmi_domains');
}

/** What it takes to make one: a session has it. */
interface TopDomainMaking extends Pick<Session, 'project' | 'newId' | 'now'> {
  readonly credentials: Pick<Session['credentials'], 'user'>;
  readonly store: Pick<Session['store'], 'commit'>;
}

/**
 * Makes `cdmi_domains/`, in which all domains are (ISO/IEC 17826 §10). It is a domain itself: what nobody has put into
 * another one belongs to it, so it is always enabled, and cannot be deleted.
 *
 * @throws Conflict when somebody has been faster
 */
export async function makeTopDomain(
  { project, credentials, newId, now, store }: TopDomainMaking,
  root: Container,
): Promise<Domain> {
  const time = now();
  const domain: Domain = {
    kind: 'domain',
    id: newId(),
    project,
    parent: root.id,
    name: domainsName,
    revision: 0,
    created: time,
    modified: time,
    owner: credentials.user,
    metadata: { cdmi_domain_enabled: 'true' },
    acl: domainsAcl,
    others: {},
    completion: 'Complete',
    hidden: true,
  };
  const create = [domain, memberList({ newId, now }, domain)].map(toStored);
  return { ...domain, revision: await store.commit({ objects: { create, now: time / 1000 } }) };
}

/** Whether it is that domain. */
export function isTopDomain({ kind, name }: Pick<CdmiObject, 'kind' | 'name'>): boolean {
  return kind === 'domain' && name === domainsName;
}
