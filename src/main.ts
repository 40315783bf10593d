#!/usr/bin/env node
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { gatewayProgram } from './cli/occi-gateway/program.ts';
import { ConfigError, readConfig, unknownVariables } from './config.ts';
import { createGateway } from './gateway.ts';
import { warningInTheClear } from './http/authentication/in-the-clear.ts';
import { listenForMetrics } from './http/metrics/metrics-server.ts';
import { nodeServer, type ServerOptions } from './http/node-server.ts';
import { plainPort } from './http/plain-port.ts';
import { proxiesOf } from './http/proxies.ts';
import { renewTls } from './http/tls-renewal.ts';
import { tlsOf } from './http/tls-settings.ts';
import { openLog } from './log.ts';
import { version } from './version.ts';

if (existsSync('.env')) process.loadEnvFile('.env');
await gatewayProgram(run).parseAsync().catch(exitWith);

/** Starts the gateway with what the environment says, and stops it in order on SIGTERM and SIGINT. */
async function run(): Promise<void> {
  const config = readOrExit();
  const log = openLog(config.logLevel);
  for (const variable of unknownVariables(process.env)) log.warn({ variable }, 'unknown setting, ignored');

  const gateway = await createGateway({ ...config, log }).catch(exitWith);
  const metricsUrl = await listenForMetrics(config, gateway.metrics, log);
  const tls = tlsOf(config);
  const connections = { perAddress: config.maxConnectionsPerAddress, proxies: proxiesOf(config.trustProxy) };
  const server = serverOrExit({
    ...config,
    fetch: gateway.fetch,
    server: gateway.server,
    connections,
    ...(tls && { tls }),
  });
  const { httpPort } = config;
  const httpsPort = () => (server.address() as AddressInfo).port;
  const plain =
    httpPort === undefined
      ? undefined
      : plainPort({ ...config, server: gateway.server, redirect: config.httpRedirect, httpsPort, connections });
  server.on('error', exitWith);
  plain?.on('error', exitWith);
  const listening = () => {
    const bound = server.address() as AddressInfo;
    const url = urlOf(tls === undefined ? 'http' : 'https', bound);
    const warning = warningInTheClear(config, bound.address);
    if (warning !== undefined) log.warn({ url }, warning);
    const httpUrl = plain && urlOf('http', plain.address() as AddressInfo);
    log.info({ url, httpUrl, metricsUrl, version, dataDir: config.dataDir, backend: config.backend }, 'listening');
    log.flush();
  };
  server.listen(config.port, config.host, () => {
    if (plain === undefined) listening();
    else plain.listen(httpPort, config.host, listening);
  });
  if (tls !== undefined && 'setSecureContext' in server) {
    const renewal = renewTls(server, tls.files, log);
    process.on('SIGHUP', renewal.renew);
  }

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    gateway.drain();
    const hurry = setTimeout(() => server.closeAllConnections(), config.shutdownMs);
    plain?.close();
    plain?.closeAllConnections();
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

function serverOrExit(options: ServerOptions): ReturnType<typeof nodeServer> {
  try {
    return nodeServer(options);
  } catch (error) {
    exitWith(error);
  }
}

function urlOf(scheme: 'http' | 'https', { address, port, family }: AddressInfo): string {
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
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
