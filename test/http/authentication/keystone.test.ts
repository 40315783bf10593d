import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWire, type Wire } from '../../../src/client/wire.ts';
import type { Authenticator } from '../../../src/http/authentication/authenticator.ts';
import { type KeystoneOptions, keystoneAuthenticator } from '../../../src/http/authentication/keystone/keystone.ts';
import { requestWith } from './request-with.ts';
import { type Description, type ScriptedKeystone, startScriptedKeystone } from './scripted-keystone.ts';

describe('Keystone', () => {
  let clock: number;
  let keystone: ScriptedKeystone;
  let wire: Wire;
  let logged: [string, object][];
  beforeEach(async () => {
    clock = Date.parse('2026-01-01T00:00:00Z');
    keystone = await startScriptedKeystone(() => clock);
    wire = openWire({ timeoutMs: 500 });
    logged = [];
  });
  afterEach(async () => {
    wire.close();
    await keystone.close();
  });

  const open = (options: Partial<KeystoneOptions> = {}): Authenticator =>
    keystoneAuthenticator({
      send: wire.send,
      url: keystone.url,
      shownUrl: keystone.url,
      service: { identity: { user: { name: 'occi' }, password: 'of the gateway' }, project: { name: 'service' } },
      believedMs: 60_000,
      log: (message, detail) => logged.push([message, detail]),
      now: () => clock,
      ...options,
    });
  const described = (lifeMs = 3_600_000, more: object = {}) => ({
    user: { id: 'u1', name: 'anna', domain: { id: 'default' } },
    project: { id: 'p1', name: 'lab' },
    roles: [
      { id: 'r1', name: 'member' },
      { id: 'r2', name: 'reader' },
    ],
    expires_at: new Date(clock + lifeMs).toISOString(),
    ...more,
  });
  const withToken = (token: string) => requestWith({ 'x-auth-token': token });

  it('is asked with the token of the gateway, and its ids are believed', async () => {
    keystone.tokens.set('t1', described());
    expect(await open().authenticate(withToken('t1'))).toEqual({
      user: 'u1',
      project: 'p1',
      roles: ['member', 'reader'],
      expires: clock + 3_600_000,
      proof: 'keystone',
    });
    expect(keystone.asked).toEqual(['own-1 about t1']);
  });

  it('is named by a challenge that clients can take apart', () => {
    expect(open({ shownUrl: 'https://keystone.test:5000/v3' }).challenge).toBe(
      "Keystone uri='https://keystone.test:5000/v3'",
    );
  });

  it.each(['', '/', '/v3', '/v3/', '/v2.0'])('is found at its URL with %j at the end', async (end) => {
    keystone.tokens.set('t1', described());
    const one = open({ url: keystone.url.replace('/v3', end) });
    expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
  });

  it('is not asked without a token, nor about what can be none', async () => {
    const one = open();
    expect(await one.authenticate(requestWith({ authorization: 'Basic YTpi' }))).toBeUndefined();
    for (const none of ['', 'a b', 'é', 'a'.repeat(16_385)]) {
      const headers = { 'x-auth-token': Buffer.from(none).toString('latin1') };
      await expect(one.authenticate(requestWith(headers))).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(keystone.asked).toEqual([]);
  });

  it('is asked once about a token in a while', async () => {
    keystone.tokens.set('t1', described());
    const one = open();
    for (let request = 0; request < 10; request += 1) await one.authenticate(withToken('t1'));
    expect(keystone.asked).toHaveLength(1);
    clock += 60_000;
    await one.authenticate(withToken('t1'));
    expect(keystone.asked).toHaveLength(2);
  });

  it('is asked once for all who come with a token at the same time', async () => {
    keystone.tokens.set('t1', described());
    keystone.tokens.set('t2', described());
    const { promise, resolve } = Promise.withResolvers<void>();
    keystone.gate = promise;
    const one = open();
    const all = Array.from({ length: 100 }, (_, index) => one.authenticate(withToken(index % 2 === 0 ? 't1' : 't2')));
    resolve();
    expect((await Promise.all(all)).every((credentials) => credentials?.user === 'u1')).toBe(true);
    expect(keystone.asked.toSorted()).toEqual(['own-1 about t1', 'own-1 about t2']);
    expect(keystone.given).toBe(1);
  });

  it('is not believed longer than the token lives', async () => {
    keystone.tokens.set('t1', described(5000));
    const one = open();
    await one.authenticate(withToken('t1'));
    keystone.tokens.delete('t1');
    clock += 4999;
    expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
    clock += 1;
    await expect(one.authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is not asked again at once about a token that it does not know', async () => {
    const one = open();
    for (let request = 0; request < 10; request += 1) {
      await expect(one.authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(keystone.asked).toHaveLength(1);
    keystone.tokens.set('t1', described());
    clock += 5000;
    expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
  });

  it('gives a token that is for no project, which is refused with the reason', async () => {
    const { project: _, ...unscoped } = described();
    keystone.tokens.set('t1', unscoped);
    keystone.tokens.set('t2', { ...unscoped, domain: { id: 'default' } });
    keystone.tokens.set('t3', { ...unscoped, system: { all: true } });
    const one = open();
    for (const token of ['t1', 't2', 't3']) {
      await expect(one.authenticate(withToken(token))).rejects.toMatchObject({
        code: 'unauthenticated',
        message: expect.stringContaining('scoped to a project'),
      });
    }
  });

  describe('and the token of the gateway', () => {
    beforeEach(() => {
      for (const token of ['t1', 't2', 't3']) keystone.tokens.set(token, described());
    });

    it('is used until shortly before it ends', async () => {
      const one = open({ believedMs: 0 });
      await one.authenticate(withToken('t1'));
      clock += 3_600_000 - 60_001;
      await one.authenticate(withToken('t1'));
      expect(keystone.given).toBe(1);
      clock += 2;
      await one.authenticate(withToken('t1'));
      expect(keystone.asked.at(-1)).toBe('own-2 about t1');
    });

    it('is renewed, too, when it lives for seconds only', async () => {
      keystone.ownLife = 10_000;
      const one = open({ believedMs: 0 });
      await one.authenticate(withToken('t1'));
      clock += 8999;
      await one.authenticate(withToken('t1'));
      expect(keystone.given).toBe(1);
      clock += 2;
      await one.authenticate(withToken('t1'));
      expect(keystone.given).toBe(2);
    });

    it('is renewed once when it is refused, for all who need it', async () => {
      const one = open();
      await one.authenticate(withToken('t1'));
      keystone.own.clear();
      keystone.asked.length = 0;
      const both = await Promise.all([one.authenticate(withToken('t2')), one.authenticate(withToken('t3'))]);
      expect(both).toMatchObject([{ user: 'u1' }, { user: 'u1' }]);
      expect(keystone.given).toBe(2);
      expect(keystone.asked.toSorted()).toEqual([
        'own-1 about t2',
        'own-1 about t3',
        'own-2 about t2',
        'own-2 about t3',
      ]);
    });

    it('is not asked for again at once when Keystone refuses to give one: nobody knows who a client is', async () => {
      keystone.ownStatus = 401;
      const one = open();
      for (let request = 0; request < 5; request += 1) {
        await expect(one.authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unavailable' });
      }
      expect(logged[0]?.[0]).toBe('Keystone cannot be asked');
      expect(JSON.stringify(logged)).not.toContain('of the gateway');
      keystone.ownStatus = 201;
      clock += 1000;
      expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
    });

    it('may not be allowed to ask: the client is not to blame', async () => {
      keystone.tokens.set('t1', 403);
      await expect(open().authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unavailable' });
      expect(JSON.stringify(logged)).toContain('may not validate tokens');
    });
  });

  describe.each([
    ['answers 500', 500 as Description],
    ['answers 503', 503 as Description],
    ['hangs up', 'hang up' as Description],
    ['answers something else', 'rubbish' as Description],
    ['describes no token', {} as Description],
    ['does not say when it ends', { user: { id: 'u' }, project: { id: 'p' }, expires_at: 'soon' } as Description],
    ['says nothing', 'silence' as Description],
  ])('that %s', (_, description) => {
    it('leaves it open who the client is, and is asked again the next time', async () => {
      keystone.tokens.set('t1', description);
      const one = open();
      await expect(one.authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unavailable' });
      keystone.tokens.set('t1', described());
      expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
    });
  });

  it('that is away leaves those in peace who were known before', async () => {
    keystone.tokens.set('t1', described());
    const one = open();
    await one.authenticate(withToken('t1'));
    await keystone.close();
    expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1' });
    await expect(one.authenticate(withToken('t2'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(JSON.stringify(logged)).not.toMatch(/t1|t2/);
  });

  it('that is not there at all, but something else is, refuses nobody', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('no such page'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const one = open({ url: `http://127.0.0.1:${port}/identity`, service: undefined });
    await expect(one.authenticate(withToken('t1'))).rejects.toMatchObject({ code: 'unavailable' });
    await new Promise((resolve) => other.close(resolve));
  });

  describe('without an account for the gateway', () => {
    it('is asked with the token itself', async () => {
      keystone.tokens.set('t1', described());
      const one = open({ service: undefined });
      expect(await one.authenticate(withToken('t1'))).toMatchObject({ user: 'u1', project: 'p1' });
      expect(keystone.asked).toEqual(['t1 about t1']);
      expect(keystone.given).toBe(0);
    });

    it('refuses a token that is none, and one that may not ask about itself', async () => {
      keystone.tokens.set('t2', 403);
      const one = open({ service: undefined });
      for (const token of ['t1', 't2']) {
        await expect(one.authenticate(withToken(token))).rejects.toMatchObject({ code: 'unauthenticated' });
      }
    });
  });

  it('keeps its good tokens when somebody comes with very many bad ones', async () => {
    keystone.tokens.set('t1', described());
    const one = open();
    await one.authenticate(withToken('t1'));
    const bad = (from: number) =>
      Promise.allSettled(Array.from({ length: 200 }, (_, index) => one.authenticate(withToken(`x${from + index}`))));
    for (let from = 0; from < 2000; from += 200) await bad(from);
    keystone.asked.length = 0;
    await one.authenticate(withToken('t1'));
    expect(keystone.asked).toEqual([]);
  });
});
