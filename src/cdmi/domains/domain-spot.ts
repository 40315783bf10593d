import { mayAdd } from '../acl/needs.ts';
import type { Found } from '../found.ts';
import type { Domain } from '../object.ts';
import { checkDepth, checkName } from '../path.ts';
import type { Target } from '../place.ts';
import { forbidden, invalid, notFound } from '../refusals.ts';
import { grantedTo, type Session } from '../session.ts';
import { reach } from '../tree.ts';

/** What is at a path of domains, and where a new one would go. */
export interface DomainSpot {
  readonly present?: Found;
  /** The domain for a new one. */
  readonly parent?: Found<Domain>;
  /** Its name there. */
  readonly name: string;
}

/**
 * Finds the place.
 *
 * @throws OcciError `not-found` when there is no domain to put it in, `invalid-request` when it is something else
 */
export async function domainSpot(session: Session, target: Target): Promise<DomainSpot> {
  if (!('at' in target)) throw invalid('a domain is made by PUT, with its name');
  const reached = await reach(session, target.at);
  if (reached?.left === 0) return { present: reached.found, name: reached.found.object.name };
  if (reached?.left !== 1) throw notFound('domain to put it in');
  if (reached.found.object.kind !== 'domain') throw invalid('domains are made below cdmi_domains/');
  return { parent: reached.found as Found<Domain>, name: target.at.names.at(-1) as string };
}

/**
 * Lets a new domain be put there.
 *
 * @throws OcciError `invalid-request` for names that nothing may have, `forbidden`
 */
export function mayTakeDomain(session: Session, parent: Found<Domain>, name: string): void {
  checkName(name);
  checkDepth(parent.above.length + 1);
  if (!mayAdd('domain', grantedTo(session, parent))) throw forbidden(parent.object, 'putting a domain into it');
}
