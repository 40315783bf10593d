import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { headerBytes, headerText } from '../renderers/header-bytes.ts';
import { ClientError } from './client-error.ts';
import {
  type Exchange,
  type Fields,
  isRepeatable,
  noBody,
  type ResponseHead,
  type Send,
  type WireRequest,
  type WireResponse,
} from './exchange.ts';
import { masked } from './masked.ts';
import { collected, pour, received } from './wire-body.ts';
import { failureOf, tooLarge, tooSlow, unconnected } from './wire-failure.ts';

/** How TLS connections are made: PEM text, as files have it. */
export interface TlsOptions {
  /** Authorities to trust, in place of those that come with Node. */
  readonly ca?: string;
  /** The client's certificate, with its chain. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Whether any certificate of the server will do. Then nobody knows who answers. */
  readonly insecure?: boolean;
}

/** How requests are sent. */
export interface WireOptions {
  readonly tls?: TlsOptions;
  /** How long making a connection may take; 10 s. */
  readonly connectTimeoutMs?: number;
  /** How long an exchange may take, from the request to the last byte of the answer; of a stream, a silence; 60 s. */
  readonly timeoutMs?: number;
  /** How large an answer may be; 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** How many connections there may be at once; 8. Further requests wait for one. What must not be repeated has as many. */
  readonly maxConnections?: number;
  /** Ends what is under way, and all that is to come. */
  readonly signal?: AbortSignal;
  /** Is told of every exchange, credentials masked: for dumps and reports. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** The connections to servers. */
export interface Wire {
  readonly send: Send;
  close(): void;
}

/** Header fields of answers may be large: text/occi has whole models in them. */
const maxHeaderBytes = 256 * 1024;

/** Opens a sender on Node's own HTTP: fetch would choose header fields of its own, join some, and drop bodies of GET. */
export function openWire(options: WireOptions = {}): Wire {
  const { tls = {}, maxConnections = 8 } = options;
  const { insecure = false, ...credentials } = tls;
  const agents = (keepAlive: boolean): Agents => ({
    http: new HttpAgent({ keepAlive, maxSockets: maxConnections }),
    https: new HttpsAgent({ keepAlive, maxSockets: maxConnections, ...credentials, rejectUnauthorized: !insecure }),
  });
  const kept = agents(true);
  // A connection that was kept may be closing just now, and then nobody knows what became of a request.
  const fresh = agents(false);
  return {
    async send(request) {
      const started = performance.now();
      const { repeatable: _, source: __, take: ___, ...shown } = request;
      const response = await exchange(request, isRepeatable(request) ? kept : fresh, options);
      const milliseconds = Math.round(performance.now() - started);
      const done = { request: shown, response: { ...response, milliseconds } };
      options.onExchange?.(masked(done, request));
      return done;
    },
    close() {
      for (const { http, https } of [kept, fresh]) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function exchange(
  request: WireRequest,
  agents: Agents,
  { connectTimeoutMs = 10_000, timeoutMs = 60_000, maxAnswerBytes = 1 << 26, signal }: WireOptions,
): Promise<Omit<WireResponse, 'milliseconds'>> {
  return new Promise((resolve, reject) => {
    const { origin } = new URL(request.url);
    let connected = false;
    let incoming: IncomingMessage | undefined;
    const outgoing = start(request, agents, signal);
    const whole = setTimeout(() => (incoming ?? outgoing).destroy(tooSlow(request, timeoutMs)), timeoutMs);
    const moved = () => void whole.refresh();
    const failure = (cause: Error): Error => {
      return signal?.aborted === true ? signal.reason : failureOf(request, origin, connected, cause);
    };
    const fail = (error: Error) => {
      clearTimeout(whole);
      outgoing.destroy();
      reject(error);
    };
    outgoing.on('socket', (socket) => {
      whenConnected(socket, outgoing, connectTimeoutMs, origin, () => {
        connected = true;
      });
    });
    outgoing.on('error', (cause) => {
      // A server may refuse a request before it has all of it, and hang up.
      if (incoming === undefined || cause instanceof ClientError || signal?.aborted === true) fail(failure(cause));
    });
    outgoing.on('response', (response) => {
      incoming = response;
      const head = headOf(response);
      const body = received(response, { moved: request.take === undefined ? () => undefined : moved, failure });
      const isTaken = request.take !== undefined && (head.status === 200 || head.status === 206);
      const reading = isTaken
        ? request.take(head, body).then(() => noBody)
        : collected(body, maxAnswerBytes, () => tooLarge(request, maxAnswerBytes));
      reading.then((bytes) => {
        clearTimeout(whole);
        // Whoever takes no more of it has no use for the connection, nor has who is refused before all is sent.
        if (!response.complete || !outgoing.writableEnded) outgoing.destroy();
        resolve({ ...head, body: bytes });
      }, fail);
    });
    if (request.source === undefined) outgoing.end(request.body);
    else pour(request.source, outgoing, moved).catch(fail);
  });
}

function start(
  { method, url, headers, body, source }: WireRequest,
  agents: Agents,
  signal?: AbortSignal,
): ClientRequest {
  const { protocol, host } = new URL(url);
  const secure = protocol === 'https:';
  const own: Fields = [['Host', host], ...headers];
  const length = source?.size ?? body.length;
  const all = length === 0 && safe.has(method) ? own : [...own, ['Content-Length', String(length)] as const];
  const outgoing = (secure ? httpsRequest : httpRequest)(url, {
    method,
    agent: secure ? agents.https : agents.http,
    // As a list, and so in this order, spelt like this, and nothing besides; as bytes, which are UTF-8.
    headers: all.flatMap(([name, value]) => [name, headerBytes(value)]),
    maxHeaderSize: maxHeaderBytes,
    ...(signal === undefined ? {} : { signal }),
  });
  outgoing.maxHeadersCount = 0;
  return outgoing;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

function whenConnected(
  socket: Socket & { readonly encrypted?: boolean },
  outgoing: ClientRequest,
  limit: number,
  origin: string,
  then: () => void,
): void {
  if (!socket.connecting) {
    then();
    return;
  }
  const timer = setTimeout(() => {
    outgoing.destroy(unconnected(origin, limit));
  }, limit);
  outgoing.once('close', () => clearTimeout(timer));
  socket.once(socket.encrypted === true ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    then();
  });
}

function headOf(incoming: IncomingMessage): ResponseHead {
  const { statusCode = 0, statusMessage = '' } = incoming;
  return { status: statusCode, reason: statusMessage, headers: fieldsOf(incoming) };
}

/** Header bytes are UTF-8 nearly always, and Node gives them as Latin-1. */
function fieldsOf({ rawHeaders }: IncomingMessage): Fields {
  const fields: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    fields.push([rawHeaders[at] as string, headerText(rawHeaders[at + 1] as string)]);
  }
  return fields;
}
