import { type Broker, startPython } from './python-process.ts';

/** Whom a Python client sends a request to and how, in oslo.messaging's words; times are in seconds. */
export interface PythonRequest {
  readonly topic: string;
  readonly server?: string;
  readonly method: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly version?: string;
  readonly namespace?: string;
  readonly timeout?: number;
  /** How long it waits for a sign of life from a server that takes long. */
  readonly monitor_timeout?: number;
  /** Whether it wants to be told when nobody has a queue there. */
  readonly at_least_once?: boolean;
  /** The modules whose exceptions it rebuilds; `nova.exception` unless given. */
  readonly allowed_remote_exmods?: readonly string[];
  readonly context?: Readonly<Record<string, unknown>>;
}

/** What a Python listener is told. */
export interface PythonNotification {
  readonly priority: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly publisher_id: string;
  readonly event_type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly metadata: { readonly message_id: string; readonly timestamp: string };
}

/** An exception as Python code sees it. */
interface Described {
  readonly class: string;
  readonly module: string;
  readonly message: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The class of the failure when oslo.messaging did not rebuild it, and `class` is `RemoteError`. */
  readonly exc_type: string | null;
}

/** A request of a Python client that failed there. */
export class PythonException extends Error {
  override readonly name = 'PythonException';
  readonly class: string;
  readonly module: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The class of the failure when oslo.messaging did not rebuild it, and `class` is `RemoteError`. */
  readonly exc_type: string | null;

  constructor(described: Described) {
    super(described.message);
    this.class = described.class;
    this.module = described.module;
    this.args = described.args;
    this.kwargs = described.kwargs;
    this.exc_type = described.exc_type;
  }
}

/** The real oslo.messaging as a client; requests may be made at the same time. */
export interface PythonClient {
  /** @throws PythonException when the call failed, on the other side or on this */
  call(request: PythonRequest): Promise<unknown>;
  cast(request: PythonRequest): Promise<void>;
  fanout(request: PythonRequest): Promise<void>;
  notify(notification: Pick<PythonNotification, 'publisher_id' | 'event_type' | 'payload'>): Promise<void>;
  /**
   * Tells about every notification from now on.
   *
   * @param options.requeue_first whether the first is given back to the broker, so that it comes twice
   */
  listen(
    listener: (notification: PythonNotification) => void,
    options?: { readonly requeue_first?: boolean },
  ): Promise<void>;
  stop(): Promise<void>;
}

type Line =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly exception: Described }
  | { readonly notification: PythonNotification };

/** Starts a client on the real oslo.messaging. */
export async function startPythonClient(broker: Broker): Promise<PythonClient> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(notification: PythonNotification) => void>();
  let last = 0;

  const onLine = (text: string): void => {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as Line;
    if ('notification' in line) {
      for (const listener of listeners) listener(line.notification);
    } else {
      const request = waiting.get(line.id);
      waiting.delete(line.id);
      if ('exception' in line) request?.reject(new PythonException(line.exception));
      else request?.resolve(line.result);
    }
  };
  const client = await startPython('client.py', broker, [], { ready: /^client up/, onLine });
  void client.ended.then((how) => {
    for (const { reject } of waiting.values()) reject(new Error(`the client ended with ${how}\n${client.output()}`));
  });

  const ask = (what: string, request: object): Promise<unknown> => {
    const id = ++last;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    client.stdin.write(`${JSON.stringify({ id, do: what, ...request })}\n`);
    return answer.promise;
  };
  const send = (what: string, { args = {}, ...request }: PythonRequest) => ask(what, { args, ...request });
  return {
    call: (request) => send('call', request),
    cast: async (request) => void (await send('cast', request)),
    fanout: async (request) => void (await send('fanout', request)),
    notify: async (notification) => void (await ask('notify', notification)),
    listen: async (listener, options = {}) => {
      listeners.add(listener);
      await ask('listen', options);
    },
    stop: () => client.stop(),
  };
}
