import { type Agent, startAgent } from '../../../src/agent/agent.ts';
import type { Limits } from '../../../src/agent/capacity.ts';
import { fakeDriver } from '../../../src/agent/fake-driver.ts';
import { MachineStore } from '../../../src/agent/machine-store.ts';
import { InProcessTransport } from '../../../src/messaging/in-process.ts';
import { type Json, NoReply, type Notification, type RpcRequest } from '../../../src/messaging/message.ts';
import type { CallOptions, Listener, Target } from '../../../src/messaging/transport.ts';

/** What goes wrong with the next call of a method: the answer gets lost, or the request. */
type Fault = 'answer' | 'request';

/** A bus within the process on which things go wrong when a test wants it. */
export class FaultyTransport extends InProcessTransport {
  readonly calls: { readonly target: Target; readonly request: RpcRequest }[] = [];
  /** What becomes of a notification on its way: itself, nothing, or several. */
  conveyed: (notification: Notification) => readonly Notification[] = (notification) => [notification];
  readonly #faults: { readonly method: string; readonly fault: Fault }[] = [];
  readonly #reconnected = new Set<() => void>();

  /** Has the next call of a method go wrong. */
  lose(fault: Fault, method: string): void {
    this.#faults.push({ method, fault });
  }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** The connection was lost and is there again. */
  reconnect(): void {
    for (const listener of this.#reconnected) listener();
  }

  override onReconnect(listener?: () => void): () => void {
    if (listener !== undefined) this.#reconnected.add(listener);
    return () => listener !== undefined && this.#reconnected.delete(listener);
  }

  override async call(target: Target, request: RpcRequest, options: CallOptions): Promise<Json> {
    this.calls.push({ target, request });
    const at = this.#faults.findIndex(({ method }) => method === request.method);
    const [fault] = at === -1 ? [] : this.#faults.splice(at, 1);
    if (fault?.fault !== 'request') {
      const result = await super.call(target, request, options);
      if (fault === undefined) return result;
    }
    throw new NoReply('lost');
  }

  override async listen(listener: Listener): Promise<() => Promise<void>> {
    return super.listen(async (notification) => {
      for (const one of this.conveyed(notification)) await listener(one);
    });
  }

  /** The methods that were called since the last time, with where they went. */
  asked(): readonly string[] {
    return this.calls.splice(0).map(({ target, request }) => `${request.method} ${target.server ?? 'any'}`);
  }
}

/** Agents with fake machines on a bus within the process. */
export class Fleet {
  readonly transport = new FaultyTransport();
  readonly #stores = new Map<string, MachineStore>();
  readonly #agents = new Map<string, Agent>();

  /** Starts an agent with what it had before; `wiped` has it forget everything. */
  async start(host: string, { limits, wiped = false }: { limits?: Limits; wiped?: boolean } = {}): Promise<void> {
    const kept = wiped ? undefined : this.#stores.get(host);
    const store = kept ?? new MachineStore();
    this.#stores.set(host, store);
    const transport = this.transport;
    const driver = fakeDriver({ delayMs: 0 });
    const agent = await startAgent({ transport, host, store, driver, ...(limits === undefined ? {} : { limits }) });
    this.#agents.set(host, agent);
  }

  /** Ends an agent; its machines go on. */
  async stop(host: string): Promise<void> {
    await this.#agents.get(host)?.close();
    this.#agents.delete(host);
  }

  /** The UUIDs of the machines on a host. */
  machines(host: string): readonly string[] {
    return (this.#stores.get(host)?.instances.all() ?? []).map(({ uuid }) => uuid);
  }

  /** An agent tells that it lives. */
  async beat(host: string, state: 'up' | 'draining' | 'down' = 'up', started_at = 'then'): Promise<void> {
    await this.transport.notify({
      message_id: 'm',
      publisher_id: `compute.${host}`,
      event_type: 'agent.heartbeat',
      priority: 'INFO',
      payload: { host, state, started_at, interval_seconds: 10 },
      timestamp: '2026-11-21 04:37:34.025348',
    });
  }

  async close(): Promise<void> {
    for (const host of [...this.#agents.keys()]) await this.stop(host);
    await this.transport.close();
    for (const store of this.#stores.values()) store.close();
  }
}
