import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../src/http/authentication/basic/password-hash.ts';
import { withUser } from '../../../src/http/authentication/basic/users-file.ts';
import { type Certificates, makeCertificates } from '../../interop/lab/certificates.ts';
import { exchange, type RunningGateway, startGateway, temporaryDirectory } from '../../server/command.ts';
import { securely } from '../../server/secure-connections.ts';
import { startLab } from '../home-lab.ts';
import { speaking } from './cdmi-lab.ts';

describe('ISO/IEC 17826 §5 transport security', () => {
  const directory = temporaryDirectory();
  let files: Certificates;
  let gateway: RunningGateway;
  beforeAll(async () => {
    files = await makeCertificates(directory.path);
    const data = join(directory.path, 'data');
    gateway = await startGateway(data, { OCCI_CDMI: 'on', OCCI_TLS_CERT: files.cert, OCCI_TLS_KEY: files.key });
  });
  afterAll(async () => {
    await gateway?.stop();
    directory.remove();
  });

  it('[CDMI-G16] both styles are spoken over TLS, URIs say so, and nothing else is spoken', async () => {
    const trusted = { ca: readFileSync(files.ca) };
    const body = JSON.stringify({ value: 'text' });
    const made = await securely(`${gateway.url}/cdmi/`, {
      ...trusted,
      method: 'POST',
      headers: speaking('object'),
      body,
    });
    expect(made.status).toBe(201);
    const location = String(made.headers.location);
    expect(location).toMatch(`${gateway.url}/cdmi/`);
    expect(gateway.url).toMatch(/^https:/);
    expect(await securely(location, trusted)).toMatchObject({ status: 200, text: 'text' });
    const answer = await exchange(gateway.port, 'GET /cdmi/ HTTP/1.1\r\nHost: h\r\n\r\n').catch(({ code }) => code);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  });
});

describe('ISO/IEC 17826 §5 authentication', () => {
  it('[CDMI-G15] who is not known is asked for a password, once, in either style; who is gets in', async () => {
    const directory = temporaryDirectory();
    const users = join(directory.path, 'users');
    const hash = await hashPassword('right', { ln: 4, r: 8, p: 1 });
    writeFileSync(users, withUser('', { name: 'anna', hash, project: 'home', roles: ['member'] }));
    const lab = await startLab({ cdmi: true, auth: ['basic'], authUsersFile: users });
    const get = (path: string, headers: Record<string, string>) => lab.request('GET', `/cdmi/${path}`, { headers });
    const wrong = { authorization: `Basic ${btoa('anna:wrong')}` };
    for (const answer of [
      await get('', {}),
      await get('', speaking('container')),
      await get('none', speaking('object')),
      await get('cdmi_objectid/none', speaking('object')),
      await get('', wrong),
      await get('', { ...speaking('container'), ...wrong }),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="[^"]*"(, charset="UTF-8")?$/);
    }
    const right = { authorization: `Basic ${btoa('anna:right')}` };
    expect((await get('', right)).status).toBe(200);
    expect((await get('', { ...speaking('container'), ...right })).status).toBe(200);
    await lab.close();
    directory.remove();
  });
});
