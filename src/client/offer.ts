import type { CategoryClass } from '../occi/category.ts';
import type { CategoryReference } from '../occi/draft.ts';
import type { NameSpace } from '../occi/name-space.ts';
import { locationOf } from './location.ts';

/** A category as a server describes it. Its `location` is a path below the endpoint. */
export interface Offer extends CategoryReference {
  readonly class: CategoryClass;
}

/** The categories a server offers, each once, in its order. */
export interface Offers {
  readonly kinds: readonly Offer[];
  readonly mixins: readonly Offer[];
  readonly actions: readonly Offer[];
}

/** Sorts what the query interface lists. Servers that do not say which class a category has are second-guessed. */
export function offersFrom(categories: readonly CategoryReference[], space: NameSpace): Offers {
  const known = new Map<string, Offer>();
  for (const category of categories) {
    if (category.id === '' || known.has(category.id)) continue;
    const { location } = category;
    known.set(category.id, {
      ...category,
      class: category.class ?? classOf(category),
      ...(location === undefined ? {} : { location: locationOf(space, location) }),
    });
  }
  const all = [...known.values()];
  const of = (wanted: CategoryClass) => all.filter((one) => one.class === wanted);
  return { kinds: of('kind'), mixins: of('mixin'), actions: of('action') };
}

/** Kinds are related to other kinds in the end, actions are in schemes of their own, and the rest is mixins. */
function classOf({ scheme, location, related }: CategoryReference): CategoryClass {
  if (/\/action#?$/.test(scheme)) return 'action';
  const isKind = related.some((id) => /\/core#(?:entity|resource|link)$/.test(id)) || scheme.endsWith('/core#');
  return isKind ? 'kind' : location === undefined && related.length === 0 ? 'action' : 'mixin';
}
