import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { type ConnectionLimit, limitConnections } from './limits/connections.ts';
import { type ClientError, refusalOf, refusalText } from './refusal.ts';

/** What happens on the port for plain HTTP. */
export interface PlainPortOptions {
  /** The `Server` header. */
  readonly server: string;
  /** The port on which HTTPS is spoken, asked for when there is a request. */
  readonly httpsPort: () => number;
  /** The URL by which clients know the gateway, where it does not depend on the request. */
  readonly publicUrl?: string;
  /** Whether clients are sent on, or only told. */
  readonly redirect: boolean;
  readonly maxHeaderBytes: number;
  readonly requestTimeoutMs: number;
  readonly connections?: ConnectionLimit;
}

/** A server for those who speak plain HTTP where HTTPS is spoken: it does nothing for them but tell. */
export function plainPort(options: PlainPortOptions): Server {
  const { server, redirect, maxHeaderBytes, requestTimeoutMs } = options;
  const http = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      requireHostHeader: false,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 5000),
    },
    (incoming, outgoing) => {
      const url = secureUrl(options, incoming);
      const headers = { server, 'content-type': 'text/plain; charset=utf-8', connection: 'close' };
      if (url === undefined) {
        outgoing.writeHead(400, headers).end('the Host header cannot be understood');
      } else if (redirect) outgoing.writeHead(308, { ...headers, location: url }).end(`this is at ${url}`);
      else outgoing.writeHead(403, headers).end(`this is at ${url}; nothing is served without TLS`);
    },
  );
  http.on('clientError', (error: ClientError, socket: Socket) => {
    const refusal = socket.writable ? refusalOf(error, maxHeaderBytes) : undefined;
    if (refusal === undefined) socket.destroy();
    else socket.end(refusalText(server, refusal));
  });
  if (options.connections !== undefined) limitConnections(http, options.connections);
  return http;
}

/** Where the target of a request is with TLS. Paths are not looked at: the other server does. */
function secureUrl({ publicUrl, httpsPort }: PlainPortOptions, { headers, url }: IncomingMessage): string | undefined {
  const path = url?.startsWith('/') === true ? url : '/';
  if (publicUrl?.startsWith('https:') === true) return new URL(publicUrl).origin + path;
  const host = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/.exec(headers.host ?? '')?.[1];
  if (host === undefined) return undefined;
  const port = httpsPort();
  return `https://${host}${port === 443 ? '' : `:${port}`}${path}`;
}
