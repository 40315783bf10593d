import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeServer } from '../../../src/http/node-server.ts';
import { type Authenticator, type Credentials, OcciError } from '../../../src/index.ts';
import { exchange, readRaw } from '../../server/command.ts';
import { base, type Lab, startLab } from '../home-lab.ts';

const anna: Credentials = { user: 'anna', project: 'lab', roles: ['member'], proof: 'basic' };

/** A way to prove who one is for tests: whoever says the name of the scheme is let in, or what the test says. */
function scheme(name: string, challenge: string | undefined, said: Record<string, () => Credentials> = {}) {
  const calls = { asked: 0, closed: 0 };
  const authenticator: Authenticator = {
    ...(challenge === undefined ? {} : { challenge }),
    async authenticate(incoming) {
      calls.asked += 1;
      const word = incoming.header(`x-${name}`);
      return word === undefined ? undefined : (said[word] ?? (() => anna))();
    },
    async close() {
      calls.closed += 1;
    },
  };
  return { authenticator, calls };
}

const wrong = () => {
  throw new OcciError('unauthenticated', 'this is wrong');
};
const away = () => {
  throw new OcciError('unavailable', 'nobody knows');
};
const locked = () => {
  throw new OcciError('too-many-requests', 'wait', { retryAfter: 7 });
};

const basicChallenge = 'Basic realm="OCCI", charset="UTF-8"';
const keystoneChallenge = "Keystone uri='https://keystone.test:5000/v3'";

