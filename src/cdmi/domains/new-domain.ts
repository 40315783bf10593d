import { newFields } from '../new-fields.ts';
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
  const fields = newFields(session, 'domain', { parent, name, id }, { given, others });
  return { ...fields, metadata: { ...disabled, ...fields.metadata } };
}
