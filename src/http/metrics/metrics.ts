import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { HostStatus } from '../../backends/backend.ts';
import type { ValueStore } from '../../cdmi/values/value-store.ts';
import type { Quotas } from '../../gateway/quota/quotas.ts';
import type { Transport } from '../../messaging/transport.ts';
import type { Store } from '../../store/store.ts';
import type { Witness } from '../exchange.ts';
import { agentMetrics } from './agent-metrics.ts';
import { measuredTransport, publicationMetrics } from './broker-metrics.ts';
import { quotaMetrics } from './quota-metrics.ts';
import { requestMetrics } from './request-metrics.ts';
import { measuredStore } from './store-metrics.ts';
import { measuredValues } from './value-metrics.ts';

/** Everything that can be measured, in the text format of Prometheus. */
export type Exposition = () => Promise<{ readonly contentType: string; readonly body: string }>;

/** What can be asked of a gateway at work. */
export interface Observed {
  /** How many requests are being answered. */
  readonly inFlight: () => number;
  /** The hosts of all backends, as they are now. */
  readonly hosts: () => readonly HostStatus[];
  /** How many commands have been committed and not been answered yet. */
  readonly outboxDepth: () => number;
}

/** The metrics of a gateway: its process and whatever it has been given to measure. */
export class Metrics {
  readonly #registry = new Registry();
  #onPublished: ((isReturned: boolean) => void) | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The same store, measured. */
  store(store: Store): Store {
    return measuredStore(store, this.#registry);
  }

  /** The same values of CDMI, measured. */
  values(values: ValueStore, { objects }: Pick<Store, 'objects'>): ValueStore {
    return measuredValues(values, this.#registry, objects);
  }

  /** The same bus, measured. */
  transport(transport: Transport): Transport {
    return measuredTransport(transport, this.#registry);
  }

  /** Is to be told of each message that the broker has confirmed, and whether it came back. */
  get onPublished(): (isReturned: boolean) => void {
    this.#onPublished ??= publicationMetrics(this.#registry);
    return this.#onPublished;
  }

  /** Measures what projects use. */
  quotas(quotas: () => Quotas, store: Pick<Store, 'usage'>): void {
    quotaMetrics(this.#registry, quotas, store);
  }

  /** @returns is to be told of requests */
  gateway({ inFlight, hosts, outboxDepth }: Observed): Witness {
    new Gauge({
      name: 'occi_outbox_commands',
      help: 'Commands of this gateway that have been committed and not been answered yet',
      registers: [this.#registry],
      collect() {
        this.set(outboxDepth());
      },
    });
    agentMetrics(this.#registry, hosts);
    return requestMetrics(this.#registry, inFlight);
  }

  readonly exposition: Exposition = async () => ({
    contentType: this.#registry.contentType,
    body: await this.#registry.metrics(),
  });
}