describe('who sends a request, over HTTP', () => {
  let lab: Lab;
  let keystone: ReturnType<typeof scheme>;
  let basic: ReturnType<typeof scheme>;
  let silent: ReturnType<typeof scheme>;
  beforeEach(async () => {
    keystone = scheme('keystone', keystoneChallenge, { wrong, away });
    silent = scheme('silent', undefined, { wrong });
    basic = scheme('basic', basicChallenge, { wrong, locked });
    lab = await startLab({
      authenticators: [keystone, silent, basic].map(({ authenticator }) => authenticator),
      metricsPublic: true,
    });
  });
  afterEach(() => lab.close());

  const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    lab.request(method, path, { headers });

  it('is asked for by all challenges, Basic first [HTTP-12-b]', async () => {
    const { status, headers, text } = await ask('GET', '/-/');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(`${basicChallenge}, ${keystoneChallenge}`);
    expect(text).toContain('say who you are');
    expect(headers.get('server')).toMatch(/^occi-gateway/);
  });

  it('is asked for in the rendering that the client wants', async () => {
    const { headers, json } = await ask('GET', '/-/', { accept: 'application/occi+json' });
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect((await ask('GET', '/-/', { accept: 'text/occi' })).status).toBe(401);
  });

  it.each(['keystone', 'silent', 'basic'])('may be proven by any of them: %s', async (name) => {
    expect((await ask('GET', '/-/', { [`x-${name}`]: 'anna' })).status).toBe(200);
  });

  it('is decided by the first for which there are credentials', async () => {
    expect((await ask('GET', '/-/', { 'x-keystone': 'anna', 'x-basic': 'wrong' })).status).toBe(200);
    const both = await ask('GET', '/-/', { 'x-keystone': 'wrong', 'x-basic': 'anna' });
    expect(both).toMatchObject({ status: 401, text: 'this is wrong' });
    expect(both.headers.get('www-authenticate')).toBe(`${basicChallenge}, ${keystoneChallenge}`);
  });

  it('may be open, and then 503 says when to come again', async () => {
    const { status, headers } = await ask('GET', '/-/', { 'x-keystone': 'away' });
    expect([status, headers.get('retry-after'), headers.get('www-authenticate')]).toEqual([503, '5', null]);
  });

  it('may have to wait', async () => {
    const { status, headers } = await ask('GET', '/-/', { 'x-basic': 'locked' });
    expect([status, headers.get('retry-after'), headers.get('www-authenticate')]).toEqual([429, '7', null]);
  });

  it('is asked before version, target and method, for every method', async () => {
    const version = { 'user-agent': 'client OCCI/9.9' };
    expect((await ask('GET', '/-/', version)).status).toBe(401);
    expect((await ask('GET', '/nothing/here')).status).toBe(401);
    expect((await ask('BREW', '/-/')).status).toBe(401);
    expect((await ask('GET', '/-/', { accept: 'image/png' })).status).toBe(401);
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await ask(method, '/compute/')).status).toBe(401);
    }
    const known = { 'x-basic': 'anna' };
    expect((await ask('GET', '/-/', { ...known, ...version })).status).toBe(501);
    expect((await ask('GET', '/nothing/here', known)).status).toBe(404);
    expect((await ask('OPTIONS', '/compute/', known)).headers.get('allow')).toContain('GET');
  });

  it('is not asked by who watches over the process', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await ask('GET', path)).status).toBe(200);
    expect(keystone.calls.asked).toBe(0);
  });

  it('changes nothing when it is not known [HTTP-12-c]', async () => {
    const category = 'network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
    const headers = { 'content-type': 'text/occi', category };
    expect((await ask('POST', '/network/', headers)).status).toBe(401);
    expect((await ask('POST', '/network/', { ...headers, 'x-basic': 'wrong' })).status).toBe(401);
    expect((await ask('GET', '/network/', { 'x-basic': 'anna' })).text).toBe('');
  });

  it('needs nothing any more when the gateway has closed', async () => {
    await lab.gateway.close();
    expect([keystone, silent, basic].map(({ calls }) => calls.closed)).toEqual([1, 1, 1]);
  });

  describe('on a socket', () => {
    const serve = async () => {
      const server = nodeServer({
        fetch: lab.gateway.fetch,
        server: lab.gateway.server,
        maxHeaderBytes: 65_536,
        requestTimeoutMs: 5000,
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const close = () => new Promise((resolve) => server.close(resolve));
      return { port: (server.address() as AddressInfo).port, close };
    };

    it('is asked for in a line for each challenge, spelt as clients in the field take them apart', async () => {
      const { port, close } = await serve();
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const raw = await exchange(port, `${method} /-/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
        expect(readRaw(raw).status).toBe(401);
        const head = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n');
        expect(head.filter((line) => /^www-authenticate:/i.test(line))).toEqual([
          `WWW-Authenticate: ${basicChallenge}`,
          `WWW-Authenticate: ${keystoneChallenge}`,
        ]);
        for (const field of ['server', 'x-request-id', 'content-type'])
          expect(readRaw(raw).header(field)).toBeDefined();
      }
      await close();
    });

    it('is not asked of what is no HTTP, which is refused before', async () => {
      const { port, close } = await serve();
      const asked = basic.calls.asked;
      expect(readRaw(await exchange(port, 'GET / HTTP/9\r\n\r\n')).status).toBe(400);
      expect(readRaw(await exchange(port, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')).status).toBe(
        400,
      );
      expect(basic.calls.asked).toBe(asked);
      await close();
    });
  });
});

describe('a gateway whose ways are named by settings', () => {
  it('does not start without what they need', async () => {
    await expect(startLab({ auth: ['basic'] })).rejects.toThrow('authUsersFile is missing');
    await expect(startLab({ auth: ['keystone'] })).rejects.toThrow('keystoneUrl is missing');
    await expect(startLab({ auth: ['oidc'] })).rejects.toThrow('oidcIssuer is missing');
    await expect(startLab({ auth: ['x509'] })).rejects.toThrow('authSubjectsFile is missing');
    await expect(startLab({ auth: ['basic'], authUsersFile: '/nonexistent/users' })).rejects.toThrow(
      '/nonexistent/users: ENOENT',
    );
  });

  it('has the challenges of all of them, Keystone in the URL that clients know', async () => {
    const lab = await startLab({
      auth: ['oidc', 'keystone'],
      oidcIssuer: 'https://issuer.test',
      oidcAudience: ['occi'],
      keystoneUrl: 'http://10.0.0.1:5000',
      keystonePublicUrl: 'https://keystone.test/v3',
      keystoneValidateWith: 'client',
    });
    const response = await lab.gateway.fetch(new Request(`${base}/-/`));
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="OCCI", Keystone uri='https://keystone.test/v3'`,
    );
    await lab.close();
  });
});
