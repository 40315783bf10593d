import type { Attributes } from '../occi/attribute.ts';
import type { Content } from '../occi/draft.ts';
import { ClientError } from './client-error.ts';
import type { Fields } from './exchange.ts';
import { locationOf } from './location.ts';
import type { Offer } from './offer.ts';
import { filterFields } from './rendering.ts';
import type { Session } from './session.ts';
import { contentOf, rawAttributes, referenceFrom } from './wording.ts';

/** Which members of a collection are meant: those that have all of it. */
export interface MemberFilter {
  /** Kinds and mixins, by any name that {@link Catalogue.find} knows. */
  readonly categories?: readonly string[];
  readonly attributes?: Attributes;
}

/**
 * The location that a URL, a path or the name of a category means.
 *
 * @throws ClientError `not-offered` when it is the name of nothing, or of a category without a collection
 */
export function collectionAt({ catalogue, space }: Session, target: string): string {
  const offer = catalogue.find(target);
  // Type identifiers look like URLs, and are none of this server.
  const isReference = /^(?:\/|https?:\/)/i.test(target) && offer?.id !== target;
  return isReference ? locationOf(space, target) : locationOfOffer(offer ?? catalogue.resolve(target));
}

/** Where the members of a category are. @throws ClientError `not-offered` when the server does not say */
export function locationOfOffer({ id, location }: Offer): string {
  if (location !== undefined) return location;
  const problem = `the server does not say where the collection of ${id} is`;
  throw new ClientError('not-offered', problem, { advice: 'give its path' });
}

/** The header fields of a filter; none when there is no filter. */
export function fieldsOfFilter(session: Session, { categories = [], attributes = {} }: MemberFilter = {}): Fields {
  if (categories.length + Object.keys(attributes).length === 0) return [];
  const content: Content = contentOf({
    categories: categories.map((name) => referenceFrom(session.catalogue.resolve(name))),
    attributes: rawAttributes(session, attributes),
    links: [],
  });
  return filterFields(content);
}
