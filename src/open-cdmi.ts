import { readAdvertised } from './cdmi/advertised.ts';
import { CapabilitiesTree } from './cdmi/capabilities.ts';
import { DomainSummaries } from './cdmi/domains/summary/domain-summaries.ts';
import { removeExpired } from './cdmi/expiry.ts';
import { containerKeeper } from './cdmi/exports/container-keeper.ts';
import { lacking } from './cdmi/exports/protocols.ts';
import { containerMixin } from './cdmi/exports/storage.ts';
import { usualLimits } from './cdmi/metadata/limits.ts';
import { newObjectId } from './cdmi/object-id.ts';
import type { Cdmi } from './cdmi/session.ts';
import { Claim } from './cdmi/values/claim.ts';
import { Collector } from './cdmi/values/collector.ts';
import { openValues } from './cdmi/values/open-values.ts';
import { ValueReader } from './cdmi/values/value-reader.ts';
import type { ValueStore } from './cdmi/values/value-store.ts';
import { lackingWith } from './cdmi/watching/offered.ts';
import { Watcher } from './cdmi/watching/watcher.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import type { Keeper } from './gateway/keeper.ts';
import type { Quotas } from './gateway/quota/quotas.ts';
import { type CdmiHandler, cdmiHandler } from './http/cdmi/on-cdmi.ts';
import type { Metrics } from './http/metrics/metrics.ts';
import type { Traffic } from './http/traffic.ts';
import type { Model } from './occi/model.ts';
import { seatOf } from './store/seat.ts';
import { type Store, StoreUnavailable } from './store/store.ts';

/** What CDMI is opened with. */
export interface CdmiSurroundings {
  readonly store: Store;
  /** What OCCI has: containers are exported to it where it can show them. */
  readonly model: Model;
  /** How much projects may use, as it is at the moment. */
  readonly quotas: { readonly current: Quotas };
  readonly traffic: Traffic;
  readonly metrics: Metrics;
  readonly log: { error(details: object, message: string): void };
}

/** CDMI at work. */
export interface OpenCdmi {
  readonly handler: CdmiHandler;
  /** Keeps the storage that stands for containers. */
  readonly keeper: Keeper;
  /** Lets what is under way come to its end; before the store is closed. */
  close(): Promise<void>;
}

/**
 * Opens CDMI as the configuration has it.
 *
 * @throws Error when values cannot be kept there, or belong to somebody else
 */
export async function openCdmi(config: Config, surroundings: CdmiSurroundings): Promise<OpenCdmi> {
  const closers = new Closers();
  try {
    return await open(config, surroundings, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function open(config: Config, surroundings: CdmiSurroundings, closers: Closers): Promise<OpenCdmi> {
  const { store, model, quotas, traffic, metrics, log } = surroundings;
  const { cdmiEnterpriseNumber: enterprise } = config;
  const exports = model.mixin(containerMixin) === undefined ? [] : config.cdmiExports;
  const without = [...config.cdmiWithout, ...lacking(exports), ...lackingWith(config.cdmiWithout)];
  const values = closers.add(metrics.values(await openValues(config, store.identity), store));
  const claim = await claimed(config, values, surroundings);
  const reader = new ValueReader(values);
  const collector = closers.add(
    new Collector({
      store,
      values,
      reader,
      claim,
      isAlone: !store.shared,
      onError: (err) => log.error({ err }, 'values that nobody needs cannot be removed'),
    }),
  );
  const noticed = () => collector.notice();
  const advertised = readAdvertised({ limits: usualLimits, domains: config.cdmiDomains });
  const capabilities = new CapabilitiesTree({ advertised, without, enterprise, identity: store.identity });
  const limits = {
    valueBytes: config.cdmiMaxValueBytes,
    readBytes: config.cdmiMaxHashedBytes,
    batch: config.maxBatch,
    metadata: usualLimits,
  };
  const making = { newId: () => newObjectId(enterprise), now: () => Date.now() * 1000 };
  const shared = { values, reader, noticed, capabilities, ...making, limits };
  const summarizing = {
    ...making,
    store,
    everyMs: config.cdmiSummarySeconds * 1000,
    days: config.cdmiSummaryDays,
    onError: (err: unknown) => log.error({ err }, 'what has been counted of domains cannot be written down'),
  };
  const hasSummaries = capabilities.has('cdmi_domains') && capabilities.has('cdmi_domain_summary', 'domain');
  const summaries = hasSummaries ? closers.add(new DomainSummaries(summarizing)) : undefined;
  const watcher = closers.add(
    new Watcher({
      ...shared,
      store,
      limitsOf: (project) => quotas.current.limitsOf(project),
      most: config.cdmiMaxFilledQueues,
      longest: config.cdmiMaxFilledValues,
      onError: (err) => log.error({ err }, 'queues of CDMI cannot be filled'),
    }),
  );
  const endExpiry = removeExpired({
    store,
    told: (object) => watcher.removed(object),
    noticed: () => {
      noticed();
      summaries?.changed();
    },
    onError: (err) => log.error({ err }, 'objects that have expired cannot be removed'),
  });
  closers.add({ close: endExpiry });
  const cdmi: Cdmi = { ...shared, watches: watcher.watches, exports, ...(summaries && { summaries }) };
  const handler = cdmiHandler(cdmi, { bodyBytes: config.maxBodyBytes, slashless: config.cdmiSlashless, traffic });
  return {
    handler,
    keeper: containerKeeper(cdmi),
    close: () => closers.close(),
  };
}

/** Makes sure that the values are this record's. Where they are away, it is found out before one is removed. */
async function claimed(config: Config, values: ValueStore, { store, log }: CdmiSurroundings): Promise<Claim> {
  const claim = new Claim(values.claim, { record: store.identity, ...(await seatOf(config)) });
  await claim.assert().catch((err: unknown) => {
    if (!(err instanceof StoreUnavailable)) throw err;
    log.error({ err }, 'whose the values are cannot be found out yet');
  });
  return claim;
}
