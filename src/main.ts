#!/usr/bin/env node
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig, settings, unknownVariables } from './config.ts';
import { createGateway } from './gateway.ts';
import { nodeServer } from './http/node-server.ts';
import { openLog } from './log.ts';
import { version } from './version.ts';

const { values } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
});
if (values.help === true) {
  const lines = Object.values(settings).map(({ variable, default: fallback, meaning }) => {
    return `  ${variable.padEnd(32)} ${meaning}${fallback === undefined ? '' : ` (default ${fallback || 'none'})`}`;
  });
  process.stdout.write(`occi-gateway ${version}\n\nusage: occi-gateway [--help] [--version]\n\n${lines.join('\n')}\n`);
} else if (values.version === true) process.stdout.write(`${version}\n`);
else await run();

/** Starts the gateway with what the environment says, and stops it in order on SIGTERM and SIGINT. */
async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readOrExit();
  const log = openLog(config.logLevel);
  for (const variable of unknownVariables(process.env)) log.warn({ variable }, 'unknown setting, ignored');

  const gateway = await createGateway({ ...config, log }).catch(exitWith);
  const server = nodeServer({
    fetch: gateway.fetch,
    server: gateway.server,
    maxHeaderBytes: config.maxHeaderBytes,
    requestTimeoutMs: config.requestTimeoutMs,
  });
  server.on('error', exitWith);
  server.listen(config.port, config.host, () => {
    const { address, port, family } = server.address() as AddressInfo;
    const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    log.info({ url, version, dataDir: config.dataDir, backend: config.backend }, 'listening');
    log.flush();
  });

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    gateway.drain();
    const hurry = setTimeout(() => server.closeAllConnections(), config.shutdownMs);
    server.close(() => {
      clearTimeout(hurry);
      gateway
        .close()
        .then(() => log.info({}, 'stopped'))
        .then(() => log.flush())
        .then(() => process.exit(0), exitWith);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readOrExit(): ReturnType<typeof readConfig> {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error);
    throw error;
  }
}

function exitWith(error: unknown): never {
  process.stderr.write(`occi-gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
