import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import type { Basis } from '../../store/objects.ts';
import { basisOf } from '../changes.ts';
import type { Found } from '../found.ts';
import { everyMember } from '../members.ts';
import type { Domain } from '../object.ts';
import { checkPrecondition } from '../precondition.ts';
import { invalid, notFound, tooMany } from '../refusals.ts';
import { checkRemoval } from '../remove.ts';
import { save } from '../save.ts';
import type { Session } from '../session.ts';
import { domainAt } from './domain-choice.ts';
import { inDomain } from './owning-domain.ts';
import { settle } from './settled.ts';
import { isTopDomain } from './top-domain.ts';

/**
 * Deletes a domain with those in it (ISO/IEC 17826 §10.6). What belongs to them belongs to the domain from then on that
 * `cdmi_domain_delete_reassign` names: from the commit on by which they lose their names, in which the domain that
 * follows is written down in them. Objects are told one after the other behind that, and the last remains go then.
 *
 * @param look finds it; again when it has changed meanwhile
 * @throws OcciError `invalid-request` while something belongs to one of them, and no domain is named
 */
export async function removeDomain(
  session: Session,
  look: () => Promise<Found | undefined>,
  precondition: Precondition,
): Promise<void> {
  const gone = await retrying(async () => {
    const found = await look();
    checkPrecondition(precondition, found?.object);
    if (found?.object.kind !== 'domain') throw notFound('such domain');
    if (isTopDomain(found.object)) throw invalid('cdmi_domains/ cannot be deleted');
    authorizeFor(session, 'cdmi', 'delete');
    session.capabilities.require('cdmi_delete_domain', 'domain');
    await checkRemoval(session, found);
    const leave = await leaving(session, found as Found<Domain>);
    await save(session, leave);
    return leave.update;
  });
  for (const { id } of gone.toReversed()) await settle(session.store, id);
}

/** What has to be written so that a domain is gone, with those in it. */
export interface Leaving {
  readonly update: readonly Domain[];
  readonly expect: readonly Basis[];
}

/**
 * Takes all of them away at once.
 *
 * @throws OcciError `invalid-request` while something belongs to one of them, and no domain is named; `too-large`
 */
export async function leaving(session: Session, found: Found<Domain>): Promise<Leaving> {
  const domains = await domainsIn(session, found.object);
  const next = found.object.metadata['cdmi_domain_delete_reassign'];
  if (next === undefined) {
    for (const { id } of domains) {
      if ((await session.store.objects.domainLoad(id)).count === 0) continue;
      throw invalid('objects belong to the domain: name one in cdmi_domain_delete_reassign that they are to belong to');
    }
  }
  const successor = typeof next === 'string' ? await domainAt(session, next) : undefined;
  const isWithin = [...(successor?.above ?? []), successor?.object].some((one) => one?.id === found.object.id);
  if (isWithin) throw invalid('cdmi_domain_delete_reassign names a domain that is deleted, too', String(next));
  const belonging = successor === undefined ? {} : { domain: successor.object.id };
  return {
    update: domains.map(
      (domain): Domain => ({ ...inDomain(domain, belonging), parent: '', name: '', hidden: true, gone: true }),
    ),
    expect: successor === undefined ? [] : [basisOf(successor.object)],
  };
}

/** It, and all below. */
async function domainsIn(session: Session, domain: Domain): Promise<readonly Domain[]> {
  const domains = [domain];
  // It grows while it is walked over.
  for (const { id } of domains) {
    for await (const member of everyMember(session, id)) if (member.kind === 'domain') domains.push(member);
    if (domains.length > session.limits.batch) throw tooMany('deleted', session.limits.batch);
  }
  return domains;
}
