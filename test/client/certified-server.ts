import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type Certificates, makeCertificates } from '../interop/lab/certificates.ts';

const model =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"';

/** A server that shows its model to clients with a certificate of its own authority, and 401 to others. */
export interface CertifiedServer {
  readonly endpoint: string;
  /** Where there is room for files; removed when the server is closed. */
  readonly directory: string;
  /** Files, in PEM. */
  readonly files: Certificates;
  close(): Promise<void>;
}

export async function startCertifiedServer(): Promise<CertifiedServer> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-certified-'));
  const files = await makeCertificates(directory);
  const read = (file: string) => readFileSync(file, 'utf8');
  const options = { ca: read(files.ca), cert: read(files.cert), key: read(files.key), requestCert: true };
  const server = createServer({ ...options, rejectUnauthorized: false }, ({ socket }, response) => {
    const { authorized } = socket as TLSSocket;
    response.writeHead(authorized ? 200 : 401).end(authorized ? model : 'a certificate is wanted');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    directory,
    files,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
