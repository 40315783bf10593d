import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runToEnd, temporaryDirectory } from '../server/command.ts';
import { rawFieldsAreSecret } from './credentials.ts';
import { keptLog } from './kept-log.ts';
import { kept, placeVariable } from './place.ts';

const place = process.env[placeVariable] ?? '';
const own = join(place, kept.logs, relative(process.cwd(), import.meta.filename));
const read = (directory: string, pattern: string) =>
  globSync(pattern, { cwd: directory }).map((name) => readFileSync(join(directory, name), 'utf8'));

describe('what is kept while tests run', () => {
  it('is what processes write, on both streams, and what gateways in this process log', async () => {
    await runToEnd(['--version']);
    await runToEnd(['--nonsense']);
    expect(read(own, '*.main.ts.stdout').join('')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(read(own, '*.main.ts.stderr').join('')).toContain('nonsense');
    keptLog().warn({ err: new Error('the fuse is blown') }, 'it is dark');
    expect(read(own, 'gateway').join('')).toMatch(/"stack":"Error: the fuse is blown.*"msg":"it is dark"/);
  });

  it('is what proves who somebody is: in requests, in answers, and in what processes are given', async () => {
    const server = createServer((_, response) => {
      response.setHeader('X-Subject-Token', 'token-of-the-answer').end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await fetch(url, {
      headers: { authorization: `Basic ${btoa('anna:password-of-fetch')}`, cookie: 'a=cookie-of-anna' },
    });
    const [answer] = await once(get(url, { headers: { 'X-Auth-Token': 'token-of-get' } }), 'response');
    answer.resume();
    await once(answer, 'end');
    server.closeAllConnections();
    server.close();
    await runToEnd(['--version'], {
      OCCI_KEYSTONE_PASSWORD: 'password-of-keystone',
      OCCI_DATABASE_URL: 'postgres://me:password%2Fof-the-database@h/occi',
    });
    await runToEnd(['--nonsense', '--password', 'password-in-words', '--token=token-in-words']);
    rawFieldsAreSecret('GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer token-in-bytes\r\n\r\nCookie: a=of-no-use');
    const told = read(join(place, kept.secrets), String(process.pid)).join('').trimEnd().split('\n');
    const secrets = told.map((line) => JSON.parse(line) as string);
    expect(secrets).not.toContain('of-no-use');
    expect(secrets).toEqual(
      expect.arrayContaining([
        ...['password-in-words', 'token-in-words', 'token-in-bytes'],
        ...[
          'token-of-the-answer',
          'password-of-fetch',
          btoa('anna:password-of-fetch'),
          'cookie-of-anna',
          'token-of-get',
        ],
        ...['password-of-keystone', 'password%2Fof-the-database', 'password/of-the-database'],
      ]),
    );
  });
});

describe('a run of the tests', { timeout: 60_000 }, () => {
  const plugin = fileURLToPath(new URL('log-search.ts', import.meta.url));
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

  /** Makes a run whose one test starts a process that knows a token and writes a line. */
  async function run(line: string): Promise<{ code: number; text: string; left: readonly string[] }> {
    const directory = temporaryDirectory();
    const write = (name: string, text: string) => writeFileSync(join(directory.path, name), text);
    write(
      'vitest.config.mjs',
      `import { logSearch } from ${JSON.stringify(plugin)};
      export default { plugins: [logSearch()], test: { globals: true } };`,
    );
    write(
      'some.test.mjs',
      `import { execFile } from 'node:child_process';
      it('writes', async () => {
        const env = { MY_TOKEN: 'a-token-5d1f' };
        await new Promise((done) => execFile(process.execPath, ['-e', ${JSON.stringify(line)}], { env }, done));
      });`,
    );
    const args = [vitest, 'run', '--root', directory.path];
    const environment = { PATH: process.env['PATH'], TMPDIR: directory.path, NO_COLOR: '1' };
    const { code, stdout } = await promisify(execFile)(process.execPath, args, { env: environment }).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stdout: string }) => error,
    );
    const left = read(directory.path, 'occi-kept-*/**/*.stdout');
    directory.remove();
    return { code, text: stdout, left };
  }

  it('fails with a token in a log, and says where it is', async () => {
    const { code, text, left } = await run('console.log("begin"); console.log("token", process.env.MY_TOKEN)');
    expect(text).toContain('1 passed');
    expect(text).toContain('secrets in logs: 1 found; 1 looked for in 1 files with 2 lines');
    expect(text).toMatch(/ {2}a-toke… in .*some\.test\.mjs.*\.stdout, line 2\n/);
    expect(text).not.toContain('a-token-5d1f');
    expect(code).toBe(1);
    expect(left).toEqual(['begin\ntoken a-token-5d1f\n']);
  });

  it('passes without, and leaves nothing behind', async () => {
    const { code, text, left } = await run('console.log("token", process.env.MY_TOKEN.slice(0, 6))');
    expect(text).toContain('secrets in logs: 0 found; 1 looked for in 1 files with 1 lines');
    expect([code, left]).toEqual([0, []]);
  });
});
