import { afterEach, describe, expect, it } from 'vitest';
import { authenticated } from '../../src/client/authenticated.ts';
import {
  type Credentials,
  connect,
  type Exchange,
  exchangeText,
  type KeystoneCredentials,
  openWire,
  type Send,
} from '../../src/client/index.ts';
import { keystoneUriIn } from '../../src/client/keystone-challenge.ts';
import { type FakeKeystone, type KeystoneOptions, startKeystone } from './fake-keystone.ts';
import { type Arrived, reply, type ScriptedServer, startScripted } from './scripted-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const compute =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"';
const password = { user: { name: 'anna' }, password: 'pass word' };

async function keystone(options: KeystoneOptions): Promise<FakeKeystone> {
  const one = await startKeystone(options);
  open.push(one);
  return one;
}

/** A server that only talks to those who have a token its Keystone has given out. */
async function guarded(
  place: FakeKeystone,
  challenge: (uri: string) => readonly string[],
  accepts: (token: string, request: Arrived) => boolean = () => true,
): Promise<ScriptedServer> {
  const server = await startScripted((request) => {
    const token = request.header('x-auth-token');
    if (token !== undefined && place.tokens.includes(token) && accepts(token, request))
      return reply('200 OK', [], compute);
    return reply('401 Unauthorized', challenge(place.url), 'no');
  });
  open.push(server);
  return server;
}

async function connected(endpoint: string, credentials: Credentials, onExchange?: (one: Exchange) => void) {
  const client = await connect({
    endpoint,
    credentials,
    rendering: 'text/plain',
    pauseMs: 1,
    ...(onExchange === undefined ? {} : { onExchange }),
  });
  open.push(client);
  return client;
}

const tokensUsed = ({ requests }: ScriptedServer) => requests.map(({ header }) => header('x-auth-token'));

describe('the challenge', () => {
  it.each([
    ["Keystone uri='https://k.test:5000/v2.0'"],
    ['Keystone uri="https://k.test:5000/v2.0"'],
    ['keystone uri=https://k.test:5000/v2.0'],
    ['Basic realm="a, b", Keystone uri=\'https://k.test:5000/v2.0\', Bearer'],
    ["snf-auth uri='https://k.test:5000/v2.0'"],
  ])('is found: %s', (value) => {
    expect(keystoneUriIn([['Www-Authenticate', value]])).toBe('https://k.test:5000/v2.0');
  });

  it('is found in any of several fields', () => {
    const headers = [
      ['WWW-Authenticate', 'Basic realm="a"'],
      ['WWW-Authenticate', "Keystone uri='https://k.test/v3'"],
    ] as const;
    expect(keystoneUriIn(headers)).toBe('https://k.test/v3');
  });

  it.each(['Basic realm="a"', "Keystone uri='nowhere'", "NotKeystone uri='https://k.test'", ''])(
    'is none: %s',
    (value) => {
      expect(keystoneUriIn([['WWW-Authenticate', value]])).toBeUndefined();
    },
  );
});

