import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWire, type Wire } from '../../../src/client/wire.ts';
import {
  type OidcOptions,
  oidcAuthenticator,
  signatureAlgorithms,
} from '../../../src/http/authentication/oidc/oidc.ts';
import { requestWith } from './request-with.ts';

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ec = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('OpenID Connect', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [first, second, foreign] = [ec(), ec(), ec()];
  let server: Server;
  let issuer: string;
  let wire: Wire;
  let keys: object[];
  let asked: string[];
  let status: number;
  let description: object;
  let logged: object[];

  const jwk = async ({ publicKey }: Pair, kid: string, more: object = {}) => ({
    ...(await exportJWK(publicKey)),
    kid,
    use: 'sig',
    ...more,
  });

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const body = request.url === '/keys' ? { keys } : description;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    wire = openWire({ timeoutMs: 2000 });
  });
  afterAll(async () => {
    wire.close();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });
  beforeEach(async () => {
    keys = [await jwk(first, 'one'), await jwk(rsa, 'rsa')];
    asked = [];
    status = 200;
    description = { issuer, jwks_uri: `${issuer}/keys` };
    logged = [];
  });
  afterEach(() => expect(JSON.stringify(logged)).not.toContain('eyJ'));

  const open = (options: Partial<OidcOptions> = {}) =>
    oidcAuthenticator({
      realm: 'OCCI',
      send: wire.send,
      issuer,
      timeoutMs: 2000,
      audience: ['occi'],
      algorithms: signatureAlgorithms,
      skewSeconds: 30,
      claims: { user: 'sub', project: 'project', roles: 'realm_access.roles' },
      believedMs: 60_000,
      log: (_, detail) => logged.push(detail),
      ...options,
    });
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more: object = {}) => ({
    iss: issuer,
    aud: 'occi',
    sub: 'u1',
    project: 'lab',
    realm_access: { roles: ['member', 'reader'] },
    iat: now(),
    exp: now() + 600,
    ...more,
  });
  const signed = (payload: Record<string, unknown>, { privateKey }: Pair = first, header: object = {}) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(privateKey);
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bearing = (token: string) => requestWith({ authorization: `Bearer ${token}` });
  const refused = (reason: RegExp) => ({
    code: 'unauthenticated',
    message: expect.stringMatching(reason),
    details: { challenges: ['Bearer realm="OCCI", error="invalid_token"'] },
  });

  it('believes what the issuer has signed, found by its description', async () => {
    const token = await signed(claims());
    const one = open();
    const credentials = await one.authenticate(bearing(token));
    expect(credentials).toMatchObject({ user: 'u1', project: 'lab', roles: ['member', 'reader'], proof: 'oidc' });
    expect(credentials?.expires).toBeGreaterThan(Date.now());
    await one.authenticate(bearing(token));
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('needs no description where the keys are named', async () => {
    status = 200;
    description = {};
    expect(await open({ jwksUrl: `${issuer}/keys` }).authenticate(bearing(await signed(claims())))).toBeDefined();
    expect(asked).toEqual(['/keys']);
  });

  it.each(['RS256', 'PS512'])('takes signatures by %s', async (alg) => {
    expect(await open().authenticate(bearing(await signed(claims(), rsa, { alg, kid: 'rsa' })))).toBeDefined();
  });

  it('leaves other schemes to others', async () => {
    const one = open();
    expect(await one.authenticate(requestWith({}))).toBeUndefined();
    expect(await one.authenticate(requestWith({ authorization: 'Basic YTpi' }))).toBeUndefined();
    expect(one.challenge).toBe('Bearer realm="OCCI"');
  });

  describe('refuses', () => {
    const secret = 'a secret that is long enough for HMAC with SHA-256';
    it.each<[string, RegExp, () => Promise<string> | string]>([
      ['what is no token', /not valid/, () => 'abc'],
      ['nothing', /not valid/, () => ''],
      ['alg none', /not valid/, () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`],
      ['alg none with a key id', /not valid/, () => `${encoded({ alg: 'none', kid: 'one' })}.${encoded(claims())}.`],
      [
        'HMAC with the public key as the secret',
        /"alg"/,
        () => {
          const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
          const text = `${encoded({ alg: 'HS256', kid: 'rsa' })}.${encoded(claims())}`;
          return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
        },
      ],
      [
        'HMAC with a secret that stands among the keys',
        /"alg"/,
        async () => {
          keys = [{ kty: 'oct', kid: 'hmac', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' }];
          return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'hmac' }).sign(Buffer.from(secret));
        },
      ],
      ['the signature of a stranger', /signature/, () => signed(claims(), foreign)],
      [
        'the signature of a stranger who sends the key along',
        /signature|key/,
        async () => signed(claims(), foreign, { jwk: await jwk(foreign, 'one'), jku: `${issuer}/keys` }),
      ],
      ['the id of another key', /not valid/, () => signed(claims(), first, { kid: 'rsa' })],
      ['the id of a key that there is not', /key/, () => signed(claims(), first, { kid: 'two' })],
      [
        'claims that were changed',
        /signature/,
        async () => {
          const [header, , signature] = (await signed(claims())).split('.');
          return `${header}.${encoded(claims({ sub: 'admin' }))}.${signature}`;
        },
      ],
      ['another issuer', /"iss"/, () => signed(claims({ iss: 'https://other.test' }))],
      ['another audience', /"aud"/, () => signed(claims({ aud: ['other', 'and another'] }))],
      ['no audience', /"aud"/, () => signed(claims({ aud: undefined }))],
      ['what has ended', /"exp"/, () => signed(claims({ exp: now() - 31 }))],
      ['what never ends', /"exp"/, () => signed(claims({ exp: undefined }))],
      ['what has not begun', /"nbf"/, () => signed(claims({ nbf: now() + 60 }))],
      [
        'an extension that has to be understood',
        /Extension/,
        () => {
          const text = `${encoded({ alg: 'ES256', kid: 'one', crit: ['lab'], lab: 1 })}.${encoded(claims())}`;
          const key = { key: first.privateKey, dsaEncoding: 'ieee-p1363' } as const;
          return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
        },
      ],
      ['no project', /says nothing usable in project/, () => signed(claims({ project: undefined }))],
      ['several projects', /names several in project/, () => signed(claims({ project: ['a', 'b'] }))],
      ['a project with a blank', /says "my lab" in project, but.* ASCII/, () => signed(claims({ project: 'my lab' }))],
      ['a project that is not of ASCII', /says "Labör" in project/, () => signed(claims({ project: ['Labör'] }))],
      ['a user who is no text', /says nothing usable in sub/, () => signed(claims({ sub: '' }))],
      ['a user with a control character', /says nothing usable in sub/, () => signed(claims({ sub: 'a\u0000' }))],
    ])('%s', async (_, reason, make) => {
      await expect(
        (async () => {
          const token = await make();
          return open().authenticate(bearing(token));
        })(),
      ).rejects.toMatchObject(refused(reason));
    });

    it('an algorithm that is not on the list', async () => {
      const one = open({ algorithms: ['RS256'] });
      await expect(one.authenticate(bearing(await signed(claims())))).rejects.toMatchObject(refused(/"alg"/));
    });

    it('a token once it has ended, though it was known', async () => {
      const token = await signed(claims({ exp: now() + 1 }));
      const one = open({ skewSeconds: 0 });
      expect(await one.authenticate(bearing(token))).toBeDefined();
      await expect
        .poll(() => one.authenticate(bearing(token)).catch(({ code }) => code), { timeout: 5000 })
        .toBe('unauthenticated');
    });
  });

  it('forgives clocks that are a little apart', async () => {
    const one = open();
    expect(await one.authenticate(bearing(await signed(claims({ exp: now() - 10 }))))).toBeDefined();
    expect(await one.authenticate(bearing(await signed(claims({ nbf: now() + 20 }))))).toBeDefined();
  });

  it.each([
    ['a list of one project', { project: ['lab'] }, {}, { project: 'lab' }],
    ['names apart by blanks', { scope: 'member  reader' }, { roles: 'scope' }, { roles: ['member', 'reader'] }],
    ['no roles', { realm_access: undefined }, {}, { roles: [] }],
    ['roles that are no texts', { realm_access: { roles: [1, null, 'reader', {}] } }, {}, { roles: ['reader'] }],
    [
      'a name with dots',
      { 'https://lab.test/project': 'x' },
      { project: 'https://lab.test/project' },
      { project: 'x' },
    ],
    ['a path', { a: { b: { c: 'x' } } }, { user: 'a.b.c' }, { user: 'x' }],
  ])('finds in a token %s', async (_, more, names, expected) => {
    const one = open({ claims: { user: 'sub', project: 'project', roles: 'realm_access.roles', ...names } });
    expect(await one.authenticate(bearing(await signed(claims(more))))).toMatchObject(expected);
  });

  it('finds nothing in what every object has', async () => {
    for (const path of ['constructor', '__proto__', 'constructor.name', 'sub.length']) {
      const one = open({ claims: { user: path, project: 'project', roles: 'roles' } });
      await expect(one.authenticate(bearing(await signed(claims())))).rejects.toMatchObject(
        refused(/says nothing usable/),
      );
    }
  });

  describe('cannot tell', () => {
    const away = { code: 'unavailable' };

    it('while the keys are away, and asks again', async () => {
      status = 503;
      const one = open();
      const token = await signed(claims());
      await expect(one.authenticate(bearing(token))).rejects.toMatchObject(away);
      status = 200;
      expect(await one.authenticate(bearing(token))).toBeDefined();
      expect(logged).toHaveLength(1);
    });

    it('while nobody listens there', async () => {
      const one = open({ jwksUrl: 'http://127.0.0.1:1/keys' });
      await expect(one.authenticate(bearing(await signed(claims())))).rejects.toMatchObject(away);
    });

    it.each([
      ['describes another issuer', () => ({ issuer: 'https://other.test', jwks_uri: `${issuer}/keys` })],
      ['names no keys', () => ({ issuer })],
      ['names keys that are none', () => ({ issuer, jwks_uri: `${issuer}/elsewhere` })],
      ['names keys in a file', () => ({ issuer, jwks_uri: 'file:///etc/passwd' })],
    ])('while the issuer %s', async (_, made) => {
      description = made();
      await expect(open().authenticate(bearing(await signed(claims())))).rejects.toMatchObject(away);
    });
  });

  it('learns a new key of the issuer when a token names it', async () => {
    const one = open();
    await one.authenticate(bearing(await signed(claims())));
    keys = [await jwk(second, 'two')];
    // Not within half a minute: who sends tokens with random key ids would have the issuer asked each time.
    const token = await signed(claims(), second, { kid: 'two' });
    await expect(one.authenticate(bearing(token))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(asked.filter((path) => path === '/keys')).toHaveLength(1);
    expect(await open().authenticate(bearing(token))).toBeDefined();
  });

  it('asks for keys once for all who come at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => signed(claims({ sub: `u${index}` }))));
    const one = open();
    const all = await Promise.all(tokens.map((token) => one.authenticate(bearing(token))));
    expect(all.map((credentials) => credentials?.user)).toEqual(tokens.map((_, index) => `u${index}`));
    expect(asked).toHaveLength(2);
  });
});
