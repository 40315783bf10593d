import { type Backend, Unreachable } from '../backends/backend.ts';
import type { Model } from '../occi/model.ts';
import type { Store } from '../store/store.ts';
import { Catalogue } from './catalogue.ts';
import { EventSink } from './events.ts';
import type { Limits } from './limits.ts';
import { Outbox, type OutboxLog } from './outbox.ts';
import type { Provider } from './provider.ts';

export interface ProviderOptions {
  readonly store: Store;
  /** What the provider defines, with what the backends offer. */
  readonly model: Model;
  readonly backends: readonly Backend[];
  readonly limits: Limits;
  readonly templateScheme: string;
  readonly log: OutboxLog;
  /** Milliseconds between attempts to reach a backend that was away. */
  readonly retryMs?: number;
}

/** A provider at work. */
export interface OpenProvider {
  readonly provider: Provider;
  /** @throws Error with what is missing for requests to be served */
  ready(): Promise<void>;
  /** Lets what is under way come to its end, then closes backends and store. */
  close(): Promise<void>;
}

const defaultRetryMs = 2000;

/**
 * Puts store, model and backends together: events flow into the record, commands left over by a crash are
 * delivered, and what really exists is compared with the record.
 */
export async function openProvider(options: ProviderOptions): Promise<OpenProvider> {
  const { store, backends, log } = options;
  const catalogue = await Catalogue.open(options.model, store);
  const sink = new EventSink(store, catalogue);
  const apply = sink.apply.bind(sink);
  const outbox = new Outbox({
    store,
    catalogue,
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    apply,
    log,
    retryMs: options.retryMs ?? defaultRetryMs,
  });
  const provider: Provider = {
    store,
    catalogue,
    outbox,
    limits: options.limits,
    templateScheme: options.templateScheme,
    backendOf: (kind) => backends.find((backend) => backend.serves(kind)),
  };
  const unsubscribe = backends.map((backend) =>
    backend.subscribe((event) => {
      apply(event).catch((error: unknown) => log.error({ err: error, entity: event.id }, 'event lost'));
    }),
  );
  await outbox.resume();
  for (const backend of backends) {
    try {
      for await (const observation of backend.survey()) await apply(observation);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      // The record stands as it is; readiness tells that nobody is there.
      log.warn({ err: error, backend: backend.name }, 'backend cannot be surveyed');
    }
  }
  return {
    provider,
    async ready() {
      await store.health();
      for (const backend of backends) await backend.health();
    },
    async close() {
      outbox.close();
      for (const stop of unsubscribe) stop();
      await sink.idle();
      await Promise.all(backends.map((backend) => backend.close()));
      await store.close();
    },
  };
}
