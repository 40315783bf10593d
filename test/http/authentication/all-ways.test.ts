import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../src/http/authentication/basic/password-hash.ts';
import { withUser } from '../../../src/http/authentication/basic/users-file.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../../server/command.ts';
import { until } from '../until.ts';
import { basic } from './request-with.ts';
import { type ScriptedKeystone, startScriptedKeystone } from './scripted-keystone.ts';

/** The command with everything on that needs no TLS, and all whom it asks. */
describe('a gateway with passwords, tokens of Keystone and of OpenID Connect', { timeout: 60_000 }, () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = () => randomBytes(24).toString('base64url');
  const [password, token, laterToken, ownPassword] = [secret(), secret(), secret(), secret()];
  let [bearer, laterBearer] = ['', ''];
  let directory: ReturnType<typeof temporaryDirectory>;
  let keystone: ScriptedKeystone;
  let issuer: Server;
  let gateway: RunningGateway;

  beforeAll(async () => {
    directory = temporaryDirectory();
    const users = join(directory.path, 'users');
    const hash = await hashPassword(password, { ln: 4, r: 8, p: 1 });
    await writeFile(users, withUser('', { name: 'anna', hash, project: 'by-password', roles: ['member'] }));

    keystone = await startScriptedKeystone();
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const described = { user: { id: 'u1' }, project: { id: 'by-keystone' }, roles: [{ name: 'member' }], expires_at };
    for (const one of [token, laterToken]) keystone.tokens.set(one, described);

    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one' }];
    issuer = createServer((_, response) => response.end(JSON.stringify({ keys })));
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const sign = (sub: string) =>
      new SignJWT({ project: 'by-token', roles: ['member'] })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(url)
        .setAudience('occi')
        .setSubject(sub)
        .setExpirationTime('1h')
        .sign(privateKey);
    [bearer, laterBearer] = [await sign('u1'), await sign('u2')];

    gateway = await startGateway(join(directory.path, 'data'), {
      OCCI_AUTH: 'keystone,oidc,basic',
      OCCI_LOG_LEVEL: 'trace',
      OCCI_AUTH_USERS_FILE: users,
      OCCI_KEYSTONE_URL: keystone.url,
      OCCI_KEYSTONE_USERNAME: 'occi',
      OCCI_KEYSTONE_PASSWORD: ownPassword,
      OCCI_KEYSTONE_PROJECT: 'service',
      OCCI_OIDC_ISSUER: url,
      OCCI_OIDC_AUDIENCE: 'occi',
      OCCI_OIDC_JWKS_URL: `${url}/keys`,
    });
  });
  afterAll(async () => {
    await keystone.close();
    directory.remove();
  });

  const category = 'network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
  const ask = async (headers: Readonly<Record<string, string>>, method = 'GET') => {
    const own = method === 'POST' ? { 'content-type': 'text/occi', category } : {};
    const response = await fetch(`${gateway.url}/network/`, { method, headers: { ...headers, ...own } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const ways = () => ({
    basic: basic(`anna:${password}`),
    keystone: { 'x-auth-token': token },
    oidc: { authorization: `Bearer ${bearer}` },
  });

  it('asks for any of them', async () => {
    const { status, headers } = await ask({});
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      `Basic realm="OCCI", charset="UTF-8", Keystone uri='${keystone.url}', Bearer realm="OCCI"`,
    );
  });

  it('takes each of them, and has each in its own project', async () => {
    const made: string[] = [];
    for (const headers of Object.values(ways())) {
      const { status, headers: answer } = await ask(headers, 'POST');
      expect(status).toBe(201);
      made.push(answer.get('location') ?? '');
    }
    const seen = await Promise.all(Object.values(ways()).map((headers) => ask(headers).then(({ text }) => text)));
    expect(seen).toEqual(made.map((location) => `X-OCCI-Location: ${location}`));
  });

  it('goes by the first in its order when there are several', async () => {
    const mine = (await ask(ways().keystone)).text;
    expect((await ask({ ...ways().keystone, ...ways().basic })).text).toBe(mine);
    expect((await ask({ ...ways().keystone, ...basic('anna:wrong') })).text).toBe(mine);
    expect((await ask({ 'x-auth-token': 'rubbish', ...ways().basic })).status).toBe(401);
  });

  it('refuses what is wrong, each with its reason', async () => {
    expect(await ask(basic('anna:wrong'))).toMatchObject({ status: 401, text: 'name or password is wrong' });
    expect(await ask({ 'x-auth-token': 'rubbish' })).toMatchObject({
      status: 401,
      text: expect.stringMatching(/Keystone/),
    });
    const changed = await ask({ authorization: `Bearer ${bearer.slice(0, -4)}AAAA` });
    expect(changed).toMatchObject({ status: 401, text: expect.stringMatching(/signature/) });
    expect(changed.headers.get('www-authenticate')).toContain('Bearer realm="OCCI", error="invalid_token"');
    expect((await ask({ authorization: 'Digest username="anna"' })).status).toBe(401);
  });

  it('knows, while Keystone is away, who came before; others are told to come again', async () => {
    await keystone.close();
    await new Promise((resolve) => {
      issuer.close(resolve);
      issuer.closeAllConnections();
    });
    for (const headers of Object.values(ways())) expect((await ask(headers)).status).toBe(200);
    const { status, headers } = await ask({ 'x-auth-token': laterToken });
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    // The keys of the issuer are known for some minutes.
    expect((await ask({ authorization: `Bearer ${laterBearer}` })).status).toBe(200);
  });

  it('has logged none of it', async () => {
    await until(
      async () => gateway.log(),
      (lines) => lines.some(({ msg }) => msg === 'Keystone cannot be asked'),
    );
    const { code, stdout, stderr } = await gateway.stop();
    expect(code).toBe(0);
    const own = [...keystone.own];
    expect(own.length).toBeGreaterThan(0);
    const all = [password, token, laterToken, ownPassword, ...own, ...bearer.split('.'), ...laterBearer.split('.')];
    for (const one of [...all, btoa(`anna:${password}`), 'rubbish']) expect(stdout + stderr).not.toContain(one);
  });
});
