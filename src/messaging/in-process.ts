import { z } from 'zod';
import {
  failureOf,
  type Json,
  NoReply,
  NoServer,
  type Notification,
  notification,
  RemoteError,
  type RpcRequest,
  rpcFailure,
  rpcRequest,
} from './message.ts';
import type { RequestHandler, Target, Transport } from './transport.ts';

/** How many requests a server remembers, so that a repeated one is not carried out again. */
const remembered = 128;

const rpcReply = z.union([z.object({ failure: rpcFailure }), z.object({ result: z.json() })]);

interface Server {
  readonly target: Required<Target>;
  readonly handler: RequestHandler;
  /** The replies of the last requests, by `_unique_id`. */
  readonly replies: Map<string, Promise<string>>;
  readonly running: Set<Promise<string>>;
}

/**
 * The bus within one process. Messages become text and are checked when they are read, exactly as if they had come
 * from RabbitMQ, so that nothing works here that would not work there.
 *
 * A request whose `_unique_id` a server has seen lately is carried out once. Unlike oslo.messaging, which then stays
 * silent, the repeated call gets the reply of the first.
 */
export class InProcessTransport implements Transport {
  readonly #servers: Server[] = [];
  readonly #listeners = new Set<(message: Notification) => void>();
  /** How to give up on the calls under way. */
  readonly #waiting = new Set<(reason: NoReply) => void>();
  readonly #log: (message: string, detail?: unknown) => void;
  #turn = 0;
  #closed = false;

  /** @param log is told about notifications that could not be handed over */
  constructor(log: (message: string, detail?: unknown) => void = () => {}) {
    this.#log = log;
  }

  async call(target: Target, request: RpcRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<Json> {
    const server = this.#pick(target);
    if (server === undefined) throw new NoServer(`nobody serves ${addressOf(target)}`);
    const text = await this.#within(timeoutMs, answer(server, JSON.stringify(request)), target);
    const reply = rpcReply.parse(JSON.parse(text));
    if ('failure' in reply) throw new RemoteError(reply.failure);
    return reply.result;
  }

  async serve(target: Required<Target>, handler: RequestHandler): Promise<() => Promise<void>> {
    const server: Server = { target, handler, replies: new Map(), running: new Set() };
    this.#servers.push(server);
    return async () => {
      const at = this.#servers.indexOf(server);
      if (at !== -1) this.#servers.splice(at, 1);
      await Promise.all(server.running);
    };
  }

  async notify(message: Notification): Promise<void> {
    const text = JSON.stringify(message);
    for (const listener of this.#listeners) queueMicrotask(() => this.#hand(text, listener));
  }

  async listen(listener: (message: Notification) => void): Promise<() => Promise<void>> {
    // A wrapper of its own, so that a function that listens twice can stop listening once.
    const own = (message: Notification): void => listener(message);
    this.#listeners.add(own);
    return async () => {
      this.#listeners.delete(own);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    for (const giveUp of this.#waiting) giveUp(new NoReply('the transport was closed'));
  }

  /** The server of a host, or the next one of the topic in turn. */
  #pick(target: Target): Server | undefined {
    if (this.#closed) return undefined;
    const servers = this.#servers.filter(
      (server) =>
        server.target.topic === target.topic && (target.server === undefined || server.target.server === target.server),
    );
    return servers[this.#turn++ % Math.max(servers.length, 1)];
  }

  async #within<T>(timeoutMs: number, work: Promise<T>, target: Target): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => {
      reject(new NoReply(`${addressOf(target)} did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#waiting.add(reject);
    work.then(resolve, reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(reject);
    }
  }

  #hand(text: string, listener: (message: Notification) => void): void {
    if (!this.#listeners.has(listener)) return;
    try {
      listener(notification.parse(JSON.parse(text)));
    } catch (error) {
      this.#log('a notification could not be handed over', error);
    }
  }
}

/** The reply of a server to a request, as text; a request it has seen before gets the same reply. */
function answer(server: Server, text: string): Promise<string> {
  const id = (JSON.parse(text) as RpcRequest)._unique_id;
  const known = id === undefined ? undefined : server.replies.get(id);
  if (known !== undefined) return known;
  const reply = execute(server.handler, text);
  server.running.add(reply);
  void reply.then(() => server.running.delete(reply));
  if (id !== undefined) {
    server.replies.set(id, reply);
    if (server.replies.size > remembered) server.replies.delete(server.replies.keys().next().value as string);
  }
  return reply;
}

/** Never rejects: whatever goes wrong is in the reply. */
async function execute(handler: RequestHandler, text: string): Promise<string> {
  try {
    return JSON.stringify({ result: await handler(rpcRequest.parse(JSON.parse(text))) });
  } catch (error) {
    return JSON.stringify({ failure: failureOf(error) });
  }
}

function addressOf({ topic, server }: Target): string {
  return server === undefined ? topic : `${topic}.${server}`;
}
