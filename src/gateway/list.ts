import type { Content } from '../occi/draft.ts';
import type { EntityView } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Collection } from '../renderers/renderer.ts';
import type { Provider, Scope } from './provider.ts';
import { type CollectionTarget, isWhole, locationsOf, type Members, membersOf, shapeOf, viewsOf } from './selection.ts';

/** A part of a collection (GFD.223 §6), counted from 1. */
export interface Page {
  readonly page: number;
  readonly number: number;
}

/**
 * The page a query asks for; undefined when it asks for none.
 *
 * @throws OcciError `bad-paging`, or `too-large` for more than the provider gives at once
 */
export function pageOf(provider: Provider, query: ReadonlyMap<string, string>): Page | undefined {
  const page = query.get('page');
  const number = query.get('number');
  if (page === undefined && number === undefined) return undefined;
  const size = number === undefined ? provider.limits.defaultPageSize : positive('number', number);
  if (size > provider.limits.pageSize) {
    throw new OcciError('too-large', `number must not exceed ${provider.limits.pageSize}`, { token: String(number) });
  }
  return { page: page === undefined ? 1 : positive('page', page), number: size };
}

/** Behind it every page is empty, and every page size is too much; arithmetic stays exact. */
const farthest = 999_999_999;

function positive(name: string, value: string): number {
  const number = /^[0-9]+$/.test(value) ? Math.min(Number(value), farthest) : 0;
  if (number > 0) return number;
  throw new OcciError('bad-paging', `${name} must be a whole number from 1, not ${quoteToken(value)}`, {
    token: value,
  });
}

/** A collection, or the members of it that a filter and a page select. */
export async function list(
  provider: Provider,
  scope: Scope,
  target: CollectionTarget,
  content: Content,
  page: Page | undefined,
): Promise<Collection & { readonly hasNext: boolean }> {
  const members = membersOf(provider, scope, target, content);
  const shape = shapeOf(provider, target);
  if (page === undefined) {
    return {
      shape,
      hasNext: false,
      locations: () => locationsOf(provider, members),
      views: () => viewsOf(provider, members),
    };
  }
  const { views, hasNext } = await pageViews(provider, members, page);
  return {
    shape,
    hasNext,
    locations: async function* () {
      yield views.map(({ entity }) => entity.location);
    },
    views: async function* () {
      yield views;
    },
  };
}

/** The members on a page, which is never large, and whether there is another one. */
async function pageViews(
  provider: Provider,
  members: Members,
  { page, number }: Page,
): Promise<{ readonly views: readonly EntityView[]; readonly hasNext: boolean }> {
  // Without a filter the store counts; with one, what does not match has to be read past.
  const counted = isWhole(members);
  const offset = (page - 1) * number;
  const selection = counted ? { ...members.selection, offset, limit: number + 1 } : members.selection;
  const views: EntityView[] = [];
  let skip = counted ? 0 : offset;
  for await (const part of viewsOf(provider, { ...members, selection })) {
    const rest = part.slice(skip);
    skip -= part.length - rest.length;
    views.push(...rest);
    if (views.length > number) break;
  }
  return { views: views.slice(0, number), hasNext: views.length > number };
}
