import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertifiedServer, startCertifiedServer } from '../client/certified-server.ts';
import { runOcci } from './occi-command.ts';

describe('occi --auth x509', () => {
  let server: CertifiedServer;
  let userCred: string;
  let ca: string;
  let endpoint: string;
  beforeAll(async () => {
    server = await startCertifiedServer();
    const { clientCert, clientKey } = server.files;
    // Certificate and key in one file, as grid proxies have them.
    userCred = join(server.directory, 'usercred.pem');
    writeFileSync(userCred, readFileSync(clientCert, 'utf8') + readFileSync(clientKey, 'utf8'));
    ca = server.files.ca;
    endpoint = server.endpoint;
  });
  afterAll(() => server.close());

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
