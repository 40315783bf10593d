import type { Exchange, WireRequest } from '../../../src/client/exchange.ts';

/** The path that a request is for. */
export function pathOf({ url }: Pick<WireRequest, 'url'>): string {
  return new URL(url).pathname;
}

/** The body of a request as text. */
export function said({ body }: Pick<WireRequest, 'body'>): string {
  return new TextDecoder().decode(body);
}

/** The request with another body. */
export function saying(request: WireRequest, change: (text: string) => string): WireRequest {
  return { ...request, body: new TextEncoder().encode(change(said(request))) };
}

/** Changes the answers to a method at some paths, when they are no refusals. */
export function onAnswers(
  method: string,
  path: RegExp,
  change: (exchange: Exchange) => Exchange,
): (exchange: Exchange) => Exchange {
  return (exchange) => {
    const { request, response } = exchange;
    return request.method === method && path.test(pathOf(request)) && response.status < 300
      ? change(exchange)
      : exchange;
  };
}

/** Changes the requests with a method at some paths. */
export function onRequests(
  method: string,
  path: RegExp,
  change: (request: WireRequest) => WireRequest,
): (request: WireRequest) => WireRequest {
  return (request) => (request.method === method && path.test(pathOf(request)) ? change(request) : request);
}

/** The path of an entity, as the gateway has them. */
export const entityPath = /\/[0-9a-f-]{36}$/;
