import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type TlsOptions } from '../../src/client/index.ts';
import { makeCertificates } from '../interop/lab/certificates.ts';

const model =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"';

describe('a server that is reached by TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'occi-client-tls-'));
  let server: Server;
  let endpoint: string;
  let own: Required<Pick<TlsOptions, 'ca' | 'cert' | 'key'>>;
  beforeAll(async () => {
    const made = await makeCertificates(directory);
    const read = (file: string) => readFileSync(file, 'utf8');
    own = { ca: read(made.ca), cert: read(made.clientCert), key: read(made.clientKey) };
    const options = { ca: own.ca, cert: read(made.cert), key: read(made.key), requestCert: true };
    server = createServer({ ...options, rejectUnauthorized: false }, ({ socket }, response) => {
      const { authorized } = socket as TLSSocket;
      response.writeHead(authorized ? 200 : 401).end(authorized ? model : 'a certificate is wanted');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    rmSync(directory, { recursive: true, force: true });
  });

  it('is shown the certificate of the client', async () => {
    const client = await connect({ endpoint, tls: own });
    expect(client.catalogue.kinds).toHaveLength(1);
    client.close();
  });

  it('wants one', async () => {
    const attempt = connect({ endpoint, tls: { ca: own.ca } });
    await expect(attempt).rejects.toMatchObject({ details: { status: 401, said: 'a certificate is wanted' } });
  });

  it('has to be certified by somebody who is trusted, unless that does not matter', async () => {
    const { cert, key } = own;
    await expect(connect({ endpoint, tls: { cert, key } })).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('name the authority as ca'),
    });
    const client = await connect({ endpoint, tls: { cert, key, insecure: true } });
    expect(client.catalogue.kinds).toHaveLength(1);
    client.close();
  });
});
