import type { Content } from '../occi/draft.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Categories } from '../renderers/renderer.ts';
import type { Provider } from './provider.ts';

/**
 * The categories of the provider, or exactly those that a filter names (GFD.223 §9.1; exact matches satisfy both
 * versions of the standard).
 *
 * @throws OcciError `unknown-filter-category`
 */
export function query(provider: Provider, filter: Content): Categories {
  const { model } = provider.catalogue;
  const references = filter.drafts.flatMap((draft) => draft.categories);
  if (references.length === 0) return model;
  const wanted = new Set(
    references.map((reference) => {
      const category = model.find(reference);
      if (category !== undefined) return category;
      throw new OcciError('unknown-filter-category', `there is no category ${quoteToken(reference.id)}`, {
        token: reference.id,
      });
    }),
  );
  return {
    kinds: model.kinds.filter((kind) => wanted.has(kind)),
    mixins: model.mixins.filter((mixin) => wanted.has(mixin)),
    actions: model.actions.filter((action) => wanted.has(action)),
  };
}