describe('a token of Keystone', () => {
  const identities: readonly (readonly [string, Partial<KeystoneCredentials>, KeystoneOptions, string])[] = [
    ['v3, password and project', { project: { name: 'lab' } }, { versions: ['v3'] }, 'lab-1'],
    ['v3, password and the id of a project', { project: { id: 'id-of-lab' } }, { versions: ['v3'] }, 'lab-1'],
    ['v3, the only project there is', {}, { versions: ['v3', 'v2.0'] }, 'lab-2'],
    ['v3, no project at all', {}, { versions: ['v3'], projects: [] }, 'u-1'],
    [
      'v3, application credential',
      { identity: { applicationCredential: { id: 'app', secret: 'shh' } } },
      { versions: ['v3'], projects: ['a', 'b'] },
      'app-1',
    ],
    ['v2.0, password and tenant', { project: { name: 'lab' } }, { versions: ['v2.0'] }, 'lab-1'],
    ['v2.0, the only tenant there is', {}, { versions: ['v2.0'] }, 'lab-2'],
  ];

  it.each(identities)('is got and used: %s', async (_, credentials, options, token) => {
    const place = await keystone(options);
    for (const path of ['', '/', '/v3', '/v2.0', '/v2.0/']) {
      if (path === '/v3' && !options.versions.includes('v3')) continue;
      const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}${path}'`]);
      const before = place.tokens.length;
      await connected(server.url, { method: 'keystone', identity: password, ...credentials });
      const expected = token.replace(/[0-9]+$/, (nth) => String(before + Number(nth)));
      expect(tokensUsed(server)).toEqual([undefined, expected]);
    }
  });

  it('is that of another project than the one at hand', async () => {
    const place = await keystone({ versions: ['v3'] });
    const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri="${url}/v3"`]);
    await connected(server.url, { method: 'keystone', identity: password, project: { name: 'lab' } });
    await connected(server.url, { method: 'keystone', identity: { token: 'lab-1' }, project: { name: 'other' } });
    expect(place.tokens).toEqual(['lab-1', 'other-2']);
  });

  it('is got once for all who need it, and used again', async () => {
    const place = await keystone({ versions: ['v3'] });
    const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}/v3'`]);
    const wire = openWire();
    open.push(wire);
    const credentials: Credentials = { method: 'keystone', identity: password, project: { name: 'lab' } };
    const send = authenticated(wire.send, credentials);
    const get = () => send({ method: 'GET', url: server.url, headers: [], body: new Uint8Array() });
    const first = await Promise.all([get(), get(), get()]);
    expect(first.map(({ response }) => response.status)).toEqual([200, 200, 200]);
    await get();
    expect(place.tokens).toEqual(['lab-1']);
  });

  it('is renewed shortly before it ends', async () => {
    let now = Date.parse('2030-01-01T00:00:00Z');
    const place = await keystone({ versions: ['v3'], expires: () => new Date(now + 600_000).toISOString() });
    const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}'`]);
    const wire = openWire();
    open.push(wire);
    const credentials: Credentials = { method: 'keystone', identity: password, project: { name: 'lab' } };
    const send = authenticated(wire.send, credentials, () => now);
    const get = () => send({ method: 'GET', url: server.url, headers: [], body: new Uint8Array() });
    await get();
    now += 500_000;
    await get();
    now += 60_000;
    await get();
    expect(tokensUsed(server)).toEqual([undefined, 'lab-1', 'lab-1', 'lab-2']);
  });

  it('is renewed once when it is refused earlier, and a POST is not lost by that', async () => {
    const revoked = new Set<string>();
    const place = await keystone({ versions: ['v3'] });
    const server = await guarded(
      place,
      (url) => ['WWW-Authenticate: Basic realm="x"', `WWW-Authenticate: Keystone uri='${url}/v3'`],
      (token) => !revoked.has(token),
    );
    const client = await connected(server.url, { method: 'keystone', identity: password, project: { name: 'lab' } });
    revoked.add('lab-1');
    const post = { method: 'POST', url: `${server.url}/a`, headers: [], body: Buffer.from('once') };
    expect((await client.send(post)).response.status).toBe(200);
    expect(server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual(['once', 'once']);
    for (const number of [2, 3]) revoked.add(`lab-${number}`);
    expect((await client.send(post)).response.status).toBe(401);
    expect(place.tokens).toEqual(['lab-1', 'lab-2', 'lab-3']);
  });

  it.each(['v3', 'v2.0'] as const)(
    'is not got with a wrong password, or for one of several projects: %s',
    async (version) => {
      const place = await keystone({ versions: [version], projects: ['lab', 'attic'] });
      const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}'`]);
      const wrong = { method: 'keystone', identity: { ...password, password: 'guess' } } as const;
      await expect(connected(server.url, wrong)).rejects.toMatchObject({
        kind: 'refused',
        details: { status: 401, said: 'The request you have made requires authentication.' },
        message: expect.stringContaining('check name, password'),
      });
      await expect(connected(server.url, { method: 'keystone', identity: password })).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('lab, attic'),
      });
    },
  );

  it('is not got where there is no Keystone', async () => {
    const place = await keystone({ versions: [] });
    const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}/v3'`]);
    const credentials = { method: 'keystone', identity: password } as const;
    await expect(connected(server.url, credentials)).rejects.toMatchObject({ kind: 'refused' });
    const old = await keystone({ versions: ['v2.0'] });
    const application = { applicationCredential: { id: 'app', secret: 'shh' } };
    const before = await guarded(old, (url) => [`WWW-Authenticate: Keystone uri='${url}'`]);
    await expect(connected(before.url, { method: 'keystone', identity: application })).rejects.toMatchObject({
      message: expect.stringContaining('no application credentials'),
    });
    const odd = await startScripted(() => reply('200 OK', [], 'hello'));
    open.push(odd);
    await expect(connected(before.url, { method: 'keystone', identity: password, uri: odd.url })).rejects.toMatchObject(
      {
        kind: 'unreadable',
      },
    );
  });

  it('is got from the Keystone that is named, before any challenge', async () => {
    const place = await keystone({ versions: ['v3'] });
    const server = await guarded(place, () => ["WWW-Authenticate: Keystone uri='http://127.0.0.1:1/v3'"]);
    await connected(server.url, { method: 'keystone', identity: password, uri: place.url, project: { name: 'lab' } });
    expect(tokensUsed(server)).toEqual(['lab-1']);
  });

  it('is not asked for in the clear by a server that is spoken to in private', async () => {
    const sent: string[] = [];
    const send: Send = async (request) => {
      sent.push(request.url);
      const headers = [['WWW-Authenticate', "Keystone uri='http://k.test/v3'"]] as const;
      return { request, response: { status: 401, reason: '', headers, body: new Uint8Array(), milliseconds: 0 } };
    };
    const careful = authenticated(send, { method: 'keystone', identity: password });
    const asked = careful({ method: 'GET', url: 'https://cloud.test/-/', headers: [], body: new Uint8Array() });
    await expect(asked).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('in the clear') });
    expect(sent).toEqual(['https://cloud.test/-/']);
  });

  it('is shown nowhere, and neither is what it was got with', async () => {
    const told: Exchange[] = [];
    for (const version of ['v3', 'v2.0'] as const) {
      const place = await keystone({ versions: [version] });
      const server = await guarded(place, (url) => [`WWW-Authenticate: Keystone uri='${url}'`]);
      await connected(server.url, { method: 'keystone', identity: password }, (one) => told.push(one));
    }
    expect(told.length).toBeGreaterThan(6);
    expect(told.map(exchangeText).join()).not.toMatch(/pass word|lab-[0-9]|u-[0-9]/);
  });
});

describe('credentials without Keystone', () => {
  it.each([
    [{ method: 'none' }, 'authorization', undefined],
    [
      { method: 'basic', username: 'ännä', password: 'p:w' },
      'authorization',
      `Basic ${Buffer.from('ännä:p:w').toString('base64')}`,
    ],
    [{ method: 'bearer', token: 'abc' }, 'authorization', 'Bearer abc'],
    [{ method: 'token', token: 'abc' }, 'x-auth-token', 'abc'],
  ] as const)('go with every request: %j', async (credentials, name, value) => {
    const server = await startScripted(() => reply('200 OK', [], compute));
    open.push(server);
    const client = await connected(server.url, credentials);
    await client.list('compute');
    expect(server.requests.map(({ header }) => header(name))).toEqual([value, value]);
  });

  it('that are missing are asked for', async () => {
    const server = await startScripted(() =>
      reply('401 Unauthorized', ["WWW-Authenticate: Keystone uri='http://k.test'"]),
    );
    open.push(server);
    await expect(connected(server.url, { method: 'none' })).rejects.toMatchObject({
      details: { status: 401 },
      message: expect.stringContaining("say who you are: Keystone uri='http://k.test'"),
    });
  });
});
