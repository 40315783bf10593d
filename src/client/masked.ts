import type { Exchange, Fields, WireRequest } from './exchange.ts';

/** Header fields that hold credentials. */
const secret = /^(?:authorization|proxy-authorization|x-auth-token|x-subject-token|cookie|set-cookie)$/i;

const mask = '***';

/** An exchange as it may be shown: without credentials in header fields, and without bodies that are about them. */
export function masked({ request, response }: Exchange, { confidential = false }: WireRequest): Exchange {
  const body = (bytes: Uint8Array) => (confidential && bytes.length > 0 ? new TextEncoder().encode(mask) : bytes);
  return {
    request: { ...request, headers: maskedFields(request.headers), body: body(request.body) },
    response: { ...response, headers: maskedFields(response.headers), body: body(response.body) },
  };
}

function maskedFields(headers: Fields): Fields {
  return headers.map(([name, value]) => [name, secret.test(name) ? mask : value]);
}
