import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type TlsOptions } from '../../src/client/index.ts';
import { type CertifiedServer, startCertifiedServer } from './certified-server.ts';

describe('a server that is reached by TLS', () => {
  let server: CertifiedServer;
  let endpoint: string;
  let own: Required<Pick<TlsOptions, 'ca' | 'cert' | 'key'>>;
  beforeAll(async () => {
    server = await startCertifiedServer();
    const { ca, clientCert, clientKey } = server.files;
    const read = (file: string) => readFileSync(file, 'utf8');
    own = { ca: read(ca), cert: read(clientCert), key: read(clientKey) };
    endpoint = server.endpoint;
  });
  afterAll(() => server.close());

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
