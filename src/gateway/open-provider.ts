import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, EntityEvent, HostStatus } from '../backends/backend.ts';
import type { Model } from '../occi/model.ts';
import type { Store } from '../store/store.ts';
import { EventSink } from './events.ts';
import type { Keeper } from './keeper.ts';
import type { Limits } from './limits.ts';
import { Outbox, type OutboxLog } from './outbox.ts';
import type { Provider } from './provider.ts';
import { Quotas } from './quota/quotas.ts';
import { Reconciler } from './reconciler.ts';
import { recordReader } from './record-reader.ts';
import { Tenants } from './tenants.ts';

export interface ProviderOptions {
  readonly store: Store;
  /** What the provider defines, with what the backends offer. */
  readonly model: Model;
  readonly backends: readonly Backend[];
  /** Who keeps entities that no backend makes real. */
  readonly keeper?: Keeper | undefined;
  readonly limits: Limits;
  readonly templateScheme: string;
  /** How much projects may use, as it is at the moment; as much as they like when nothing is said. */
  readonly quotas?: { readonly current: Quotas };
  readonly log: OutboxLog;
  /** Milliseconds until a backend that was away is tried again; doubled each time, up to half a minute. */
  readonly retryMs?: number;
  /** Milliseconds between comparisons of the record with what really exists; one minute. */
  readonly reconcileMs?: number;
  /** Milliseconds between looks for commands of processes that share the record and are gone; five seconds. */
  readonly takeoverMs?: number;
}

/** A provider at work. */
export interface OpenProvider {
  /** The provider as a project sees it. */
  of(project: string): Provider | Promise<Provider>;
  /** @throws Error with what is missing for requests to be served */
  ready(): Promise<void>;
  /** The hosts of all backends. */
  hosts(): readonly HostStatus[];
  /** How many commands have been committed and not been answered yet. */
  outboxDepth(): number;
  /** Lets what is under way come to its end. Backends and store are closed by whoever opened them, afterwards. */
  close(): Promise<void>;
}

/** Milliseconds that are usual where nothing is said. */
const usual = { retry: 500, longestRetry: 30_000, reconcile: 60_000, doubt: 250, takeover: 5000 };

/** How long the start waits for what a crash has left over, in milliseconds: usually somebody answers at once. */
const patienceMs = 1000;

/**
 * Puts store, model and backends together: events flow into the record, commands left over by a crash are
 * delivered, and what really exists is compared with the record, while requests are served already.
 */
export async function openProvider(options: ProviderOptions): Promise<OpenProvider> {
  const { store, backends, model, log, retryMs = usual.retry } = options;
  const sink = new EventSink(store, model, log, (location) => outbox.awaits(location));
  const apply = sink.apply.bind(sink);
  const record = recordReader(store);
  const outbox = new Outbox({
    store,
    record,
    model,
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    apply,
    log,
    retryMs,
    longestRetryMs: Math.max(retryMs, usual.longestRetry),
  });
  const reconciler = new Reconciler({
    backends,
    record,
    apply,
    log,
    everyMs: options.reconcileMs ?? usual.reconcile,
    doubtMs: Math.min(options.reconcileMs ?? usual.doubt, usual.doubt),
  });
  const tenants = new Tenants({
    store,
    outbox,
    model,
    limits: options.limits,
    templateScheme: options.templateScheme,
    quotas: options.quotas ?? { current: new Quotas(model) },
    ...(options.keeper && { keeper: options.keeper }),
    backendOf: (kind) => backends.find((backend) => backend.serves(kind)),
  });
  const doubt = () => {
    outbox.nudge();
    reconciler.doubt();
  };
  const hear = (event: EntityEvent) => sink.apply(event, true);
  const stops = backends.flatMap((backend) => [backend.subscribe(hear), backend.onDoubt?.(doubt) ?? (() => {})]);
  const resume = () => outbox.resume().catch((err: unknown) => log.error({ err }, 'commands left over not read'));
  const resumed = resume();
  // Another process of the same record may end and leave its commands behind at any time.
  const takeover = store.shared ? setInterval(resume, options.takeoverMs ?? usual.takeover) : undefined;
  const hurry = new AbortController();
  await Promise.race([resumed, delay(patienceMs, undefined, { signal: hurry.signal }).catch(() => {})]);
  hurry.abort();
  void reconciler.start();
  return {
    of: (project) => tenants.of(project),
    async ready() {
      await store.health();
      for (const backend of backends) await backend.health();
    },
    hosts: () => backends.flatMap((backend) => backend.hosts?.() ?? []),
    outboxDepth: () => outbox.depth,
    async close() {
      clearInterval(takeover);
      outbox.close();
      reconciler.close();
      for (const stop of stops) stop();
      await sink.close();
    },
  };
}
