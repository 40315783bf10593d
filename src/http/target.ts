import { isReserved, queryInterfacePaths, quotaPath } from '../gateway/reserved-paths.ts';
import type { CollectionTarget } from '../gateway/selection.ts';
import type { Model } from '../occi/model.ts';
import type { Route } from './exchange.ts';

/** What a path stands for (GFD.223 §4, §8). */
export type Target =
  | { readonly is: 'query interface' }
  | { readonly is: 'quota' }
  | { readonly is: 'collection'; readonly collection: CollectionTarget; readonly name: string }
  | { readonly is: 'entity'; readonly location: string }
  | { readonly is: 'nothing' };

/** The target of a path below the mount prefix. */
export function targetOf(model: Model, location: string): Target {
  const fixed = fixedTargets.get(location);
  if (fixed !== undefined) return fixed;
  const category = model.at(location);
  if (category !== undefined) {
    return { is: 'collection', collection: { category }, name: `the collection of a ${category.class}` };
  }
  if (isReserved(location)) return nothing;
  if (location.endsWith('/')) return { is: 'collection', collection: { under: location }, name: 'an unbound path' };
  return { is: 'entity', location };
}

/** By path, with the final slash and without it. */
const fixedTargets: ReadonlyMap<string, Target> = new Map([
  ...queryInterfacePaths.flatMap((path) => bothForms(path, { is: 'query interface' })),
  ...bothForms(quotaPath, { is: 'quota' }),
]);
const nothing: Target = { is: 'nothing' };

const entityMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
const onlyRead = ['GET', 'HEAD', 'OPTIONS'];
const withoutPut = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];

/** The methods that are defined for a target (GFD.223 §8); PUT on collections only for mixins. */
export function methodsOf(target: Target): readonly string[] {
  if (target.is === 'entity') return entityMethods;
  if (target.is === 'quota') return onlyRead;
  if (target.is !== 'collection') return withoutPut;
  const mixin = 'category' in target.collection && target.collection.category.class === 'mixin';
  return mixin ? entityMethods : withoutPut;
}

/** What a request for it is counted as. */
export function routeOf(target: Target): Route {
  if (target.is === 'query interface' || target.is === 'quota') return 'query';
  if (target.is !== 'collection') return target.is;
  const { collection } = target;
  if ('under' in collection) return 'path';
  return collection.category.class === 'mixin' ? 'mixin' : 'kind';
}

/** What a target is called in messages. */
export function nameOf(target: Target): string {
  return target.is === 'collection' ? target.name : target.is === 'entity' ? 'an entity' : `the ${target.is}`;
}

/** Whether the answer to a request is a listing, so that text/uri-list can render it (GFD.229 §8). */
export function isListing(target: Target, method: string, isAction: boolean): boolean {
  if (target.is !== 'collection') return false;
  if (method === 'GET' || method === 'HEAD' || method === 'PUT') return true;
  if (method !== 'POST') return false;
  const mixin = 'category' in target.collection && target.collection.category.class === 'mixin';
  return isAction || mixin;
}

function bothForms(path: string, target: Target): readonly (readonly [string, Target])[] {
  return [
    [path, target],
    [path.slice(0, -1), target],
  ];
}
