import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeServer } from '../../src/http/node-server.ts';
import { createGateway, type GatewayOptions } from '../../src/index.ts';
import { keptLog } from '../secrecy/kept-log.ts';

/** A gateway in this process, behind a socket. */
export interface ServedGateway {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a gateway with a record of its own. */
export async function serveGateway(options: GatewayOptions = {}): Promise<ServedGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'occi-client-'));
  const gateway = await createGateway({ dataDir, fakeDelayMs: 0, ...options, log: keptLog(options.log) });
  const server = nodeServer({
    fetch: gateway.fetch,
    server: gateway.server,
    maxHeaderBytes: 1 << 18,
    requestTimeoutMs: 20_000,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${options.prefix ?? ''}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await gateway.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
