import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { framingFault } from './framing.ts';
import type { PlatformBindings } from './incoming.ts';
import { type ConnectionLimit, limitConnections } from './limits/connections.ts';
import { limitWaiting } from './limits/slow-readers.ts';
import { type ClientError, noTunnel, refusalOf, refusalText } from './refusal.ts';
import { type Tls, tlsOptions } from './tls.ts';
import { isUploading } from './uploads.ts';

/** How the server in front of the fetch handler behaves. */
export interface ServerOptions {
  readonly fetch: (request: Request, platform: PlatformBindings) => Promise<Response>;
  /** The `Server` header, for what is answered before there is a request. */
  readonly server: string;
  readonly maxHeaderBytes: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** How long a client may take nothing of an answer; without it, or with 0, for ever. */
  readonly sendTimeoutMs?: number;
  readonly connections?: ConnectionLimit;
  /** Where it is not there, plain HTTP is spoken. */
  readonly tls?: Tls;
}

/**
 * A Node server for the fetch handler. What Node refuses itself is answered in our own form, too.
 *
 * @throws Error when certificates cannot be read
 */
export function nodeServer(options: ServerOptions): Server | SecureServer {
  const { fetch, server, maxHeaderBytes, requestTimeoutMs, sendTimeoutMs = 0, tls } = options;
  const security = tls === undefined ? {} : { 'strict-transport-security': `max-age=${tls.hstsMaxAgeSeconds}` };
  const always = new Map(Object.entries(security));
  const headers = { server, ...security, 'content-type': 'text/plain; charset=utf-8' };
  const closing = { ...headers, connection: 'close' };
  const watch = watching(sendTimeoutMs);
  const answer = async (request: Request, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const fault = framingFault(incoming);
    if (fault !== undefined) return new Response(fault, { status: 400, headers: closing });
    const response = await fetch(request, { incoming, outgoing, fields: incoming.headers });
    await endOfTurn();
    if (sendTimeoutMs > 0) watch(outgoing);
    return response;
  };
  const answerOn = (request: Request, { incoming, outgoing }: HttpBindings | Http2Bindings) =>
    answer(request, incoming as IncomingMessage, outgoing as ServerResponse);
  const listener = getRequestListener(answerOn, {
    errorHandler: () => {
      const message = 'the request line or the Host header cannot be understood';
      return new Response(message, { status: 400, headers });
    },
  });
  const httpOptions = {
    maxHeaderSize: maxHeaderBytes,
    // Node would answer on its own when it is missing; the listener refuses it, too.
    requireHostHeader: false,
    // Most requests have no body, and need no stream that says so.
    optimizeEmptyRequests: true,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, 5000),
  };
  const http =
    tls === undefined
      ? createServer(httpOptions, listener)
      : createSecureServer({ ...httpOptions, ...tlsOptions(tls, requestTimeoutMs) }, (incoming, outgoing) => {
          outgoing.setHeaders(always);
          return listener(incoming, outgoing);
        });
  // Each OCCI attribute may be a field of its own; the size is bounded in bytes.
  http.maxHeadersCount = 0;
  http.on('clientError', (error: ClientError, socket: Socket) => {
    // Node says so once for each request, and goes on when nobody minds. From now on something has to come.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) {
      socket.setTimeout(requestTimeoutMs);
      return;
    }
    const refusal = socket.writable ? refusalOf(error, maxHeaderBytes) : undefined;
    if (refusal === undefined) socket.destroy();
    else socket.end(refusalText(headers, refusal));
  });
  http.on('checkExpectation', (_incoming, outgoing) => {
    outgoing.writeHead(417, closing).end('nothing but 100-continue can be expected');
  });
  // Without a listener Node hangs up on who takes the gateway for a proxy.
  http.on('connect', (_request, socket) => socket.end(refusalText(headers, noTunnel)));
  if (options.connections !== undefined) limitConnections(http, options.connections);
  return http;
}

/** Watches over answers that their clients have not taken at once, as nearly all are. */
function watching(timeoutMs: number): (outgoing: ServerResponse) => void {
  let written: ServerResponse[] = [];
  const look = () => {
    const answers = written;
    written = [];
    for (const one of answers) if (!one.writableFinished && !one.destroyed) limitWaiting(one, timeoutMs);
  };
  return (outgoing) => {
    if (written.push(outgoing) === 1) setImmediate(look);
  };
}

let turn: Promise<void> | undefined;

/**
 * Resolves when everything that has arrived in this turn of the event loop has been dealt with. Answers that wait for
 * it leave one right after the other, and clients are woken once for all of them: under load that is much cheaper than
 * to wake one after each request, and a single request does not wait.
 */
function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}
