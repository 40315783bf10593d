import type { Found } from '../found.ts';
import type { Domain, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';
import { fromStored } from '../stored-form.ts';
import { delegationName, memberListName } from './member-list.ts';

/** What a domain says of somebody (ISO/IEC 17826 §10.3). */
export interface Membership {
  readonly isEnabled: boolean;
  readonly privileges: readonly string[];
}

/**
 * What a domain says of the client: the record under his name in its list of members, or as long as the list delegates
 * to the domain above, what that says. Who he is has been proven to the gateway.
 *
 * @param domain undefined for the one at the top, of which `top` is the ID
 * @returns undefined when nobody says anything
 */
export async function membershipIn(
  session: Pick<Session, 'store' | 'credentials'>,
  domain: Found<Domain>,
): Promise<Membership | undefined> {
  const domains = [...domain.above, domain.object].filter((one) => one.kind === 'domain').toReversed();
  for (const { id } of domains) {
    const own = await recordIn(session, id, session.credentials.user);
    if (own !== undefined) return { isEnabled: isEnabled(own), privileges: privilegesIn(own) };
    const above = await recordIn(session, id, delegationName);
    if (above === undefined || above['cdmi_member_type'] !== 'delegation' || !isEnabled(above)) return undefined;
  }
  return undefined;
}

/** A name that begins with `cdmi_`, or has a slash in it, is nobody's record. */
async function recordIn(
  { store }: Pick<Session, 'store'>,
  domain: string,
  name: string,
): Promise<JsonObject | undefined> {
  const [, record] = await store.objects.path(domain, [memberListName, name]);
  return record?.kind === 'dataobject' ? fromStored(record).metadata : undefined;
}

function isEnabled(record: JsonObject): boolean {
  return record['cdmi_member_enabled'] === 'true';
}

/** A list, or a text with commas in it. */
function privilegesIn(record: JsonObject): readonly string[] {
  const given = record['cdmi_member_privileges'];
  const all = typeof given === 'string' ? given.split(',').map((name) => name.trim()) : given;
  return Array.isArray(all) ? all.filter((name) => typeof name === 'string') : [];
}
