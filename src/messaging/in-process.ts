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
  readRequest,
  rpcFailure,
} from './message.ts';
import {
  addressOf,
  type CallOptions,
  type Delivery,
  type Listener,
  type RequestHandler,
  type SendOptions,
  type Target,
  type Transport,
} from './transport.ts';
import { uniqueId } from './unique-id.ts';

// It has just been parsed, so it is JSON: to look at all of a long list again would keep everybody waiting.
const anyJson = z.custom<Json>((value) => value !== undefined);

const rpcReply = z.union([z.object({ failure: rpcFailure }), z.object({ result: anyJson })]);

interface Server {
  readonly target: Required<Target>;
  readonly handler: RequestHandler;
  readonly running: Set<Promise<string>>;
}

/**
 * The bus within one process. Messages become text and are checked when they are read, exactly as if they had come
 * from RabbitMQ, so that nothing works here that would not work there.
 */
export class InProcessTransport implements Transport {
  readonly #servers: Server[] = [];
  readonly #listeners = new Set<Listener>();
  /** How to give up on the calls under way. */
  readonly #waiting = new Set<(reason: NoReply) => void>();
  readonly #log: (message: string, detail?: unknown) => void;
  #turn = 0;
  #closed = false;

  /** @param log is told about notifications that could not be handed over */
  constructor(log: (message: string, detail?: unknown) => void = () => {}) {
    this.#log = log;
  }

  async call(target: Target, request: RpcRequest, { timeoutMs, ...options }: CallOptions): Promise<Json> {
    const server = this.#pick(target);
    const text = await this.#within(timeoutMs, this.#send(server, request, options), target);
    const reply = rpcReply.parse(JSON.parse(text));
    if ('failure' in reply) throw new RemoteError(reply.failure);
    return reply.result;
  }

  async cast(target: Target, request: RpcRequest, options: SendOptions = {}): Promise<void> {
    void this.#send(this.#pick(target), request, options);
  }

  async fanout(topic: string, request: RpcRequest, options: SendOptions = {}): Promise<void> {
    this.#assertOpen(topic);
    for (const server of this.#serving({ topic })) void this.#send(server, request, options);
  }

  async serve(target: Required<Target>, handler: RequestHandler): Promise<() => Promise<void>> {
    const server: Server = { target, handler, running: new Set() };
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

  async listen(listener: Listener): Promise<() => Promise<void>> {
    // A wrapper of its own, so that a function that listens twice can stop listening once.
    const own: Listener = (message) => listener(message);
    this.#listeners.add(own);
    return async () => {
      this.#listeners.delete(own);
    };
  }

  /** It is never away. */
  onReconnect(): () => void {
    return () => {};
  }

  async health(): Promise<void> {
    if (this.#closed) throw new Error('the transport was closed');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    for (const giveUp of this.#waiting) giveUp(new NoReply('the transport was closed'));
  }

  /** The server of a host, or the next one of the topic in turn. @throws NoServer */
  #pick(target: Target): Server {
    this.#assertOpen(addressOf(target));
    const servers = this.#serving(target);
    const server = servers[this.#turn++ % Math.max(servers.length, 1)];
    if (server === undefined) throw new NoServer(`nobody serves ${addressOf(target)}`);
    return server;
  }

  #serving({ topic, server }: Target): readonly Server[] {
    return this.#servers.filter(
      ({ target }) => target.topic === topic && (server === undefined || target.server === server),
    );
  }

  #assertOpen(address: string): void {
    if (this.#closed) throw new NoServer(`nobody serves ${address}: the transport was closed`);
  }

  /** Never rejects: whatever goes wrong is in the reply. */
  #send(server: Server, request: RpcRequest, { traceparent }: SendOptions): Promise<string> {
    const text = JSON.stringify({ ...request, _unique_id: uniqueId() });
    const reply = execute(server.handler, text, traceparent === undefined ? {} : { traceparent });
    server.running.add(reply);
    void reply.then(() => server.running.delete(reply));
    return reply;
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

  async #hand(text: string, listener: Listener): Promise<void> {
    if (!this.#listeners.has(listener)) return;
    try {
      await listener(notification.parse(JSON.parse(text)));
    } catch (error) {
      if (this.#listeners.has(listener)) this.#log('a notification could not be handed over', error);
    }
  }
}

async function execute(handler: RequestHandler, text: string, delivery: Delivery): Promise<string> {
  try {
    return JSON.stringify({ result: await handler(readRequest(JSON.parse(text)), delivery) });
  } catch (error) {
    return JSON.stringify({ failure: failureOf(error) });
  }
}
