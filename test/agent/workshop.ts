import { randomUUID } from 'node:crypto';
import { type Agent, type AgentOptions, startAgent } from '../../src/agent/agent.ts';
import type { Driver } from '../../src/agent/driver.ts';
import { fakeDriver } from '../../src/agent/fake-driver.ts';
import { MachineStore } from '../../src/agent/machine-store.ts';
import { InProcessTransport } from '../../src/messaging/in-process.ts';
import { type Json, type Notification, RemoteError, type RpcFailure } from '../../src/messaging/message.ts';

/** The name of the agent in tests. */
export const host = 'host1';

/** What agents answer, for tests to look into. */
export type Answer = { readonly [name: string]: Json };

/** How to start an agent: with the fake driver unless there is another one, and in memory unless there is a directory. */
export type WorkshopOptions = Partial<Omit<AgentOptions, 'transport' | 'store' | 'log'>> & {
  readonly directory?: string;
};

/** An agent and someone who talks to it over the bus. */
export class Workshop {
  readonly transport = new InProcessTransport();
  readonly notifications: Notification[] = [];
  readonly faults: unknown[] = [];
  readonly store: MachineStore;
  readonly #waiting = new Set<() => void>();
  #agent: Agent | undefined;
  #closing: Promise<void> | undefined;

  private constructor(directory: string | undefined) {
    this.store = new MachineStore(directory);
  }

  static async open(options: WorkshopOptions = {}): Promise<Workshop> {
    const { directory, driver = fakeDriver({ delayMs: 0 }), ...more } = options;
    const workshop = new Workshop(directory);
    const { transport, store, faults } = workshop;
    await transport.listen((notification) => {
      workshop.notifications.push(notification);
      for (const look of workshop.#waiting) look();
    });
    const log = (_: string, detail?: unknown) => {
      // What is answered to who asked is no fault of the agent.
      if (!(detail instanceof RemoteError)) faults.push(detail);
    };
    workshop.#agent = await startAgent({ transport, host, store, driver, log, ...more });
    return workshop;
  }

  /** Calls a method on the agent's host. */
  async call(method: string, args: Answer, more: Answer = {}): Promise<Answer> {
    const topic = /volumes?$|snapshot$/.test(method) && !/attach|detach/.test(method) ? 'volume' : 'compute';
    const target = { topic: /networks?$/.test(method) ? 'network' : topic, server: host };
    const request = { method, args: args as never, version: '1.0', _context_project_id: 'tenant-1', ...more };
    return (await this.transport.call(target, request, { timeoutMs: 60_000 })) as Answer;
  }

  /** The failure of a call that is expected to fail. */
  async refusal(method: string, args: Answer, more: Answer = {}): Promise<RpcFailure> {
    const error = await this.call(method, args, more).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof RemoteError) return error.failure;
    throw new Error(`${method} was not refused but ended with ${String(error)}`);
  }

  /** Waits for the n-th notification of a type, counted from the beginning; about one thing, if it is named. */
  async notified(eventType: string, about?: string, n = 1): Promise<Notification> {
    const matching = () =>
      this.notifications.filter(
        ({ event_type, payload }) =>
          event_type === eventType && (about === undefined || Object.values(payload).includes(about)),
      );
    while (matching().length < n) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
    }
    return matching()[n - 1] as Notification;
  }

  /** The types of all notifications so far. */
  get eventTypes(): readonly string[] {
    return this.notifications.map(({ event_type }) => event_type);
  }

  /** An instance that runs. */
  async running(more: Answer = {}): Promise<string> {
    const uuid = await this.building(more);
    await this.notified('compute.instance.create.end', uuid);
    return uuid;
  }

  /** An instance that has been asked for. */
  async building(more: Answer = {}): Promise<string> {
    const uuid = randomUUID();
    await this.call('run_instance', { instance_uuid: uuid, flavor: small, ...more });
    return uuid;
  }

  /** Once, however often it is asked for. @param hurry as with {@link Agent.close} */
  close(hurry?: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(hurry);
    return this.#closing;
  }

  async #close(hurry: AbortSignal | undefined): Promise<void> {
    await this.#agent?.close(hurry);
    await this.transport.close();
    this.store.close();
  }
}

export const small = { name: 'small', vcpus: 1, memory_mb: 1024, root_gb: 10 };
export const medium = { name: 'medium', vcpus: 2, memory_mb: 2048, root_gb: 20 };

/** A driver whose operations wait until they are let go, one by one, and which tells their names. */
export class HeldDriver {
  readonly driver: Driver;
  /** The operations that have begun. */
  readonly begun: string[] = [];
  readonly #held: { name: string; release: () => void; fail: (error: Error) => void }[] = [];
  readonly #watching = new Set<() => void>();

  /** @param stoppable whether operations give up when the agent stops */
  constructor({ stoppable = true }: { readonly stoppable?: boolean } = {}) {
    const real = fakeDriver({ delayMs: 0 });
    this.driver = new Proxy(real, {
      get: (_, name: keyof Driver) => {
        if (name === 'refusal') return real.refusal;
        return (...args: readonly unknown[]) => {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          if (stoppable) (args.at(-1) as AbortSignal).addEventListener('abort', () => reject(new Error('stopped')));
          this.begun.push(name);
          this.#held.push({ name, release: resolve, fail: reject });
          for (const look of this.#watching) look();
          return promise;
        };
      },
    });
  }

  /** Lets the oldest operation that is held, or that of a name, end as soon as there is one. */
  async release(name?: string): Promise<void> {
    (await this.#next(name)).release();
  }

  /** Lets the oldest operation that is held fail. */
  async fail(message: string): Promise<void> {
    (await this.#next()).fail(new Error(message));
  }

  /** Waits for an operation to begin. */
  async begins(name: string): Promise<void> {
    while (!this.begun.includes(name)) await this.#change();
  }

  async #next(name?: string) {
    for (;;) {
      const at = this.#held.findIndex((one) => name === undefined || one.name === name);
      const [held] = at === -1 ? [] : this.#held.splice(at, 1);
      if (held !== undefined) return held;
      await this.#change();
    }
  }

  async #change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watching.add(resolve);
    await promise;
    this.#watching.delete(resolve);
  }
}
