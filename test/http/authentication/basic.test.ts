import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BasicOptions, basicAuthenticator } from '../../../src/http/authentication/basic/basic.ts';
import { hashPassword, isPassword, type PasswordHash } from '../../../src/http/authentication/basic/password-hash.ts';
import { readUsers, type Users, withUser } from '../../../src/http/authentication/basic/users-file.ts';
import { basic, requestWith } from './request-with.ts';

const quick = { ln: 4, r: 8, p: 1 };

/** A users file that is looked at each time. */
function usersIn(read: () => Users): BasicOptions['users'] {
  return {
    get current() {
      return read();
    },
    close() {},
  };
}

describe('Basic [RFC 7617]', () => {
  let text: string;
  let checks: PasswordHash[];
  let logged: object[];
  let clock: number;
  beforeAll(async () => {
    const make = async (before: string, name: string, password: string) =>
      withUser(before, { name, hash: await hashPassword(password, quick), project: 'lab', roles: ['member'] });
    text = await make(await make('', 'anna', 'pass:word'), 'Zoë', 'schlüssel');
  });
  beforeEach(() => {
    checks = [];
    logged = [];
    clock = 1_000_000;
  });

  const open = (options: Partial<BasicOptions> = {}) =>
    basicAuthenticator({
      realm: 'OCCI',
      users: usersIn(() => readUsers(text)),
      believedMs: 60_000,
      log: (_, detail) => logged.push(detail),
      check: (password, hash) => {
        checks.push(hash);
        return isPassword(password, hash);
      },
      now: () => clock,
      ...options,
    });
  const anna = basic('anna:pass:word');
  const wrong = { code: 'unauthenticated', message: 'name or password is wrong' };

  it('asks for it in UTF-8 (§2.1)', () => {
    expect(open().challenge).toBe('Basic realm="OCCI", charset="UTF-8"');
  });

  it('knows who it is; the first colon separates', async () => {
    expect(await open().authenticate(requestWith(anna))).toEqual({
      user: 'anna',
      project: 'lab',
      roles: ['member'],
      proof: 'basic',
    });
  });

  it.each([
    ['UTF-8', basic('Zoë:schlüssel')],
    ['UTF-8 with combining characters', basic('Zoe\u0308:schlu\u0308ssel')],
    ['Latin-1', basic('Zoë:schlüssel', 'latin1')],
    [
      'another spelling of the scheme',
      { authorization: basic('Zoë:schlüssel').authorization.replace('Basic', 'bASIC') },
    ],
    ['no padding', { authorization: basic('Zoë:schlüssel').authorization.replace(/=+$/, '') }],
  ])('reads %s', async (_, headers) => {
    expect(await open().authenticate(requestWith(headers))).toMatchObject({ user: 'Zoë' });
  });

  it.each([
    ['no field', {}],
    ['another scheme', { authorization: 'Bearer abc' }],
    ['a scheme that begins like it', { authorization: 'BasicAuth YTpi' }],
  ])('leaves to others what is none: %s', async (_, headers) => {
    expect(await open().authenticate(requestWith(headers))).toBeUndefined();
    expect(checks).toEqual([]);
  });

  it.each([
    ['nothing', 'Basic'],
    ['blanks only', 'Basic   '],
    ['no base64', 'Basic anna:pass'],
    ['base64 with more behind it', `${anna.authorization}, Basic YTpi`],
    ['no colon', basic('anna').authorization],
    ['a control character', basic('anna:pass\u0000word').authorization],
    ['a line end', basic('anna\r\n:password').authorization],
  ])('refuses what cannot be read: %s', async (_, authorization) => {
    await expect(open().authenticate(requestWith({ authorization }))).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('RFC 7617'),
    });
    expect(checks).toEqual([]);
  });

  it('does the same work for a user it does not know, and says the same', async () => {
    const one = open();
    await expect(one.authenticate(requestWith(basic('anna:guess')))).rejects.toMatchObject(wrong);
    const [known] = checks.splice(0);
    await expect(one.authenticate(requestWith(basic('nobody:guess')))).rejects.toMatchObject(wrong);
    const [unknown] = checks.splice(0);
    for (const cost of [known, unknown]) expect(cost).toMatchObject(quick);
    expect(known?.hash.length).toBe(unknown?.hash.length);
  });

  it('lets nobody in by the decoy', async () => {
    const one = open({ check: async () => true });
    await expect(one.authenticate(requestWith(basic('nobody:guess')))).rejects.toMatchObject(wrong);
    await expect(one.authenticate(requestWith(basic('nobody:guess')))).rejects.toMatchObject(wrong);
  });

  it('hashes a password once, and again after a time', async () => {
    const one = open();
    for (let request = 0; request < 10; request += 1) await one.authenticate(requestWith(anna));
    expect(checks).toHaveLength(1);
    clock += 60_000;
    await one.authenticate(requestWith(anna));
    expect(checks).toHaveLength(2);
  });

  it('hashes once for all who come at the same time', async () => {
    const one = open();
    const all = await Promise.all(Array.from({ length: 64 }, () => one.authenticate(requestWith(anna))));
    expect(all.every((credentials) => credentials?.user === 'anna')).toBe(true);
    expect(checks).toHaveLength(1);
  });

  it('does not know a wrong password after the right one', async () => {
    const one = open();
    await one.authenticate(requestWith(anna));
    await expect(one.authenticate(requestWith(basic('anna:pass:wor')))).rejects.toMatchObject(wrong);
    await expect(one.authenticate(requestWith(basic('anna:pass:word ')))).rejects.toMatchObject(wrong);
    await expect(one.authenticate(requestWith(basic('Zoë:pass:word')))).rejects.toMatchObject(wrong);
  });

  it('forgets at once who is removed, has another password, or another project', async () => {
    let users = readUsers(text);
    const one = open({ users: usersIn(() => users) });
    await one.authenticate(requestWith(anna));
    users = readUsers(text.replace(':lab:', ':other:'));
    expect(await one.authenticate(requestWith(anna))).toMatchObject({ project: 'other' });
    const hash = await hashPassword('new', quick);
    users = readUsers(withUser(text, { name: 'anna', hash, project: 'lab', roles: [] }));
    await expect(one.authenticate(requestWith(anna))).rejects.toMatchObject(wrong);
    users = readUsers('');
    await expect(one.authenticate(requestWith(anna))).rejects.toMatchObject(wrong);
  });

  it('makes who guesses wait, known or not, and nobody else', async () => {
    for (const name of ['anna', 'nobody']) {
      const one = open();
      for (let guess = 0; guess < 5; guess += 1) {
        await expect(one.authenticate(requestWith(basic(`${name}:${guess}`)))).rejects.toMatchObject(wrong);
      }
      checks = [];
      await expect(one.authenticate(requestWith(basic(`${name}:5`)))).rejects.toMatchObject({
        code: 'too-many-requests',
        details: { retryAfter: 1 },
      });
      // Not even the right password: whoever guesses would see it.
      await expect(one.authenticate(requestWith(basic(`${name}:pass:word`)))).rejects.toMatchObject({
        code: 'too-many-requests',
      });
      expect(checks).toEqual([]);
      expect(await one.authenticate(requestWith(anna, '198.51.100.7'))).toMatchObject({ user: 'anna' });
      expect(await one.authenticate(requestWith(basic('Zoë:schlüssel')))).toMatchObject({ user: 'Zoë' });
      clock += 1000;
      await expect(one.authenticate(requestWith(basic(`${name}:6`)))).rejects.toMatchObject(wrong);
      await expect(one.authenticate(requestWith(basic(`${name}:7`)))).rejects.toMatchObject({
        details: { retryAfter: 2 },
      });
      clock += 2000;
      expect(logged.length).toBeGreaterThan(0);
      expect(logged[0]).toEqual({ user: name === 'anna' ? 'anna' : undefined, address: '192.0.2.1' });
      logged = [];
    }
  });

  it('counts guesses that come all at once', async () => {
    const one = open();
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, guess) => one.authenticate(requestWith(basic(`anna:${guess}`)))),
    );
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'in'));
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too-many-requests')).toHaveLength(45);
    expect(checks).toHaveLength(5);
  });

  it('makes an address wait that tries many names, and the network of an IPv6 address', async () => {
    const one = open();
    const addressOf = (guess: number) => `2001:db8:1:2::${guess.toString(16)}`;
    for (let guess = 0; guess < 50; guess += 1) {
      await expect(one.authenticate(requestWith(basic(`user${guess}:x`), addressOf(guess)))).rejects.toMatchObject(
        wrong,
      );
    }
    await expect(one.authenticate(requestWith(anna, addressOf(99)))).rejects.toMatchObject({
      code: 'too-many-requests',
    });
    expect(await one.authenticate(requestWith(anna, '2001:db8:1:3::1'))).toMatchObject({ user: 'anna' });
  });

  it('makes nobody wait for others where it does not know addresses', async () => {
    const one = open();
    for (let guess = 0; guess < 100; guess += 1) {
      await expect(one.authenticate(requestWith(basic(`user${guess}:x`), 'unknown'))).rejects.toMatchObject(wrong);
    }
    expect(await one.authenticate(requestWith(anna, 'unknown'))).toMatchObject({ user: 'anna' });
  });

  it('forgives a user who has it right at last', async () => {
    const one = open();
    for (let round = 0; round < 5; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) {
        await expect(one.authenticate(requestWith(basic(`anna:${round}${guess}`)))).rejects.toMatchObject(wrong);
      }
      clock += 61_000;
      expect(await one.authenticate(requestWith(anna))).toMatchObject({ user: 'anna' });
    }
  });

  it('counts nothing when it was its own fault', async () => {
    const one = open({ check: () => Promise.reject(new Error('no memory')) });
    for (let round = 0; round < 20; round += 1) {
      await expect(one.authenticate(requestWith(anna))).rejects.toThrow('no memory');
    }
  });
});
