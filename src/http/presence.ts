import type { Provider } from '../gateway/provider.ts';
import { OcciError } from '../occi/errors.ts';
import type { Target } from './target.ts';

/**
 * What a request is about has to be there, unless the request is to make it. This is asked before anything else of
 * the request is looked at closely.
 *
 * @throws OcciError `not-found`
 */
export async function mustBeThere(provider: Provider, target: Target, method: string): Promise<void> {
  if (target.is === 'entity' && method !== 'PUT') await mustBeAt(provider, target.location);
  if (target.is === 'collection' && 'under' in target.collection && method !== 'POST') {
    await mustBeBelow(provider, target.collection.under);
  }
}

/** @throws OcciError `not-found` when there is no entity at a path */
export async function mustBeAt(provider: Provider, location: string): Promise<void> {
  if ((await provider.store.view(location)) === undefined) throw noEntityAt(location);
}

/**
 * An unbound path exists as long as something is below it; the root always does.
 *
 * @throws OcciError `not-found`
 */
export async function mustBeBelow(provider: Provider, under: string): Promise<void> {
  if (under === '/') return;
  const { model } = provider.catalogue;
  const bound = [...model.kinds, ...model.mixins].some(({ location }) => location?.startsWith(under) ?? false);
  if (bound) return;
  for await (const page of provider.store.locations({ under, limit: 1 })) if (page.length > 0) return;
  throw new OcciError('not-found', `there is nothing at ${under}`);
}

/** What is answered where an entity is missing. */
export function noEntityAt(location: string): OcciError {
  return new OcciError('not-found', `there is no entity at ${location}`);
}
