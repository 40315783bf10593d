import type { Json, Notification, RpcRequest } from './message.ts';

/** Whom a message is for: any server of a topic, or the one on a host. */
export interface Target {
  readonly topic: string;
  readonly server?: string;
}

/** How an address is written: `compute`, `compute.node1`. */
export function addressOf({ topic, server }: Target): string {
  return server === undefined ? topic : `${topic}.${server}`;
}

/** How a request is sent. */
export interface SendOptions {
  /** The W3C Trace Context `traceparent` of what the request is part of. */
  readonly traceparent?: string;
}

/** How an answer is waited for. */
export interface CallOptions extends SendOptions {
  /** Milliseconds from sending to the answer. */
  readonly timeoutMs: number;
  /**
   * Seconds between signs of life that the server is asked for while it works; without one for that long the call
   * fails before its time is over. Nothing is asked for when it is not given.
   */
  readonly monitorSeconds?: number;
}

/** What comes along with a request. */
export interface Delivery {
  readonly traceparent?: string;
}

/** Answers requests. What it throws travels as a failure; use {@link RemoteError} to choose class and arguments. */
export type RequestHandler = (request: RpcRequest, delivery: Delivery) => Promise<Json>;

/** Is told what happens. A notification counts as heard when it has resolved; after a crash it may come again. */
export type Listener = (notification: Notification) => Promise<void> | void;

/**
 * The bus between gateway and agents: calls with an answer, requests without one, and notifications. One
 * implementation stays inside the process, the other is RabbitMQ; the messages are the same.
 *
 * Every sending of a request has a `_unique_id` of its own, whatever the request says: servers of oslo.messaging do
 * not answer one they have seen before.
 */
export interface Transport {
  /**
   * @throws NoServer when nobody serves the target, or the broker is away; it was not carried out then
   * @throws NoReply when it did not answer in time, or the connection was lost meanwhile
   * @throws RemoteError when the server answered with a failure
   */
  call(target: Target, request: RpcRequest, options: CallOptions): Promise<Json>;
  /**
   * Sends a request that is not answered; resolves when it is on its way.
   *
   * @throws NoServer when nobody serves the target, or the broker is away
   */
  cast(target: Target, request: RpcRequest, options?: SendOptions): Promise<void>;
  /** Sends a request to every server of a topic. @throws NoServer when the broker is away */
  fanout(topic: string, request: RpcRequest, options?: SendOptions): Promise<void>;
  /**
   * Serves a topic, and the topic for this host alone.
   *
   * @returns stops serving; resolves when all that was begun has been answered
   */
  serve(target: Required<Target>, handler: RequestHandler): Promise<() => Promise<void>>;
  /** Publishes a notification; resolves when it is on its way or given up. Never throws. */
  notify(notification: Notification): Promise<void>;
  listen(listener: Listener): Promise<() => Promise<void>>;
  /** Is told each time the bus is there again after it was away, when messages may have been lost. */
  onReconnect(listener: () => void): () => void;
  /** @throws Error when the bus is away */
  health(): Promise<void>;
  close(): Promise<void>;
}
