import type { Action } from '../occi/action.ts';
import type { AttributeDefinition, AttributeType, Pattern } from '../occi/attribute.ts';
import type { AttributeMention } from '../occi/draft.ts';
import type { Kind } from '../occi/kind.ts';
import type { Mixin } from '../occi/mixin.ts';
import { Model } from '../occi/model.ts';
import { referenceTo } from '../renderers/text-grammar.ts';
import type { Offer, Offers } from './offer.ts';

/**
 * The model of a server, made of what it offers. A model has no gaps, and what servers say has: parents and actions
 * that are named and not described become bare categories, what inherits from itself inherits from nothing, and a
 * mixin without a location of its own gets a path that nothing else has.
 */
export function modelOf(offers: Offers, typeOf: (attribute: string) => AttributeType | undefined): Model {
  const taken = new Set<string>();
  const kindOffers = withParents(offers);
  const actionOffers = withListed(offers, kindOffers);
  const isAction = (id: string) => actionOffers.some((one) => one.id === id);
  // What JSON does not call mutable is not (GFD.226 §3.5.1), unless the server has never heard of the word.
  const everyone = [...offers.kinds, ...offers.mixins, ...offers.actions];
  const knowsMutable = everyone.some(({ attributes }) => attributes.some((one) => one.mutable !== undefined));
  const definitions = (mentions: readonly AttributeMention[]) =>
    mentions.map((one) => definition({ mutable: !knowsMutable, ...one }, typeOf));
  const kinds = kindOffers.map((offer): Kind => {
    const location = claim(taken, offer.location);
    const parent = parentOf(offer, kindOffers);
    return {
      ...named(offer),
      class: 'kind',
      attributes: definitions(offer.attributes),
      aliases: [],
      actions: offer.actions.filter(isAction),
      ...(parent === undefined ? {} : { parent }),
      ...(location === undefined ? {} : { location }),
    };
  });
  const mixins = offers.mixins.map((offer, index): Mixin => {
    return {
      ...named(offer),
      class: 'mixin',
      attributes: definitions(offer.attributes),
      actions: offer.actions.filter(isAction),
      depends: offer.related,
      applies: offer.applies,
      location: claim(taken, offer.location) ?? `/-/mixin/${index}/`,
      // What such a mixin is related to need not be there.
      origin: 'user',
    };
  });
  const actions = actionOffers.map((offer): Action => {
    return { ...named(offer), class: 'action', attributes: definitions(offer.attributes) };
  });
  return new Model([{ kinds, mixins, actions }]);
}

function named({ id, scheme, term, title }: Offer) {
  return { id, scheme, term, ...(title === undefined ? {} : { title }) };
}

/** Text tells no types; a string is what can be shown in any case. */
function definition(
  { name, mutable = true, required = false, default: fallback, pattern, description }: AttributeMention,
  typeOf: (attribute: string) => AttributeType | undefined,
): AttributeDefinition {
  return {
    name,
    type: typeOf(name) ?? 'string',
    mutable,
    required,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(typeof pattern === 'object' && !Array.isArray(pattern) ? { pattern: pattern as Pattern } : {}),
    ...(description === undefined ? {} : { description }),
  };
}

/** The location in the form of a collection, when no other category has it. */
function claim(taken: Set<string>, location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  const path = location.endsWith('/') ? location : `${location}/`;
  if (taken.has(path)) return undefined;
  taken.add(path);
  return path;
}

/** The kind a kind inherits from, unless that is no kind, or leads back to where it began. */
function parentOf({ id, related }: Offer, kinds: readonly Offer[]): string | undefined {
  const seen = new Set([id]);
  for (let next = related[0]; next !== undefined; ) {
    const above = kinds.find((kind) => kind.id === next);
    if (above === undefined || seen.has(above.id)) return undefined;
    seen.add(above.id);
    next = above.related[0];
  }
  return related[0];
}

function withParents({ kinds, mixins, actions }: Offers): readonly Offer[] {
  const known = new Set([...kinds, ...mixins, ...actions].map(({ id }) => id));
  const missing = new Set(kinds.flatMap(({ related }) => related.slice(0, 1)).filter((id) => !known.has(id)));
  return [...kinds, ...[...missing].map((id) => bare(id, 'kind'))];
}

function withListed({ kinds, mixins, actions }: Offers, allKinds: readonly Offer[]): readonly Offer[] {
  const known = new Set([...allKinds, ...mixins, ...actions].map(({ id }) => id));
  const missing = new Set([...kinds, ...mixins].flatMap((owner) => owner.actions).filter((id) => !known.has(id)));
  return [...actions, ...[...missing].map((id) => bare(id, 'action'))];
}

function bare(id: string, own: Offer['class']): Offer {
  return { ...referenceTo(id), class: own };
}
