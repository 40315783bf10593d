import type { Offer } from '../../client/offer.ts';
import { Inconclusive, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { machine } from './machine.ts';

/** A resource that can do something. */
export interface OfferingResource {
  readonly location: string;
  readonly kind: Offer;
}

/** Makes a resource with actions, and waits until it offers one, if it ever does. @throws NotApplicable, Inconclusive */
export async function offeringResource(trial: Trial): Promise<OfferingResource> {
  const { catalogue } = trial;
  const kinds = ['network', 'storage', 'compute'].map((term) => catalogue.find(term, 'kind'));
  const kind = [...kinds, ...catalogue.kinds].find((one) => one?.location !== undefined && one.actions.length > 0);
  if (kind === undefined) throw new NotApplicable('the server has no kind with actions');
  const location = await (kind.term === 'compute' ? machine(trial) : trial.make(kind.id));
  // Links of any sort: what is meant as an offer and is none is looked at, too.
  const entity = await trial.until(location, ({ actions, links }) => actions.length + links.length > 0);
  const state = Object.entries(entity.attributes).find(([name]) => name.endsWith('.state'))?.[1];
  if (state === 'error') throw new Inconclusive(`a new ${kind.term} is in the state error`);
  return { location, kind };
}
