import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  hashPassword,
  isPassword,
  type PasswordHash,
  passwordHashText,
  readPasswordHash,
} from '../../../src/http/authentication/basic/password-hash.ts';
import { listUsers, readUsers, withoutUser, withUser } from '../../../src/http/authentication/basic/users-file.ts';

const quick = { ln: 4, r: 8, p: 1 };

describe('hashes of passwords', () => {
  it('know the password again, in either form of its characters, and no other', async () => {
    const hash = readPasswordHash(passwordHashText(await hashPassword('Schlüssel: 鍵', quick)));
    expect(await isPassword('Schlu\u0308ssel: 鍵', hash)).toBe(true);
    expect(await isPassword('Schlussel: 鍵', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('differ for the same password', async () => {
    const [one, other] = [await hashPassword('a', quick), await hashPassword('a', quick)];
    expect(one.hash.equals(other.hash)).toBe(false);
  });

  it('are those of RFC 7914', async () => {
    const hash = Buffer.from(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
      'hex',
    );
    expect(await isPassword('password', { ln: 10, r: 8, p: 16, salt: Buffer.from('NaCl'), hash })).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['another function', '$2b$12$abcdefghijklmnopqrstuv'],
    ['no work', '$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g'],
    ['too much memory', '$scrypt$ln=24,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g'],
    ['too much work', '$scrypt$ln=17,r=8,p=99$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g'],
    ['hardly a hash', '$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0$aGFz'],
  ])('are refused: %s', (_, text) => {
    expect(() => readPasswordHash(text)).toThrow(/hash/);
  });
});

describe('the users file', () => {
  let hash: PasswordHash;
  beforeAll(async () => {
    hash = await hashPassword('secret', quick);
  });

  it('has a line for each user, and leaves the others as they are', () => {
    const begin = '# people\n\n';
    const both = withUser(withUser(begin, { name: 'anna', hash, project: 'lab', roles: ['member', 'reader'] }), {
      name: 'Zoë',
      hash,
      project: 'a.b',
      roles: [],
    });
    expect(both.startsWith(begin)).toBe(true);
    expect(readUsers(both).get('anna')).toMatchObject({ project: 'lab', roles: ['member', 'reader'] });
    expect(readUsers(both).get('Zoe\u0308'.normalize('NFC'))).toMatchObject({ project: 'a.b', roles: [] });
    expect(listUsers(both).map(({ name }) => name)).toEqual(['anna', 'Zoë']);
    const changed = withUser(both, { name: 'anna', hash, project: 'other', roles: [] });
    expect(changed.split('\n')).toHaveLength(both.split('\n').length);
    expect(readUsers(changed).get('anna')?.project).toBe('other');
    expect(withoutUser(withoutUser(changed, 'anna'), 'Zoë')).toBe(begin);
  });

  it('says the same whatever order it is made in', () => {
    const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((text) => text.normalize('NFC'));
    const names = fc.uniqueArray(
      name.filter((text) => !/[\p{Cc}:]/u.test(text) && !text.startsWith('#') && text.trim() !== ''),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(names, (all) => {
        const text = all.reduce((file, one) => withUser(file, { name: one, hash, project: 'lab', roles: [] }), '');
        expect(listUsers(text).map(({ name }) => name)).toEqual(all);
        for (const one of all) expect(readUsers(withoutUser(text, one)).get(one)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('names the line that makes no sense, and nothing of what is in it', () => {
    const good = withUser('', { name: 'anna', hash, project: 'lab', roles: [] });
    for (const bad of ['anna', 'otto:secret:lab:', `otto:${passwordHashText(hash)}::`, good.trim(), ':x:y:']) {
      expect(() => readUsers(`${good}${bad}\n`)).toThrow(/^line 2: (?!.*(?:secret|scrypt\$ln=4))/);
    }
  });

  it('has a decoy that is as much work as the dearest hash', async () => {
    const dear = await hashPassword('secret', { ln: 5, r: 8, p: 2 });
    const text = withUser(withUser('', { name: 'a', hash, project: 'p', roles: [] }), {
      name: 'b',
      hash: dear,
      project: 'p',
      roles: [],
    });
    expect(readUsers(text).decoy).toMatchObject({ ln: 5, r: 8, p: 2 });
  });
});
