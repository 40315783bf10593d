import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsPath } from '../../gateway/reserved-paths.ts';
import type { Exposition } from './metrics.ts';

/** Milliseconds that whoever reads measurements may take to send a request. */
const patienceMs = 10_000;

/** A server for measurements and nothing else, on a port that the world need not reach. */
export function metricsServer(exposition: Exposition): Server {
  return createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs }, async (incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    const text = { 'content-type': 'text/plain; charset=utf-8' };
    if (url.split('?', 1)[0] !== metricsPath) {
      outgoing.writeHead(404, text).end(`measurements are at ${metricsPath}`);
    } else if (method !== 'GET' && method !== 'HEAD') {
      outgoing.writeHead(405, { ...text, allow: 'GET, HEAD' }).end(`${method} is not defined here`);
    } else {
      try {
        const { contentType, body } = await exposition();
        outgoing.writeHead(200, { 'content-type': contentType }).end(body);
      } catch (error) {
        outgoing.writeHead(500, text).end(`measurements cannot be taken: ${(error as Error).message}`);
      }
    }
  });
}

/** Where measurements are to be read. */
export interface MetricsAddress {
  readonly metricsHost: string;
  readonly metricsPort: number | 'off';
}

/**
 * Serves measurements for as long as the process lives. Where the port is taken it does without: clients matter more,
 * and whoever collects measurements notices that there are none.
 *
 * @returns their URL
 */
export async function listenForMetrics(
  { metricsHost: host, metricsPort: port }: MetricsAddress,
  exposition: Exposition,
  log: { warn(details: object, message: string): void },
): Promise<string | undefined> {
  if (port === 'off') return undefined;
  const server = metricsServer(exposition);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (err) {
    log.warn({ err, host, port }, 'measurements cannot be read: the port cannot be used');
    return undefined;
  }
  server.unref();
  const { address, family, port: taken } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}${metricsPath}`;
}
