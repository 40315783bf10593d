import type { Json, Notification, RpcRequest } from './message.ts';

/** Whom a message is for: any server of a topic, or the one on a host. */
export interface Target {
  readonly topic: string;
  readonly server?: string;
}

/** Answers requests. What it throws travels as a failure; use {@link RemoteError} to choose class and arguments. */
export type RequestHandler = (request: RpcRequest) => Promise<Json>;

/**
 * The bus between gateway and agents: calls with an answer, and notifications. One implementation stays inside the
 * process, the other is RabbitMQ; the messages are the same.
 */
export interface Transport {
  /**
   * @throws NoServer when nobody serves the target
   * @throws NoReply when it did not answer within the time, or the transport was closed meanwhile
   * @throws RemoteError when the server answered with a failure
   */
  call(target: Target, request: RpcRequest, options: { readonly timeoutMs: number }): Promise<Json>;
  /** Serves a topic, and the topic for this host alone. */
  serve(target: Required<Target>, handler: RequestHandler): Promise<() => Promise<void>>;
  /** Publishes a notification; resolves when it is on its way. Never throws. */
  notify(notification: Notification): Promise<void>;
  listen(listener: (notification: Notification) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
