import { readFileSync } from 'node:fs';
import type { Backend } from './backends/backend.ts';
import { embeddedBackend } from './backends/embedded/embedded.ts';
import { novaBackend } from './backends/nova/nova.ts';
import type { Config } from './config.ts';
import type { Metrics } from './http/metrics/metrics.ts';
import type { AmqpOptions } from './messaging/amqp/options.ts';
import { openAmqpTransport } from './messaging/amqp-transport.ts';
import type { Model } from './occi/model.ts';
import { tracedTransport } from './tracing/traced.ts';
import type { Tracer } from './tracing/tracer.ts';

/** What every backend has to know. */
export interface BackendSurroundings {
  /** The identity of the store. */
  readonly provider: string;
  /** The model as it is now; not asked for before the first plan. */
  readonly model: () => Pick<Model, 'depends'>;
  readonly metrics: Metrics;
  readonly tracer: Tracer | undefined;
  readonly log: (message: string, detail?: unknown) => void;
}

/**
 * Opens the backend that the configuration names.
 *
 * @throws Error when it cannot be used as it is configured; a broker that is away is no reason
 */
export function openBackend(config: Config, surroundings: BackendSurroundings): Promise<Backend> {
  return config.backend === 'nova' ? overRabbitMq(config, surroundings) : withinTheProcess(config, surroundings);
}

function withinTheProcess(config: Config, surroundings: BackendSurroundings): Promise<Backend> {
  const { tracer } = surroundings;
  return embeddedBackend({
    ...surroundings,
    ...(tracer && { around: (transport) => tracedTransport(transport, tracer) }),
    strays: config.unknownMachines,
    directory: config.dataDir,
    delayMs: config.fakeDelayMs,
    timeoutMs: config.backendTimeoutMs,
    templateScheme: config.templateScheme,
  });
}

async function overRabbitMq(config: Config, surroundings: BackendSurroundings): Promise<Backend> {
  const limits = { maxLength: config.amqpEventsMax, maxAgeMs: config.amqpEventsMaxAgeSeconds * 1000 };
  const amqp = await openAmqpTransport({
    ...brokerOf(config),
    onPublished: surroundings.metrics.onPublished,
    exchange: config.amqpExchange,
    declare: config.amqpDeclare,
    events: [
      // What happens to entities is written once, in order, by one of the gateways that share the store; signs of life
      // are for each of them.
      { ...limits, queue: `occi-${surroundings.provider}`, keys: ['notifications.info', 'notifications.error'] },
      { ...limits, keys: ['notifications.sample'] },
    ],
    log: surroundings.log,
  });
  const { metrics, tracer } = surroundings;
  const transport = metrics.transport(tracer === undefined ? amqp : tracedTransport(amqp, tracer));
  const backend = await novaBackend({
    ...surroundings,
    name: 'nova',
    transport,
    strays: config.unknownMachines,
    timeoutMs: config.backendTimeoutMs,
    agentTimeoutMs: config.agentTimeoutSeconds * 1000,
  });
  return {
    ...backend,
    async close() {
      await backend.close();
      await transport.close();
    },
  };
}

/** How the broker is reached. @throws Error when a certificate cannot be read */
export function brokerOf(config: Config): Pick<AmqpOptions, 'url' | 'name' | 'tls'> {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const files = { ca: read(config.amqpCa), cert: read(config.amqpCert), key: read(config.amqpKey) };
  const tls = Object.fromEntries(Object.entries(files).filter(([, pem]) => pem !== undefined));
  return { url: config.amqpUrl, name: 'occi-gateway', tls };
}
