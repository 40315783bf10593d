import type { Action } from '../occi/action.ts';
import type { Content } from '../occi/draft.ts';
import type { Entity, EntityView } from '../occi/entity.ts';
import type { OcciError } from '../occi/errors.ts';
import type { Kind } from '../occi/kind.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import type { NameSpace } from '../occi/name-space.ts';

/** What a request or an answer brought, as far as a renderer looks at it. */
export interface Payload {
  /** A request header as text, UTF-8 decoded, repeated fields joined by `, ` (GFD.185 §3.5); undefined if absent. */
  header(name: string): string | undefined;
  /** The body, empty when there was none. */
  readonly body: Uint8Array;
  /** The charset parameter of the Content-Type, in lower case. */
  readonly charset?: string;
  /**
   * Whether to pass over what cannot be understood. Clients read the answers of servers that way, whose faults they
   * cannot mend; requests are taken at their word.
   */
  readonly lenient?: boolean;
}

/** A rendering, ready to be sent. */
export interface Rendered {
  /** The Content-Type, with parameters. */
  readonly contentType: string;
  /** OCCI header fields (text/occi only), as UTF-8 text; whoever sends them makes bytes of it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or pieces of text to be streamed. */
  readonly body: string | AsyncIterable<string>;
}

/** The entities of a collection, read only when a renderer asks, in pages, in creation order. */
export interface Collection {
  /** Which keys a JSON rendering has even when they are empty (GFD.226 §3.3). */
  readonly shape: 'resources' | 'links' | 'mixed';
  /** Paths only: all that the text renderings list. */
  locations(): AsyncIterable<readonly string[]>;
  views(): AsyncIterable<readonly EntityView[]>;
  /** The URL (path and query) of the next page, when the collection was asked for in pages and has one. */
  readonly next?: string;
}

/** Categories to be rendered: the whole query interface or a part of it. */
export interface Categories {
  readonly kinds: readonly Kind[];
  readonly mixins: readonly Mixin[];
  readonly actions: readonly Action[];
}

/** What a renderer needs to know besides the thing itself. */
export interface RenderContext {
  readonly space: NameSpace;
  readonly model: Model;
  /** The type identifiers of the actions an entity offers in its present state. */
  applicable(entity: Entity): readonly Action[];
}

/**
 * One media type in both directions: bytes to OCCI values and back. Renderers are pure; what they produce is
 * complete, escaped and free of header injection, or they throw.
 */
export interface Renderer {
  /** The media types it answers to, the canonical one first. The rendering is sent under the one asked for. */
  readonly mediaTypes: readonly [string, ...string[]];
  /** Can only render listings (text/uri-list, GFD.229 §8). */
  readonly listingOnly: boolean;

  /** @throws OcciError `syntax` with position and token */
  parse(payload: Payload): Content;
  /**
   * A request that says this: what `parse` makes this content of.
   *
   * @throws OcciError `not-acceptable`, `not-a-listing` when the rendering has no words for it
   */
  request(content: Content, mediaType: string): Rendered;

  entity(view: EntityView, context: RenderContext, mediaType: string): Rendered;
  /** The answer to the creation of one entity; its `Location` header is not the renderer's business. */
  created(view: EntityView, context: RenderContext, mediaType: string): Rendered;
  collection(collection: Collection, context: RenderContext, mediaType: string): Promise<Rendered> | Rendered;
  categories(categories: Categories, context: RenderContext, mediaType: string): Rendered;
  /** Mixins alone: what was added, or what an action has made. JSON has only the key `mixins` then (GFD.226 §3.4.2). */
  mixins(mixins: readonly Mixin[], context: RenderContext, mediaType: string): Rendered;
  /** The answer to what leaves nothing to show: `OK` or `{}`. */
  done(mediaType: string): Rendered;
  error(problem: Problem, mediaType: string): Rendered;
}

/** An error with the status it is sent under. */
export interface Problem {
  readonly error: OcciError;
  readonly status: number;
  /** The standard reason phrase. */
  readonly title: string;
  readonly requestId: string;
}
