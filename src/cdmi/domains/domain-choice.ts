import { OcciError } from '../../occi/errors.ts';
import type { Basis } from '../../store/objects.ts';
import { basisOf } from '../changes.ts';
import type { Found } from '../found.ts';
import type { CdmiObject, Domain, Json } from '../object.ts';
import { follow } from '../references.ts';
import { invalid } from '../refusals.ts';
import type { Session } from '../session.ts';
import { findTopDomain } from '../tree.ts';
import { membershipIn } from './membership.ts';
import { type Belonging, belonging, checkEnabled, domainOf, uriOf } from './owning-domain.ts';
import { hasDomains, isTopDomain } from './top-domain.ts';

/** The domain that an object is to belong to. */
export interface DomainChoice {
  /** As an object has it: there where it is not the one at the top. */
  readonly of: Belonging;
  /** What that was decided upon. */
  readonly expect: readonly Basis[];
}

const nobodys: DomainChoice = { of: {}, expect: [] };

/**
 * The domain of a new object: that of the container it is made in, or another one, for whom may choose (ISO/IEC 17826
 * §8.2, `domainURI`).
 *
 * @param wanted the URI of the domain that the client names
 * @throws OcciError `invalid-request` when that is none, `forbidden`
 */
export async function domainForNew(
  session: Session,
  parent: CdmiObject | undefined,
  wanted: string | undefined,
): Promise<DomainChoice> {
  if (!hasDomains(session)) return nobodys;
  const usual = parent === undefined ? undefined : await domainOf(session, parent);
  return wanted === undefined ? chosen(usual) : choose(session, usual, wanted);
}

/** The same for one that is there: it stays where it is, unless the client says otherwise. */
export async function domainForChanged(
  session: Session,
  object: CdmiObject,
  wanted: string | undefined,
): Promise<DomainChoice> {
  if (wanted !== undefined && hasDomains(session)) return choose(session, await domainOf(session, object), wanted);
  return { of: belonging(object), expect: [] };
}

/**
 * That of an object that is restored (ISO/IEC 17826 §15): its former one for whom may choose; for all others that has to
 * be the usual one.
 *
 * @param from what has the usual one: the object itself where it is there, or what it is made in
 * @throws OcciError `invalid-request`, `forbidden` when the former one is disabled
 */
export async function domainForRestored(
  session: Session,
  from: CdmiObject | undefined,
  former: Json | undefined,
): Promise<DomainChoice> {
  if (from !== undefined && !hasDomains(session)) return { of: belonging(from), expect: [] };
  if (!hasDomains(session)) return nobodys;
  const usual = from === undefined ? undefined : await domainOf(session, from);
  if (typeof former !== 'string' || former === uriOf(session, usual)) return chosen(usual);
  if (await mayCross(session, usual)) return choose(session, usual, former);
  throw invalid(
    'all that is restored must be of the domain of what it is in: restoring others needs cross_domain',
    former,
  );
}

/** A domain that a URI in JSON leads to; undefined for the one at the top. @throws OcciError `invalid-request` */
export async function domainAt(session: Session, uri: string): Promise<Found<Domain> | undefined> {
  const { found } = await follow(session, uri);
  if (found.object.kind !== 'domain') throw invalid(`${JSON.stringify(uri)} is no domain`, uri);
  return isTopDomain(found.object) ? undefined : (found as Found<Domain>);
}

async function choose(session: Session, usual: Found<Domain> | undefined, wanted: string): Promise<DomainChoice> {
  const other = await domainAt(session, wanted);
  if (other?.object.id === usual?.object.id) return chosen(usual);
  if (!(await mayCross(session, usual))) {
    throw new OcciError(
      'forbidden',
      'to choose another domain than the usual one, the privilege cross_domain is needed',
      {
        token: 'domainURI',
      },
    );
  }
  if (other !== undefined) checkEnabled(other.object);
  return chosen(other);
}

function chosen(domain: Found<Domain> | undefined): DomainChoice {
  return domain === undefined ? nobodys : { of: { domain: domain.object.id }, expect: [basisOf(domain.object)] };
}

/** Whoever runs the cloud, and members with the privilege in the domain that it would be otherwise. */
async function mayCross(session: Session, usual: Found<Domain> | undefined): Promise<boolean> {
  if (session.principal.administrator) return true;
  const from = usual ?? (await findTopDomain(session));
  const member = await membershipIn(session, from);
  return member?.isEnabled === true && member.privileges.includes('cross_domain');
}
