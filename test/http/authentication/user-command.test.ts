import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { start, terminal } from '../../cli/occi-command.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../../server/command.ts';
import { until } from '../until.ts';
import { basic } from './request-with.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

describe('occi-gateway user', { timeout: 60_000 }, () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let file: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    file = join(directory.path, 'users');
  });
  afterEach(() => directory.remove());

  const user = (args: readonly string[], input = '') =>
    start([process.execPath, main, 'user', ...args], { input, environment: { OCCI_AUTH_USERS_FILE: file } }).ended;
  const add = (name: string, password: string, ...more: readonly string[]) =>
    user(['add', name, '--project', 'lab', '--password-stdin', ...more], password);

  it('adds, lists, verifies, changes and removes', async () => {
    expect(await add('anna', 'pass word\n', '--role', 'member', '--role', 'reader')).toMatchObject({
      code: 0,
      stdout: 'anna added\n',
    });
    expect(await add('Zoë', 'x')).toMatchObject({ code: 0 });
    expect((await user(['list'])).stdout).toBe('anna\tlab\tmember,reader\nZoë\tlab\t\n');
    expect(await user(['verify', 'anna', '--password-stdin'], 'pass word')).toMatchObject({ code: 0 });
    expect(await user(['verify', 'anna', '--password-stdin'], 'pass')).toMatchObject({
      code: 1,
      stderr: 'occi-gateway: the password is wrong\n',
    });
    expect(await add('anna', 'other')).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
    expect(await add('anna', 'other', '--replace')).toMatchObject({ code: 0, stdout: 'anna changed\n' });
    expect(await user(['verify', 'anna', '--password-stdin'], 'other')).toMatchObject({ code: 0 });
    expect(await user(['remove', 'anna'])).toMatchObject({ code: 0, stdout: 'anna removed\n' });
    expect(await user(['remove', 'anna'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no user anna') });
    expect((await user(['list'])).stdout).toBe('Zoë\tlab\t\n');
  });

  it('keeps the file from others, whoever could read it before', async () => {
    writeFileSync(file, '# people\n');
    chmodSync(file, 0o644);
    expect(await add('anna', 'x')).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# people\nanna:\$scrypt\$ln=15,r=8,p=3\$\S+:lab:\n$/);
  });

  it('changes what a link leads to, and leaves the link', async () => {
    symlinkSync(file, `${file}.link`);
    writeFileSync(file, '');
    expect(await add('anna', 'x', '--file', `${file}.link`)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('anna:');
    expect(readFileSync(`${file}.link`, 'utf8')).toContain('anna:');
  });

  it('does not change a file that somebody else is changing, or that makes no sense', async () => {
    writeFileSync(`${file}.new`, '');
    expect(await add('anna', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('users.new is there') });
    writeFileSync(`${file}`, 'nonsense\n');
    const other = join(directory.path, 'other');
    writeFileSync(other, 'nonsense\n');
    expect(await add('anna', 'x', '--file', other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 1'),
    });
    expect(readFileSync(other, 'utf8')).toBe('nonsense\n');
    expect(await add('anna', 'x', '--file', other)).toMatchObject({ stderr: expect.not.stringContaining('is there') });
  });

  it.each([
    ['a name with a colon', ['add', 'an:na', '--project', 'lab', '--password-stdin'], 'x', 'no colon'],
    ['a project with a colon', ['add', 'anna', '--project', 'a:b', '--password-stdin'], 'x', 'without blanks'],
    ['a role with a comma', ['add', 'anna', '--project', 'p', '--role', 'a,b', '--password-stdin'], 'x', 'no blanks'],
    ['no project', ['add', 'anna', '--password-stdin'], 'x', '--project'],
    ['no password', ['add', 'anna', '--project', 'lab', '--password-stdin'], '\n', 'empty'],
    ['control characters', ['add', 'anna', '--project', 'lab', '--password-stdin'], 'a\u0007b', 'RFC 7617'],
    ['no terminal', ['add', 'anna', '--project', 'lab'], 'x', '--password-stdin'],
    ['a password as an argument', ['add', 'anna', 'secret', '--project', 'lab', '--password-stdin'], 'x', 'arguments'],
    ['a file that is not there', ['list'], '', 'ENOENT'],
  ])('refuses %s', async (_, args, input, reason) => {
    const { code, stderr } = await user(args, input);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('asks on the terminal, twice, and shows nothing of it', async () => {
    const ask = async (first: string, second: string) => {
      const args = ['user', 'add', 'anna', '--project', 'lab', '--file', file];
      const running = start(['python3', terminal, '80', process.execPath, main, ...args], {});
      await until(
        async () => running.output(),
        (text) => text.includes('New password of anna: '),
      );
      running.type(`${first}\r`);
      await until(
        async () => running.output(),
        (text) => text.includes('Once more: '),
      );
      running.type(`${second}\r`);
      const ending = await running.ended;
      return { ...ending, output: ending.stdout + ending.stderr };
    };
    const different = await ask('geheim-1', 'geheim-2');
    expect(different).toMatchObject({ code: 1, output: expect.stringContaining('two different passwords') });
    const same = await ask('geheim-1', 'geheim-1');
    expect(same.code).toBe(0);
    expect(different.output + same.output).not.toContain('geheim');
    expect(await user(['verify', 'anna', '--password-stdin'], 'geheim-1')).toMatchObject({ code: 0 });
  });

  describe('and a gateway at work', () => {
    let gateway: RunningGateway;
    const data = () => join(directory.path, 'data');
    const status = (pair: string) =>
      fetch(`${gateway.url}/-/`, { headers: basic(pair) }).then((answer) => answer.status);
    const settled = (pair: string, wanted: number) =>
      until(
        () => status(pair),
        (one) => one === wanted,
      );

    it('that hears of each change, and never tells what it is told', async () => {
      await add('anna', 'first secret');
      gateway = await startGateway(data(), {
        OCCI_AUTH: 'basic',
        OCCI_AUTH_USERS_FILE: file,
        OCCI_LOG_LEVEL: 'trace',
      });
      const refused = await fetch(`${gateway.url}/-/`);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        'Basic realm="OCCI", charset="UTF-8"',
      ]);
      expect(await status('anna:first secret')).toBe(200);
      await add('otto', 'second secret');
      await settled('otto:second secret', 200);
      await add('anna', 'third secret', '--replace');
      await settled('anna:third secret', 200);
      expect(await status('anna:first secret')).toBe(401);
      await user(['remove', 'otto']);
      await settled('otto:second secret', 401);
      writeFileSync(file, 'nonsense\n');
      await until(
        async () => {
          await status('anna:third secret');
          return gateway.log();
        },
        (lines) => lines.some(({ msg }) => String(msg).includes('users not changed')),
      );
      expect(await status('anna:third secret')).toBe(200);
      for (let guess = 0; guess < 6; guess += 1) await status(`anna:guess ${guess}`);
      const waiting = await fetch(`${gateway.url}/-/`, { headers: basic('anna:third secret') });
      expect(waiting.status).toBe(429);
      expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
      const { stdout, stderr } = await gateway.stop();
      for (const secret of ['first secret', 'second secret', 'third secret', 'guess ', 'scrypt', 'Basic ']) {
        expect(stdout + stderr).not.toContain(secret);
        expect(stdout + stderr).not.toContain(btoa(`anna:${secret}`));
      }
    });
  });
});
