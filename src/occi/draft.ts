import type { RawValue, Value } from './attribute.ts';
import type { CategoryClass } from './category.ts';

/**
 * A category as a request names it. Only the identity matters for references; the rest is there because clients
 * send full categories everywhere, and because a user mixin is defined by one (GFD.223 §9.3).
 */
export interface CategoryReference {
  /** Scheme and term, as sent; a scheme sent without its final `#` is looked up with one. */
  readonly id: string;
  readonly scheme: string;
  readonly term: string;
  /** Often omitted in requests; when present it has to be right. */
  readonly class?: CategoryClass;
  readonly title?: string;
  readonly location?: string;
  /** `rel` in text, `depends` in JSON: labels, not resolved. */
  readonly related: readonly string[];
  readonly applies: readonly string[];
  /** The attributes that came with it: how a server describes them. User mixins cannot have any. */
  readonly attributes: readonly AttributeMention[];
  /** The type identifiers of the actions that came with it. User mixins cannot have any. */
  readonly actions: readonly string[];
}

/** An attribute of a category as a rendering describes it. Text tells no more than whether it is immutable or required. */
export interface AttributeMention {
  readonly name: string;
  readonly mutable?: boolean;
  readonly required?: boolean;
  readonly type?: string;
  readonly default?: Value;
  readonly pattern?: Value;
  readonly description?: string;
}

/** Attributes as sent, in order; a Map because the names are the client's. */
export type RawAttributes = ReadonlyMap<string, RawValue>;

/** A link inside the rendering of a resource: a link to be created, or the echo of an existing one. */
export interface LinkDraft {
  /** The URI reference between `<` and `>`; in JSON `target.location`. */
  readonly target: string;
  readonly rel: readonly string[];
  /** The URI of the link itself, or its id, where the client sent one. */
  readonly self?: string;
  readonly categories: readonly CategoryReference[];
  readonly attributes: RawAttributes;
  /** The term, when it is an action link (GFD.229 §4.2): an echo of what the server rendered. */
  readonly action?: string;
}

/** What one rendering of an entity, of an action invocation or of a category said. Nothing is checked yet. */
export interface Draft {
  readonly categories: readonly CategoryReference[];
  readonly attributes: RawAttributes;
  readonly links: readonly LinkDraft[];
  /** Where it is, as some servers say in JSON. In a request it means nothing. */
  readonly location?: string;
}

/** All that a request carried. */
export interface Content {
  /** One in text (if it said anything about an entity), any number in JSON. */
  readonly drafts: readonly Draft[];
  /** Entities that were only named, by URI reference (X-OCCI-Location, uri-list). */
  readonly locations: readonly string[];
  /** Whether the drafts came as a collection, so that the answer is one, too. */
  readonly plural: boolean;
}

/** The content of a request that carried nothing. */
export const emptyContent: Content = { drafts: [], locations: [], plural: false };
