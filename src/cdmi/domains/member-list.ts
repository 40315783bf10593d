import { inheritedAcl } from '../acl/inherit.ts';
import { usualText } from '../media-type.ts';
import type { Container, DataObject, Domain, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';

/** The container in a domain with a data object for each of its members (ISO/IEC 17826 §10.3). */
export const memberListName = 'cdmi_domain_members';

/** The name of the member that stands for the members of the domain above. */
export const delegationName = 'parent';

/** That of a new domain. */
export function memberList(session: Pick<Session, 'newId' | 'now'>, domain: Domain): Container {
  return { kind: 'container', ...madeIn(session, domain, memberListName), metadata: {}, exports: {} };
}

/** The first member of a new domain: whoever is a member of the domain above is one of this, too. */
export function delegation(session: Session, list: Container, above: string): DataObject {
  const metadata: JsonObject = {
    cdmi_member_enabled: 'true',
    cdmi_member_type: 'delegation',
    cdmi_member_name: delegationName,
    cdmi_delegation_URI: above,
  };
  const content = { mimetype: usualText, encoding: 'utf-8', value: [] } as const;
  return { kind: 'dataobject', ...madeIn(session, list, delegationName), metadata, ...content };
}

function madeIn({ newId, now }: Pick<Session, 'newId' | 'now'>, parent: Container | Domain, name: string) {
  const { project, owner } = parent;
  const time = now();
  return {
    id: newId(),
    project,
    parent: parent.id,
    name,
    revision: 0,
    created: time,
    modified: time,
    owner,
    acl: inheritedAcl(parent.acl, name === memberListName ? 'container' : 'dataobject'),
    others: {},
    completion: 'Complete',
  } as const;
}
