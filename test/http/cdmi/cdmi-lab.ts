import type { AddressInfo } from 'node:net';
import { nodeServer } from '../../../src/http/node-server.ts';
import type { GatewayOptions } from '../../../src/index.ts';
import { type Lab, startLab } from '../home-lab.ts';

/** A gateway with CDMI behind a server of its own. */
export interface CdmiLab extends Lab {
  /** The URL of the root, with its final slash. */
  readonly root: string;
}

/** Starts it on a free port of this machine. */
export async function startCdmiLab(options: GatewayOptions = {}): Promise<CdmiLab> {
  const lab = await startLab({ cdmi: true, ...options });
  const server = nodeServer({
    fetch: lab.gateway.fetch,
    server: lab.gateway.server,
    maxHeaderBytes: 65_536,
    requestTimeoutMs: 30_000,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...lab,
    root: `http://127.0.0.1:${port}/cdmi/`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await lab.close();
    },
  };
}

/** Headers of a request that speaks CDMI. */
export function speaking(kind: string, version = '1.1.1'): Record<string, string> {
  const type = `application/cdmi-${kind}`;
  return { accept: type, 'content-type': type, 'x-cdmi-specification-version': version };
}
