import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { PlatformBindings } from './incoming.ts';

/** How the server in front of the fetch handler behaves. */
export interface ServerOptions {
  readonly fetch: (request: Request, platform: PlatformBindings) => Promise<Response>;
  /** The `Server` header, for what is answered before there is a request. */
  readonly server: string;
  readonly maxHeaderBytes: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
}

/** A Node HTTP server for the fetch handler. What Node refuses itself is answered in our own form, too. */
export function nodeServer({ fetch, server, maxHeaderBytes, requestTimeoutMs }: ServerOptions): Server {
  const answer = async (request: Request, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const response = await fetch(request, { incoming, outgoing, fields: incoming.headers });
    await endOfTurn();
    return response;
  };
  const answerOn = (request: Request, { incoming, outgoing }: HttpBindings | Http2Bindings) =>
    answer(request, incoming as IncomingMessage, outgoing as ServerResponse);
  const listener = getRequestListener(answerOn, {
    errorHandler: () => {
      return new Response('the request line or the Host header cannot be understood', {
        status: 400,
        headers: { server, 'content-type': 'text/plain; charset=utf-8' },
      });
    },
  });
  const http = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      // Node would answer on its own when it is missing; the listener refuses it, too.
      requireHostHeader: false,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 5000),
    },
    listener,
  );
  // Each OCCI attribute may be a field of its own; the size is bounded in bytes.
  http.maxHeadersCount = 0;
  http.on('clientError', (error: ClientError, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(refusal(server, refusalOf(error, maxHeaderBytes)));
  });
  // Without a listener Node hangs up on who takes the gateway for a proxy.
  http.on('connect', (_request, socket) => socket.end(refusal(server, noTunnel)));
  return http;
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

/** What is answered where there is no request for the handler. */
interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** What Node says about bytes it cannot read. */
type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]\r?\n/;
const notHttp: Refusal = { status: 400, reason: 'Bad Request', message: 'this is not HTTP' };
const noTunnel: Refusal = { status: 501, reason: 'Not Implemented', message: 'this is not a proxy' };

function refusal(server: string, { status, reason, message }: Refusal): string {
  return (
    `HTTP/1.1 ${status} ${reason}\r\nServer: ${server}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(message)}\r\nConnection: close\r\n\r\n${message}`
  );
}

function refusalOf({ code, rawPacket }: ClientError, maxHeaderBytes: number): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        message: `the headers must not exceed ${maxHeaderBytes} bytes; send the rendering in the body`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout', message: 'the request took too long to arrive' };
    case 'HPE_INVALID_METHOD':
      // Node knows its methods by heart; a well-formed request with another one is still HTTP.
      if (rawPacket !== undefined && requestLine.test(rawPacket.toString('latin1'))) {
        return { status: 501, reason: 'Not Implemented', message: 'this method is not known' };
      }
      return notHttp;
    default:
      return notHttp;
  }
}
