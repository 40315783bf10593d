import type { Content } from '../occi/draft.ts';
import type { NameSpace } from '../occi/name-space.ts';
import { absolute } from '../occi/name-space.ts';
import { contentIn } from './answer.ts';
import type { Catalogue } from './catalogue.ts';
import { type Exchange, type Fields, field, noBody, type Send, type WireRequest } from './exchange.ts';
import { masked } from './masked.ts';
import { refusal } from './refusal.ts';
import { type Rendering, rendition } from './rendering.ts';

/** What all operations of a client have in common. */
export interface Session {
  readonly space: NameSpace;
  readonly rendering: Rendering;
  /** What the server offers, as it was last read. */
  readonly catalogue: Catalogue;
  /** Reads it again. */
  refresh(): Promise<void>;
  call(call: Call): Promise<Answer>;
}

/** A request as an operation words it. */
export interface Call {
  readonly method: string;
  /** Below the endpoint. */
  readonly location: string;
  /** Without the question mark. */
  readonly query?: string;
  /** What the request says. */
  readonly content?: Content;
  /** Another rendering for the answer than that of the session; null for no wish at all. */
  readonly accept?: string | null;
  /** More header fields. */
  readonly fields?: Fields;
  /** See {@link WireRequest.repeatable}. */
  readonly repeatable?: boolean;
}

/** What came of it. */
export interface Answer {
  /** Credentials are masked. */
  readonly exchange: Exchange;
  readonly content: Content;
}

/** What calls are made with. */
export interface Caller {
  readonly send: Send;
  readonly space: NameSpace;
  readonly userAgent: string;
}

/**
 * Sends a request and reads the answer.
 *
 * @throws ClientError `refused` when the answer is no success, `unreadable`, `not-offered` when the rendering has no
 *   words for the request, and what `send` throws
 */
export async function call({ send, space, userAgent }: Caller, rendering: Rendering, wanted: Call): Promise<Answer> {
  const { method, location, query, content, accept = rendering, fields = [], repeatable } = wanted;
  const said = content === undefined ? { headers: [], body: noBody } : rendition(content, rendering);
  const request: WireRequest = {
    method,
    url: `${absolute(space, location)}${query === undefined ? '' : `?${query}`}`,
    headers: [
      ['User-Agent', userAgent],
      ...(accept === null ? [] : [['Accept', accept] as const]),
      ...said.headers,
      ...fields,
    ],
    body: said.body,
    ...(repeatable === undefined ? {} : { repeatable }),
  };
  const exchange = masked(await send(request), request);
  if (!isSuccess(exchange)) throw refusal(exchange);
  return { exchange, content: contentIn(exchange) };
}

/** Some servers answer with 303 to what they have made. */
function isSuccess({ response: { status, headers } }: Exchange): boolean {
  return (status >= 200 && status < 300) || (status === 303 && field(headers, 'location') !== undefined);
}
