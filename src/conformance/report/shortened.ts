import type { Exchange, Fields } from '../../client/exchange.ts';

/** How much of an exchange is shown: bytes of a body, and characters of a header field. */
export interface Measure {
  readonly body: number;
  readonly field: number;
}

/** An exchange as a report has it. What is missing says so where it is missing. */
export interface ShownExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Fields;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly reason: string;
    readonly headers: Fields;
    readonly body: string;
    readonly milliseconds: number;
  };
}

/** An exchange with its bodies as text, long ones shortened with a note. */
export function shortened({ request, response }: Exchange, measure: Measure): ShownExchange {
  const { method, url } = request;
  const { status, reason, milliseconds } = response;
  return {
    request: { method, url, ...content(request, measure) },
    response: { status, reason, ...content(response, measure), milliseconds },
  };
}

/** A message in two parts. */
interface Content {
  readonly headers: Fields;
  readonly body: Uint8Array;
}

function content({ headers, body }: Content, measure: Measure) {
  return {
    headers: headers.map(([name, value]) => [name, shortField(value, measure.field)] as const),
    body: shortBody(body, measure.body),
  };
}

function shortField(value: string, most: number): string {
  return value.length <= most ? value : `${value.slice(0, most)} [… ${value.length - most} more characters]`;
}

function shortBody(body: Uint8Array, most: number): string {
  if (body.length <= most) return new TextDecoder().decode(body);
  return `${new TextDecoder().decode(body.subarray(0, most))}\n[… ${body.length - most} more bytes]`;
}

/** The request as it was on the wire. */
export function requestText({ request }: ShownExchange): string {
  const { pathname, search } = new URL(request.url);
  return message(`${request.method} ${pathname}${search} HTTP/1.1`, request);
}

/** The answer as it was on the wire. */
export function responseText({ response }: ShownExchange): string {
  return message(`HTTP/1.1 ${response.status} ${response.reason}`.trimEnd(), response);
}

function message(first: string, { headers, body }: { readonly headers: Fields; readonly body: string }): string {
  return [first, ...headers.map(([name, value]) => `${name}: ${value}`), ...(body === '' ? [] : ['', body])].join('\n');
}
