import type { Catalogue, Offer } from '../../client/index.ts';
import type { AttributeDefinition } from '../../occi/attribute.ts';

/** A category with all that is inherited. */
export interface CategoryDetails {
  readonly id: string;
  readonly class: Offer['class'];
  readonly term: string;
  readonly scheme: string;
  readonly title?: string;
  /** The path of its collection. */
  readonly location?: string;
  /** Type identifiers: of a kind the one it inherits from, of a mixin those it depends on. */
  readonly related: readonly string[];
  /** Type identifiers of the kinds that a mixin is for; none for all. */
  readonly applies: readonly string[];
  readonly attributes: readonly AttributeDefinition[];
  /** Type identifiers. */
  readonly actions: readonly string[];
}

/** What there is to know about a category. */
export function detailsOf(offer: Offer, { model }: Catalogue): CategoryDetails {
  const { id, class: own, term, scheme, title, location, related, applies } = offer;
  const bound = model.kind(id) ?? model.mixin(id);
  const known = bound ?? model.action(id);
  return {
    id,
    class: own,
    term,
    scheme,
    ...(title === undefined ? {} : { title }),
    ...(location === undefined ? {} : { location }),
    related,
    applies,
    attributes: known === undefined ? [] : model.attributesOf(known),
    actions: bound === undefined ? [] : model.actionIdsOf(bound),
  };
}
