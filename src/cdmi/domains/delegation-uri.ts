import type { Holder } from '../found.ts';
import type { CdmiObject, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';
import { delegationName, memberListName } from './member-list.ts';
import { uriOf } from './owning-domain.ts';

/**
 * The metadata of something that comes to another place: the member of a domain that stands for the one above names that
 * which it is in there.
 *
 * @param above what it is in there, from the root container down
 */
export function inPlace(
  session: Session,
  { name, metadata }: Pick<CdmiObject, 'name' | 'metadata'>,
  above: readonly Holder[],
): JsonObject {
  const [upper, domain, list] = above.slice(-3);
  const isDelegation = name === delegationName && metadata['cdmi_member_type'] === 'delegation';
  if (!isDelegation || list?.name !== memberListName || domain?.kind !== 'domain' || upper?.kind !== 'domain') {
    return metadata;
  }
  return { ...metadata, cdmi_delegation_URI: uriOf(session, { object: upper, above: above.slice(0, -3) }) };
}
