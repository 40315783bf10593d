/** Header fields as they are on the wire: in order, repeated ones apart, UTF-8 decoded. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A request as it is sent, and nothing is added but `Host`, `Connection` and the length of the body. */
export interface WireRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Fields;
  /** Empty for none. */
  readonly body: Uint8Array;
  /** A body that is sent as it is read, in place of that; then the deadline is for silence only. */
  readonly source?: Source;
  /** Takes the body of a 200 or 206 as it comes, in place of the response; the deadline is for silence, too. */
  readonly take?: Take;
  /** Whether sending it twice does no more than sending it once; GET and HEAD always are. */
  readonly repeatable?: boolean;
  /** Whether request and answer are about credentials, so that their bodies are nobody's business. */
  readonly confidential?: boolean;
}

/** A body that is too large to be held. */
export interface Source {
  /** In bytes. */
  readonly size: number;
  /** Reads it from its beginning; once more when the request is repeated. */
  open(): AsyncIterable<Uint8Array>;
}

/**
 * Takes a body, or as much of it as it likes. What it throws, `send` throws. That the connection is lost is thrown by
 * the body, as ClientError `lost`: whoever catches it knows how far it has come.
 */
export type Take = (head: ResponseHead, body: AsyncIterable<Uint8Array>) => Promise<void>;

/** An answer without its body. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: Fields;
}

/** The answer to a request. */
export interface WireResponse extends ResponseHead {
  readonly body: Uint8Array;
  /** From the moment the request was to be sent until the answer was there. */
  readonly milliseconds: number;
}

/** A request and the answer to it. */
export interface Exchange {
  readonly request: Omit<WireRequest, 'repeatable' | 'source' | 'take'>;
  readonly response: WireResponse;
}

/** Sends a request. @throws ClientError `unreachable`, `lost`, `timeout`, `unreadable` */
export type Send = (request: WireRequest) => Promise<Exchange>;

/** The body of a request that has none. */
export const noBody = new Uint8Array();

/** Whether sending a request twice does no more than sending it once. */
export function isRepeatable({ method, repeatable }: WireRequest): boolean {
  return method === 'GET' || method === 'HEAD' || repeatable === true;
}

/** The values of a header field, one for each time it stands there. */
export function fieldsNamed(headers: Fields, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value);
}

/** A header field as one value, repeated ones joined (RFC 9110 §5.3); undefined when it is not there. */
export function field(headers: Fields, name: string): string | undefined {
  const values = fieldsNamed(headers, name);
  return values.length === 0 ? undefined : values.join(', ');
}

const utf8 = new TextDecoder();

/** An exchange as text: what people read in dumps and reports. */
export function exchangeText({ request, response }: Exchange): string {
  const { pathname, search } = new URL(request.url);
  const lines = (headers: Fields) => headers.map(([name, value]) => `${name}: ${value}\n`).join('');
  return (
    `${request.method} ${pathname}${search} HTTP/1.1\n${lines(request.headers)}\n${utf8.decode(request.body)}\n\n` +
    `HTTP/1.1 ${response.status} ${response.reason}\n${lines(response.headers)}\n${utf8.decode(response.body)}\n`
  );
}
