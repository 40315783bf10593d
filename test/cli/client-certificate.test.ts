import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../interop/lab/certificates.ts';
import { runOcci } from './occi-command.ts';

const model = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';

describe('occi --auth x509', () => {
  const directory = mkdtempSync(join(tmpdir(), 'occi-cli-'));
  const userCred = join(directory, 'usercred.pem');
  let server: Server;
  let ca: string;
  let endpoint: string;
  beforeAll(async () => {
    const made = await makeCertificates(directory);
    const read = (file: string) => readFileSync(file, 'utf8');
    ca = made.ca;
    // Certificate and key in one file, as grid proxies have them.
    writeFileSync(userCred, read(made.clientCert) + read(made.clientKey));
    const options = { ca: read(made.ca), cert: read(made.cert), key: read(made.key), requestCert: true };
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

  const occi = (...args: readonly string[]) => runOcci(['model', '--output', 'uri', '-e', endpoint, ...args]);

  it('shows the certificate of a file that has its key, too', async () => {
    const stdout = 'http://schemas.ogf.org/occi/infrastructure#compute\n';
    expect(await occi('--auth', 'x509', '--user-cred', userCred, '--ca', ca)).toMatchObject({ code: 0, stdout });
    expect(await occi('-n', 'x509', '-x', userCred, '--insecure')).toMatchObject({ code: 0, stdout });
  });

  it('says what is missing', async () => {
    expect(await occi('--ca', ca)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('a certificate is wanted'),
    });
    expect(await occi('-x', userCred)).toMatchObject({ code: 5, stderr: expect.stringContaining('nobody you trust') });
    expect(await occi('--auth', 'x509')).toMatchObject({ code: 2, stderr: expect.stringContaining('--user-cred') });
  });
});
