import { type Json, type Notification, RemoteError, type RpcRequest } from '../../../src/messaging/message.ts';
import type { CallOptions, Listener, Target, Transport } from '../../../src/messaging/transport.ts';

/** A bus where one answer is always the same, and on which everything is written down. */
export class ScriptedTransport implements Transport {
  readonly calls: { readonly target: Target; readonly request: RpcRequest; readonly timeoutMs: number }[] = [];
  /** What every call is answered with; an Error is thrown. */
  answer: Json | Error = null;
  readonly #listeners = new Set<Listener>();

  async call(target: Target, request: RpcRequest, { timeoutMs }: CallOptions): Promise<Json> {
    this.calls.push({ target, request, timeoutMs });
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }

  /** Has something happen, as an agent would tell it. Resolves when it counts as heard. */
  async tell(event_type: string, payload: Notification['payload'], priority = 'INFO'): Promise<void> {
    const about = { message_id: 'm', publisher_id: 'compute.host1', timestamp: '2026-11-21 04:37:34.025348' };
    const notification = { ...about, event_type, priority, payload };
    await Promise.all([...this.#listeners].map((listener) => listener(notification)));
  }

  async listen(listener: Listener): Promise<() => Promise<void>> {
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
    };
  }

  async serve(): Promise<() => Promise<void>> {
    throw new Error('nobody serves here');
  }

  async cast(): Promise<void> {}

  async fanout(): Promise<void> {}

  async notify(): Promise<void> {}

  onReconnect(): () => void {
    return () => {};
  }

  async health(): Promise<void> {}

  async close(): Promise<void> {}
}

/** A failure as agents answer it. */
export function failure(name: string, kwargs: { readonly [name: string]: Json } = {}, message = 'no'): RemoteError {
  return new RemoteError({
    class: name,
    module: '__main__',
    message,
    tb: ['Traceback'],
    args: [],
    kwargs: { ...kwargs } as never,
  });
}
