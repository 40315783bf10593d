import { OcciError, quoteToken } from '../../occi/errors.ts';
import { type Found, namesOf } from '../found.ts';
import type { CdmiObject, Domain } from '../object.ts';
import { domainsName } from '../path.ts';
import type { Session } from '../session.ts';
import { fromStored } from '../stored-form.ts';
import { membershipIn } from './membership.ts';
import { hasDomains } from './top-domain.ts';

/** Whoever asks for something that belongs to a domain. */
type Asking = Pick<Session, 'store' | 'capabilities' | 'credentials'>;

/** The part of an object that tells its domain. */
export type Belonging = Pick<CdmiObject, 'domain'>;

/** That of an object; with whatever else the object has left out. */
export function belonging({ domain }: Belonging): Belonging {
  return domain === undefined ? {} : { domain };
}

/** An object that belongs to another domain than before. */
export function inDomain<O extends CdmiObject>(object: O, to: Belonging): O {
  const { domain: _, ...others } = object;
  return { ...others, ...belonging(to) } as O;
}

/**
 * The domain that an object belongs to (ISO/IEC 17826 §10).
 *
 * @returns undefined for the one at the top
 */
export async function domainOf(
  { store }: Pick<Session, 'store'>,
  { domain }: CdmiObject,
): Promise<Found<Domain> | undefined> {
  let id = domain;
  while (id !== undefined) {
    const way = (await store.objects.lineage(id)).map(fromStored);
    const found = way.at(-1);
    if (found?.kind !== 'domain') return undefined;
    if (found.gone !== true) return { object: found, above: way.slice(0, -1) as Found['above'] };
    // It has been deleted, and not all that belonged to it has been told yet.
    id = found.domain;
  }
  return undefined;
}

/** Its URI: a path; none where there are no domains. */
export async function domainUri(session: Session, object: CdmiObject): Promise<string | undefined> {
  if (!hasDomains(session)) return undefined;
  return uriOf(session, await domainOf(session, object));
}

/** The path of a domain; without one, that of the top. */
export function uriOf({ root }: Pick<Session, 'root'>, domain: Found<Domain> | undefined): string {
  const names = domain === undefined ? [domainsName] : namesOf(domain);
  return root.path + names.map((name) => `${name}/`).join('');
}

/** Whether what belongs to a domain can be used. */
export function isEnabled({ metadata }: Pick<Domain, 'metadata'>): boolean {
  return metadata['cdmi_domain_enabled'] === 'true';
}

/**
 * Lets a request go on to an object, unless its domain is disabled, or the client as a member of that.
 *
 * @throws OcciError `forbidden`
 */
export async function checkDomain(session: Asking, object: CdmiObject): Promise<void> {
  if (object.domain === undefined || object.kind === 'domain' || !hasDomains(session)) return;
  const domain = await domainOf(session, object);
  if (domain === undefined) return;
  checkEnabled(domain.object);
  const member = await membershipIn(session, domain);
  if (member?.isEnabled === false) {
    throw new OcciError('forbidden', `your membership in the domain ${quoteToken(domain.object.name)} is disabled`);
  }
}

/** Whether {@link checkDomain} lets it go on. */
export async function isUsable(session: Asking, object: CdmiObject): Promise<boolean> {
  try {
    await checkDomain(session, object);
    return true;
  } catch (error) {
    if (error instanceof OcciError) return false;
    throw error;
  }
}

/** @throws OcciError `forbidden` */
export function checkEnabled(domain: Domain): void {
  if (!isEnabled(domain)) throw new OcciError('forbidden', `the domain ${quoteToken(domain.name)} is disabled`);
}
