import { applicable } from '../gateway/lifecycle.ts';
import { visible } from '../gateway/policy/authorize.ts';
import { entityTag } from '../gateway/precondition.ts';
import type { Provider, Scope } from '../gateway/provider.ts';
import { type Content, emptyContent } from '../occi/draft.ts';
import type { EntityView } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Model } from '../occi/model.ts';
import { requestRenderer } from '../renderers/negotiation.ts';
import type { RenderContext, Rendered, Renderer } from '../renderers/renderer.ts';
import type { Incoming } from './incoming.ts';
import { notModified, type ReplyHeaders, reply } from './reply.ts';

/** Bounds on what is read and how it may be sent. */
export interface HttpLimits {
  readonly bodyBytes: number;
}

/** One request on its way: negotiated, its target known, its body not read yet. */
export interface Call {
  readonly provider: Provider;
  readonly incoming: Incoming;
  readonly scope: Scope;
  readonly renderer: Renderer;
  readonly mediaType: string;
  readonly renderers: readonly Renderer[];
  readonly limits: HttpLimits;
  /** Headers that every response of this request has. */
  readonly headers: ReplyHeaders;
}

/** What renderers need to know. */
export function renderContext({ provider, scope }: Call): RenderContext {
  const model: Model = provider.catalogue.model;
  return { space: scope.space, model, applicable: (entity) => applicable(model, entity) };
}

/** What a request brought. */
export interface Read {
  readonly content: Content;
  /** The renderer that understood it. */
  readonly renderer: Renderer;
}

/**
 * Reads what a POST or PUT brought, in whatever rendering (X-1: clients name types loosely).
 *
 * @throws OcciError `unsupported-media-type`, `too-large`, `syntax`
 */
export async function read({ incoming, renderers, limits }: Call): Promise<Read> {
  refuseEncoding(incoming);
  const payload = await incoming.payload(limits.bodyBytes);
  const { renderer, charset } = requestRenderer(incoming.header('content-type'), {
    renderers,
    hasOcciHeaders: incoming.hasOcciHeaders,
    hasBody: payload.body.length > 0,
  });
  const content = renderer.parse(charset === undefined ? payload : { ...payload, charset });
  return { content, renderer };
}

/**
 * Reads the filter or the list that a GET or DELETE on a collection brought: always from the headers, whatever the
 * Content-Type says, and from a body that came along (GFD.223 §7, GFD.185 §3.4).
 */
export async function readSelection(call: Call, textOcci: Renderer): Promise<Content> {
  const { incoming, renderers, limits } = call;
  const fromHeaders = incoming.hasOcciHeaders
    ? textOcci.parse({ header: (name) => incoming.header(name), body: new Uint8Array() })
    : emptyContent;
  const payload = await incoming.payload(limits.bodyBytes);
  if (payload.body.length === 0) return fromHeaders;
  refuseEncoding(incoming);
  const { renderer, charset } = requestRenderer(incoming.header('content-type'), {
    renderers,
    hasOcciHeaders: incoming.hasOcciHeaders,
    hasBody: true,
  });
  if (renderer === textOcci) return fromHeaders;
  const fromBody = renderer.parse(charset === undefined ? payload : { ...payload, charset });
  return fromHeaders === emptyContent ? fromBody : merge(fromHeaders, fromBody);
}

/** @throws OcciError `unsupported-media-type` for a compressed body (RFC 9110 §8.4) */
export function refuseEncoding(incoming: Incoming): void {
  const encoding = incoming.header('content-encoding');
  if (encoding === undefined || /^(?:identity|\s*)$/i.test(encoding)) return;
  throw new OcciError(
    'unsupported-media-type',
    `the content coding ${quoteToken(encoding)} is not read; send it plain`,
    {
      token: encoding,
    },
  );
}

function merge(a: Content, b: Content): Content {
  const [first, ...others] = [...a.drafts, ...b.drafts];
  const joined =
    first === undefined || a.plural || b.plural
      ? [...a.drafts, ...b.drafts]
      : [
          {
            categories: [first, ...others].flatMap((draft) => draft.categories),
            attributes: new Map([first, ...others].flatMap((draft) => [...draft.attributes])),
            links: [first, ...others].flatMap((draft) => draft.links),
          },
        ];
  return { drafts: joined, locations: [...a.locations, ...b.locations], plural: a.plural || b.plural };
}

/** Sends a rendering in the negotiated type. */
export function send(call: Call, status: number, rendered: Rendered): Response {
  return reply(status, rendered, call.headers);
}

/** Sends an entity with its tag; or tells the client that it has it already. */
export function sendEntity(call: Call, view: EntityView): Response {
  const etag = tagOf(call, view);
  call.headers['etag'] = etag;
  const { ifNoneMatch } = call.incoming.precondition;
  const isRead = call.incoming.method === 'GET' || call.incoming.method === 'HEAD';
  if (isRead && ifNoneMatch?.some((tag) => tag === '*' || tag === etag) === true) {
    return notModified(call.mediaType, call.headers);
  }
  const seen = visible(view, call.scope.policy.sightOf(call.scope.credentials));
  return send(call, 200, call.renderer.entity(seen, renderContext(call), call.mediaType));
}

/** The tag of an entity in the negotiated rendering. */
export function tagOf({ mediaType }: Call, { entity }: EntityView): string {
  return entityTag(entity, mediaType.slice(mediaType.indexOf('/') + 1));
}
