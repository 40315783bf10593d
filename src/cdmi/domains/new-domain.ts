import { newMetadata } from '../metadata/change.ts';
import { checkLimits } from '../metadata/limits.ts';
import type { Domain, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';

/** What a domain is made of. */
export interface NewDomain {
  readonly parent: Domain;
  readonly name: string;
  readonly id: string;
  /** The metadata that the client gives it. */
  readonly given: JsonObject;
  readonly others: JsonObject;
}

/** What its metadata says where nobody says otherwise: a new domain is disabled until somebody enables it. */
export const disabled: JsonObject & { readonly cdmi_domain_enabled: string } = { cdmi_domain_enabled: 'false' };

/** A domain that belongs to the client, without its list of members. @throws OcciError `attribute-value`, `too-large` */
export function newDomain(session: Session, { parent, name, id, given, others }: NewDomain): Domain {
  const owned = { kind: 'domain', owner: session.credentials.user } as const;
  const described = newMetadata(owned, given, parent);
  checkLimits(described.metadata, session.limits.metadata);
  const time = session.now();
  return {
    ...owned,
    ...described,
    metadata: { ...disabled, ...described.metadata },
    id,
    project: session.project,
    parent: parent.id,
    name,
    revision: 0,
    created: time,
    modified: time,
    others,
    completion: 'Complete',
  };
}
