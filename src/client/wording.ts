import type { Attributes } from '../occi/attribute.ts';
import type { CategoryReference, Content, Draft, LinkDraft, RawAttributes } from '../occi/draft.ts';
import { core } from '../occi/entity.ts';
import { referenceTo } from '../renderers/text-grammar.ts';
import { linkKindFor, type ResourceEnd, resourceEnd } from './link-ends.ts';
import { targetOf } from './location.ts';
import type { Offer } from './offer.ts';
import type { Session } from './session.ts';

/** What somebody wants to say about an entity. Categories by any name that {@link Catalogue.find} knows. */
export interface Wording {
  readonly kind?: string;
  readonly mixins?: readonly string[];
  /** Under their names in text. */
  readonly attributes?: Attributes;
  /** Links to be created together with the resource. */
  readonly links?: readonly LinkWording[];
}

/** A link to be created together with its source. */
export interface LinkWording {
  /** URL or path. */
  readonly target: string;
  /** Without one, the kind that leads to what is there: storagelink to storage, and so on. */
  readonly kind?: string;
  readonly mixins?: readonly string[];
  readonly attributes?: Attributes;
}

/** A request about one entity. @throws ClientError `not-offered` */
export function worded(session: Session, wording: Wording): Content {
  return contentOf(draftFrom(session, wording));
}

/** A request that says one thing. */
export function contentOf(draft: Draft): Content {
  return { drafts: [draft], locations: [], plural: false };
}

/** A reference in the form in which requests have it: all of the identity, and nothing else. */
export function referenceFrom({ id, scheme, term, class: own }: Offer): CategoryReference {
  return { ...referenceTo(id), id, scheme, term, class: own };
}

/** Values on their way to a server. References to its entities become what all servers understand. */
export function rawAttributes({ space }: Session, attributes: Attributes): RawAttributes {
  return new Map(
    Object.entries(attributes).map(([name, value]) => {
      const isEnd = (name === core.source || name === core.target) && typeof value === 'string';
      return [name, { form: 'json', value: isEnd ? targetOf(space, value) : value }];
    }),
  );
}

function draftFrom(session: Session, { kind, mixins = [], attributes = {}, links = [] }: Wording): Draft {
  const { catalogue } = session;
  return {
    categories: [
      ...(kind === undefined ? [] : [referenceFrom(catalogue.resolve(kind, 'kind'))]),
      ...mixins.map((mixin) => referenceFrom(catalogue.resolve(mixin, 'mixin'))),
    ],
    attributes: rawAttributes(session, attributes),
    links: links.map((link) => linkFrom(session, link)),
  };
}

/** Deployed servers want the target among the attributes, too. */
function linkFrom(session: Session, { target, kind, mixins = [], attributes = {} }: LinkWording): LinkDraft {
  const { catalogue } = session;
  const end: ResourceEnd = resourceEnd(session, target);
  const own = kind === undefined ? linkKindFor(catalogue, end) : catalogue.resolve(kind, 'kind');
  return {
    target: end.reference,
    rel: [end.kind],
    categories: [own, ...mixins.map((mixin) => catalogue.resolve(mixin, 'mixin'))].map(referenceFrom),
    attributes: rawAttributes(session, { ...attributes, [core.target]: target }),
  };
}
