import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './server/command.ts';

const script = fileURLToPath(new URL('../scripts/audit.ts', import.meta.url));

const advisory = (name: string, id: string) => ({
  ...{ name, title: `${name} is slow`, severity: 'moderate', range: '<2' },
  url: `https://github.com/advisories/${id}`,
});
const [first, second] = ['GHSA-aaaa-bbbb-cc11', 'GHSA-dddd-eeee-ff22'];
const known = {
  vulnerabilities: {
    alpha: { via: [advisory('alpha', first), 'beta'] },
    beta: { via: [advisory('beta', second), advisory('alpha', first)] },
  },
};

describe('npm run audit', { timeout: 60_000 }, () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => directory.remove());

  /** Runs the script with an npm that prints this and exits with 1, as it does when something is known. */
  async function run(said: string, explained: readonly string[] = []) {
    const page = join(directory.path, 'security.md');
    const rows = explained.map((id) => `| [${id}](https://github.com/advisories/${id}) | nobody calls it |`);
    writeFileSync(page, ['| Advisory | Why |', '|---|---|', ...rows, ''].join('\n'));
    writeFileSync(join(directory.path, 'said'), said);
    const npm = join(directory.path, 'npm');
    writeFileSync(npm, `#!/bin/sh\necho "$*" > '${npm}.asked'\ncat '${join(directory.path, 'said')}'\nexit 1\n`);
    chmodSync(npm, 0o755);
    const env = { PATH: `${directory.path}:${process.env['PATH']}` };
    const ended = await promisify(execFile)(process.execPath, [script, page], { env }).catch(
      (error: { code: number; stdout: string }) => error,
    );
    expect(readFileSync(`${npm}.asked`, 'utf8')).toBe('audit --omit=dev --json\n');
    return { code: 'code' in ended ? ended.code : 0, lines: ended.stdout.trimEnd().split('\n') };
  }

  it('passes where nothing is known', async () => {
    const { code, lines } = await run('{"vulnerabilities": {}}');
    expect([code, lines]).toEqual([0, ['0 known, 0 of them not explained']]);
  });

  it('fails with what is not explained, and names each advisory once', async () => {
    const { code, lines } = await run(JSON.stringify(known), [first]);
    expect([code, lines]).toEqual([
      1,
      [
        `${first} alpha (moderate): alpha is slow; explained: nobody calls it`,
        `${second} beta (moderate): beta is slow; not explained`,
        '2 known, 1 of them not explained',
      ],
    ]);
  });

  it('passes where all is explained', async () => {
    const { code, lines } = await run(JSON.stringify(known), [first, second]);
    expect([code, lines.at(-1)]).toEqual([0, '2 known, 0 of them not explained']);
  });

  it.each([
    ['does not answer such questions', { message: '405 Method Not Allowed - POST https://npm.test/-/npm/v1/x' }],
    ['has no such place', { message: '404 Not Found - POST https://npm.test/-/npm/v1/x', statusCode: 404 }],
    [
      'has no advisories',
      { error: { code: 'ENOAUDIT', summary: 'Your configured registry (https://npm.test/) does not' } },
    ],
    ['cannot be reached', { message: 'request to https://npm.test/x failed, reason: getaddrinfo ENOTFOUND npm.test' }],
  ])('says in a line that the registry %s, and is neither good nor bad', async (_, said) => {
    const { code, lines } = await run(JSON.stringify(said));
    expect([code, lines]).toEqual([3, [expect.stringMatching(/^nothing is known: .*registry/)]]);
  });

  it('takes rubbish for no answer', async () => {
    expect(await run('<html>')).toMatchObject({ code: 3, lines: [expect.stringMatching(/^nothing is known: /)] });
  });
});
