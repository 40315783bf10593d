import type { IncomingMessage } from 'node:http';
import { Incoming } from '../../../src/http/incoming.ts';
import { proxiesOf } from '../../../src/http/proxies.ts';

/** A request with these fields, from this address; `unknown` where it is not known. */
export function requestWith(headers: Readonly<Record<string, string>>, remoteAddress = '192.0.2.1'): Incoming {
  const known = remoteAddress === 'unknown' ? {} : { remoteAddress };
  const incoming = { socket: known } as IncomingMessage;
  const addressing = { prefix: '', proxies: proxiesOf(false) };
  return new Incoming(new Request('http://occi.test/-/', { headers }), addressing, { incoming });
}

/** What `Authorization` has for Basic. */
export function basic(pair: string, encoding: BufferEncoding = 'utf8'): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(pair, encoding).toString('base64')}` };
}
