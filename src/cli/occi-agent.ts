#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { startAgent } from '../agent/agent.ts';
import type { Driver } from '../agent/driver.ts';
import { fakeDriver } from '../agent/fake-driver.ts';
import { MachineStore } from '../agent/machine-store.ts';
import { openLog } from '../log.ts';
import { shownUrl } from '../messaging/amqp/options.ts';
import { openAmqpTransport } from '../messaging/amqp-transport.ts';
import { openTracer } from '../tracing/open-tracer.ts';
import { tracedTransport } from '../tracing/traced.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { version } from '../version.ts';
import { type AgentConfig, type AgentSetting, agentSettings, readAgentConfig } from './agent-settings.ts';

/** What each of the settings for `--driver` stands for. */
const drivers: Readonly<Record<AgentConfig['driver'], (config: AgentConfig) => Driver>> = { fake: fakeDriver };

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) process.stdout.write(help());
else if (args.includes('--version') || args.includes('-v')) process.stdout.write(`${version}\n`);
else await run().catch(exitWith);

/** Starts the agent with what command line and environment say, and stops it in order on SIGTERM and SIGINT. */
async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readAgentConfig(args, process.env);
  const { host, topics, directory, exchange, declare } = config;
  const limits = { vcpus: config.cores, memory_mb: config.memory, disk_mb: config.disk };
  const tls = certificates(config);
  const log = openLog(config.logLevel);
  const warn = (message: string, detail?: unknown) =>
    log.warn(detail instanceof Error ? { err: detail } : { detail }, message);

  const store = new MachineStore(directory);
  const tracer = await tracerOf(config);
  const amqp = await openAmqpTransport({
    url: config.amqpUrl,
    tls,
    exchange,
    declare,
    name: `occi-agent ${host}`,
    log: warn,
  });
  const transport = tracer === undefined ? amqp : tracedTransport(amqp, tracer);
  const agent = await startAgent({
    transport,
    host,
    store,
    driver: drivers[config.driver](config),
    limits,
    topics,
    heartbeatSeconds: config.heartbeatSeconds,
    log: warn,
  });

  const hurry = new AbortController();
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) {
      hurry.abort();
      return;
    }
    isStopping = true;
    log.info({ signal }, 'draining');
    log.flush();
    setTimeout(() => hurry.abort(), config.drainMs);
    agent
      .close(hurry.signal)
      .then(() => transport.close())
      .then(() => tracer?.close())
      .then(() => {
        store.close();
        log.info({}, 'stopped');
        log.flush();
        process.exit(0);
      })
      .catch(exitWith);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // Who reads that it has started may send a signal at once.
  log.info({ version, host, url: shownUrl(config.amqpUrl), exchange, declare, topics, directory, limits }, 'started');
  log.flush();
}

/** @throws Error when a file cannot be read */
function certificates({ amqpCa, amqpCert, amqpKey }: AgentConfig) {
  const read = (file: string) => readFileSync(file, 'utf8');
  return {
    ...(amqpCa === undefined ? {} : { ca: read(amqpCa) }),
    ...(amqpCert === undefined ? {} : { cert: read(amqpCert) }),
    ...(amqpKey === undefined ? {} : { key: read(amqpKey) }),
  };
}

function tracerOf({ otlpEndpoint: endpoint }: AgentConfig): Promise<Tracer> | undefined {
  return endpoint === undefined ? undefined : openTracer({ endpoint, service: 'occi-agent' });
}

function help(): string {
  const settings = Object.values<AgentSetting>(agentSettings).map(
    ({ option, value, variable, meaning, default: fallback, shown = fallback }) => {
      const preset = shown === undefined ? '' : ` (default ${shown})`;
      return `  --${option} ${value}\n      ${meaning}${preset} [${variable}]`;
    },
  );
  const usage = 'usage: occi-agent [options]; without one, the environment variable in brackets counts';
  return `occi-agent ${version}\n\n${usage}\n\n${settings.join('\n')}\n`;
}

function exitWith(error: unknown): never {
  process.stderr.write(`occi-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
