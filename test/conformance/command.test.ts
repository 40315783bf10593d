import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectionSettings } from '../../src/cli/occi/settings.ts';
import { Destinations } from '../../src/cli/occi-conformance/destinations.ts';
import { exitCodes } from '../../src/cli/occi-conformance/exit-code.ts';
import { conformanceProgram } from '../../src/cli/occi-conformance/program.ts';
import { profileNames } from '../../src/conformance/profiles.ts';
import { type JsonReport, jsonReportSchema } from '../../src/conformance/report/json-schema.ts';
import { version } from '../../src/version.ts';
import { start } from '../cli/occi-command.ts';
import { reply, startScripted, startServer } from '../client/scripted-server.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { conformance, runConformance, startConformance, startConformanceOnTerminal } from './conformance-command.ts';

// An examination is hundreds of requests, and the machine may have other work.
vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(join(tmpdir(), 'occi-conformance-'));
const file = (name: string) => join(directory, name);
const readReport = (path: string): JsonReport => jsonReportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The URLs of all entities of a server. */
async function entitiesOf(url: string): Promise<string> {
  const response = await fetch(`${url}/`, { headers: { Accept: 'text/uri-list' } });
  return response.text();
}

describe('occi-conformance at the gateway', () => {
  const data = temporaryDirectory();
  let gateway: RunningGateway;
  beforeAll(async () => {
    // By the letter: all of GFD.229 is meant.
    gateway = await startGateway(data.path, { OCCI_LINE_ENDS: 'crlf' });
  });
  afterAll(async () => {
    await gateway.stop();
    data.remove();
  });

  it('finds every MUST and SHOULD met in both versions and all renderings; nothing is left', async () => {
    const files = ['all.json', 'all.xml', 'all.html', 'all.txt'].map(file);
    const { code, stdout, stderr } = await runConformance([
      gateway.url,
      '--destructive',
      ...files.flatMap((path) => ['--output', path]),
    ]);
    const report = readReport(file('all.json'));
    const level = ({ level: one }: { readonly level: string }) => one === 'MUST' || one === 'SHOULD';
    expect(report.requirements.filter((one) => one.verdict === 'fail' && level(one))).toEqual([]);
    expect(report.results.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
    expect(report).toMatchObject({ complete: true, left: [], planned: report.results.length });
    expect(new Set(report.results.map((one) => `${one.version} ${one.rendering}`)).size).toBe(5);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('occi-conformance: failed: ');
    expect(await entitiesOf(gateway.url)).toBe('');
    for (const path of files) expect(readFileSync(path, 'utf8')).toContain(gateway.url);
    // Small enough for a browser and a mailbox.
    for (const path of files) expect(readFileSync(path).length).toBeLessThan(6 << 20);
  }, 60_000);

  it('finds nothing but the line ends that differ by default', async () => {
    const home = temporaryDirectory();
    const usual = await startGateway(home.path);
    try {
      const { code, stdout } = await runConformance([usual.url, '--level', 'MUST,SHOULD', '--report', 'json']);
      const { requirements } = jsonReportSchema.parse(JSON.parse(stdout));
      const failing = requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
      expect(failing.toSorted()).toEqual(['TEXT-5.1.1-a', 'TEXT-8-a']);
      expect(code).toBe(1);
    } finally {
      await usual.stop();
      home.remove();
    }
  }, 60_000);

  it('ends with 0 where no MUST fails, and writes text', async () => {
    const { code, stdout, stderr } = await runConformance([gateway.url, '--id', 'query-interface/is-there']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^OCCI conformance: failed: no MUST, no SHOULD\n/);
    expect(stdout).toContain(gateway.url);
  });

  it('has all that was said with --full', async () => {
    const args = [gateway.url, '--id', 'query-interface/is-there', '--report', 'json'];
    const bodies = async (...more: readonly string[]) => {
      const { stdout } = await runConformance([...args, ...more]);
      const { results } = jsonReportSchema.parse(JSON.parse(stdout));
      return results.flatMap(({ exchanges }) => exchanges.map(({ response }) => response.body));
    };
    const [brief, full] = [await bodies(), await bodies('--full')];
    expect(brief.filter((body) => /more bytes\]$/.test(body)).length).toBeGreaterThan(0);
    expect(full.filter((body) => /more bytes\]$/.test(body))).toEqual([]);
    expect(full.every((body, at) => body.startsWith(brief[at]?.split('\n[…')[0] ?? '?'))).toBe(true);
  });

  it('checks what is selected, and judges no more', async () => {
    const args = '--document 229,221 --occi-version 1.2 --rendering text/plain --level must --report json'.split(' ');
    const { stdout } = await runConformance([gateway.url, ...args]);
    const report = jsonReportSchema.parse(JSON.parse(stdout));
    expect(report.selection).toEqual({
      documents: ['GFD.229', 'GFD.221'],
      versions: ['1.2'],
      renderings: ['text/plain'],
      levels: ['MUST'],
    });
    expect(new Set(report.results.map((one) => `${one.version} ${one.rendering}`))).toEqual(
      new Set(['1.2 text/plain']),
    );
    expect(new Set(report.requirements.map((one) => `${one.document} ${one.level}`))).toEqual(
      new Set(['GFD.221 MUST', 'GFD.229 MUST']),
    );
  });

  it.each([
    { profile: 'etsi', documents: ['GFD.183', 'GFD.185'], dialects: ['1.1 text/plain', '1.1 text/occi'] },
    {
      profile: 'egi',
      documents: ['GFD.221', 'GFD.223', 'GFD.229', 'GFD.224', 'GFD.222', 'GFD.183', 'GFD.185', 'interoperability'],
      dialects: ['1.1 text/plain', '1.1 text/occi', '1.2 text/plain', '1.2 text/occi'],
    },
  ])('has the profile $profile', async ({ profile, documents, dialects }) => {
    const { stdout } = await runConformance([gateway.url, '--profile', profile, '--report', 'json']);
    const report = jsonReportSchema.parse(JSON.parse(stdout));
    expect(report.profile).toBe(profile);
    expect(new Set(report.requirements.map(({ document }) => document))).toEqual(new Set(documents));
    expect(new Set(report.results.map((one) => `${one.version} ${one.rendering}`))).toEqual(new Set(dialects));
  });

  it('lets options count more than the profile', async () => {
    const args = ['--profile', 'etsi', '--rendering', 'text', '--report', 'json'];
    const { stdout } = await runConformance([gateway.url, ...args]);
    const report = jsonReportSchema.parse(JSON.parse(stdout));
    expect(new Set(report.results.map(({ rendering }) => rendering))).toEqual(new Set(['text/plain']));
  });

  it('tells every result with --verbose', async () => {
    const { stderr } = await runConformance([gateway.url, '--id', 'query-interface/is-there', '--verbose']);
    expect(stderr.split('\n').filter((line) => line.startsWith('pass'))).toContain(
      'pass            query-interface/is-there · OCCI 1.2 in application/occi+json',
    );
  });

  it('shows a bar on a terminal while it works, and takes it away', async () => {
    const running = startConformanceOnTerminal([gateway.url, '--document', '221', '-o', file('bar.txt')], 80);
    const { code, stdout } = await running.ended;
    const drawn = stdout.split('\r\u001b[K');
    expect(code).toBe(0);
    const numbers = drawn.flatMap((line) => /^[█▏▎▍▌▋▊▉░]{24} {2}(\d+)\/(\d+)/.exec(line)?.slice(1).map(Number) ?? []);
    expect(numbers.slice(0, 1)).toEqual([0]);
    expect(numbers.at(-2)).toBe(numbers.at(-1));
    expect(drawn.every((line) => line.includes('\n') || line.length < 80)).toBe(true);
    expect(drawn.at(-1)).toMatch(/^occi-conformance: failed: no MUST/);
  });

  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['being told to end', 'SIGTERM', 143],
    ['its terminal is closed', 'SIGHUP', 129],
  ] as const)('after %s takes away what it has made, and reports what it has found', async (_, signal, expected) => {
    const running = startConformance([gateway.url, '--output', file('part.json'), '--verbose']);
    await until(
      () => entitiesOf(gateway.url),
      (list) => list !== '',
    );
    running.interrupt(signal);
    const { code, stderr } = await running.ended;
    expect(code).toBe(expected);
    expect(stderr).toContain('occi-conformance: interrupted; what was made is taken away');
    const report = readReport(file('part.json'));
    expect(report).toMatchObject({ complete: false, givenUp: `interrupted by ${signal}`, left: [] });
    expect(report.results.length).toBeLessThan(report.planned);
    expect(await entitiesOf(gateway.url)).toBe('');
  });

  it('after Ctrl-C twice ends at once, whatever the server does', async () => {
    const { server, url, close } = await startServer(async ({ method, url: path = '', headers }, response) => {
      // Beyond the query interface it never answers.
      if (method !== 'GET' || path !== '/-/' || String(headers['user-agent']).endsWith('conformance OCCI/1.2')) return;
      const answer = await fetch(`${gateway.url}${path}`, { headers: { Accept: String(headers.accept) } });
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
    const running = startConformance([url, '--occi-version', '1.2', '--rendering', 'text', '--verbose']);
    await new Promise<void>((resolve) => {
      server.on('request', ({ headers }) => {
        if (String(headers['user-agent']).endsWith('conformance OCCI/1.2')) resolve();
      });
    });
    running.interrupt();
    await until(
      async () => running.output(),
      (output) => output.includes('interrupted; what was made'),
    );
    running.interrupt();
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    await close();
  });
});

describe('occi-conformance elsewhere', () => {
  it('says that nothing listens', async () => {
    const scripted = await startScripted(() => undefined);
    await scripted.close();
    const { code, stdout, stderr } = await runConformance([scripted.url]);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`${scripted.url} cannot be reached`);
  });

  it('says that there is no OCCI', async () => {
    const server = await startScripted(() => reply('200 OK', ['Content-Type: text/html'], '<h1>It works!</h1>'));
    const { code, stdout, stderr } = await runConformance([server.url]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('that is no OCCI server');
    await server.close();
  });

  it('says that the server wants to know who it is', async () => {
    const server = await startScripted(() => reply('401 Unauthorized', ['WWW-Authenticate: Basic realm="cloud"']));
    expect(await runConformance([server.url])).toMatchObject({ code: 4, stdout: '' });
    await server.close();
  });

  it('shows no credentials, in no report', async () => {
    const data = temporaryDirectory();
    const gateway = await startGateway(data.path);
    const reports = ['a.json', 'a.html', 'a.txt', 'a.xml'].map(file);
    const args = ['--document', '229', ...reports.flatMap((path) => ['-o', path])];
    const environment = { OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'open sesame' };
    await runConformance([gateway.url, ...args], { environment });
    const written = reports.map((path) => readFileSync(path, 'utf8')).join('');
    expect(written).toContain('Authorization: ***');
    const pair = Buffer.from('anna:open sesame').toString('base64');
    for (const secret of ['open sesame', pair]) expect(written).not.toContain(secret);
    await gateway.stop();
    data.remove();
  });

  it('waits for a slow cloud as long as --patience says', async () => {
    const data = temporaryDirectory();
    const gateway = await startGateway(data.path, { OCCI_FAKE_DELAY_MS: '700' });
    const args = ['--id', 'infrastructure/network-states', '--occi-version', '1.2', '--rendering', 'text'];
    const verdicts = async (patience: string) => {
      const { stdout } = await runConformance([gateway.url, ...args, '--patience', patience, '--report', 'json']);
      return jsonReportSchema.parse(JSON.parse(stdout)).results.map(({ verdict }) => verdict);
    };
    expect(await verdicts('0.1')).not.toEqual(['pass']);
    expect(await verdicts('30')).toEqual(['pass']);
    await gateway.stop();
    data.remove();
  });

  it('ends in order when nobody reads its report any more', async () => {
    const data = temporaryDirectory();
    const gateway = await startGateway(data.path);
    const pipe = `{ "$@"; echo "ended with $?" >&2; } | true`;
    const args = [conformance, gateway.url, '--id', 'identity/created', '--report', 'json'];
    const { stderr } = await start(['sh', '-c', pipe, 'sh', process.execPath, ...args], { input: '' }).ended;
    expect(stderr).toBe('ended with 0\n');
    expect(await entitiesOf(gateway.url)).toBe('');
    await gateway.stop();
    data.remove();
  });

  it('gives up when the server goes away', async () => {
    const data = temporaryDirectory();
    const gateway = await startGateway(data.path);
    const running = startConformance([gateway.url, '--report', 'json', '--verbose']);
    await until(
      async () => running.output(),
      (output) => output.includes('\n'),
    );
    await gateway.stop('SIGKILL');
    const { code, stdout } = await running.ended;
    expect(code).toBe(5);
    expect(jsonReportSchema.parse(JSON.parse(stdout))).toMatchObject({
      complete: false,
      givenUp: expect.stringContaining('cannot be reached'),
    });
    data.remove();
  });

  it('asks a server of OCCI 1.1 without JSON in what it speaks, and says so', async () => {
    const data = temporaryDirectory();
    const gateway = await startGateway(data.path);
    const old = await startServer(async ({ method = 'GET', url: path = '', headers }, response) => {
      if (/OCCI\/1\.2/.test(String(headers['user-agent']))) return void response.writeHead(501).end();
      if (String(headers.accept).includes('json')) return void response.writeHead(406).end();
      const { accept = '*/*', 'user-agent': agent = '' } = headers;
      const answer = await fetch(`${gateway.url}${path}`, { method, headers: { Accept: accept, 'User-Agent': agent } });
      const fields = { ...Object.fromEntries(answer.headers), server: 'old/1 OCCI/1.1' };
      response.writeHead(answer.status, fields).end(await answer.text());
    });
    const { stdout } = await runConformance([old.url, '--id', 'query-interface/is-there', '--report', 'json']);
    const report = jsonReportSchema.parse(JSON.parse(stdout));
    expect(report.results.map((one) => `${one.version} ${one.rendering}`)).toEqual(['1.1 text/plain', '1.1 text/occi']);
    expect(report.notes).toEqual([expect.stringContaining('OCCI 1.1 alone')]);
    await old.close();
    await gateway.stop();
    data.remove();
  });
});

describe('The command line of occi-conformance', () => {
  it.each([
    { args: [], says: 'it is not clear which server is meant' },
    { args: ['cloud.example.org'], says: 'the endpoint is no URL' },
    { args: ['http://bob:hush@x.invalid'], says: 'the endpoint has credentials in it' },
    { args: ['bob:hush@x.invalid'], says: 'the endpoint is no URL' },
    { args: ['http://x.invalid', '--document', '999'], says: 'there is no document "GFD.999"' },
    { args: ['http://x.invalid', '--level', 'MIGHT'], says: 'there is no level "MIGHT"' },
    { args: ['http://x.invalid', '--occi-version', '1.3'], says: 'there is no version of OCCI "1.3"' },
    { args: ['http://x.invalid', '--rendering', 'xml'], says: 'there is no rendering "xml"' },
    { args: ['http://x.invalid', '--id', 'HTTP-0'], says: 'there is no requirement or check "HTTP-0"' },
    { args: ['http://x.invalid', '--profile', 'itu'], says: "option '--profile <name>' argument 'itu' is invalid" },
    { args: ['http://x.invalid', '--report', 'pdf'], says: 'there is no report "pdf"' },
    { args: ['http://x.invalid', '--report', 'json', '--report', 'html'], says: 'several reports on standard output' },
    { args: ['http://x.invalid', '--output', 'report'], says: 'it is not clear what report is to be' },
    { args: ['http://x.invalid', '--output', '/nonexistent/report.html'], says: 'cannot be written' },
    { args: ['http://x.invalid', '--patience', 'none'], says: '--patience is no number of seconds' },
    { args: ['--nonsense'], says: "unknown option '--nonsense'" },
  ])('is refused: $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runConformance(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('hush');
    expect(existsSync('report')).toBe(false);
  });

  it('has help and a version', async () => {
    const help = await runConformance(['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    for (const word of ['--profile', 'egi', 'Exit codes', '--destructive', '--user-cred']) {
      expect(help.stdout).toContain(word);
    }
    expect(await runConformance(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('is in the documents, with its profiles and exit codes', () => {
    const text = readFileSync(new URL('../../docs/conformance-suite.md', import.meta.url), 'utf8');
    const connection = connectionSettings.map(({ name }) => `--${name}`);
    const own = conformanceProgram(new Destinations()).options.map(({ long }) => long ?? '');
    for (const option of own.filter((one) => one !== '--version' && !connection.includes(one))) {
      expect(text).toMatch(new RegExp(`^\\| \`${option}\``, 'm'));
    }
    for (const name of profileNames) expect(text).toContain(`\`${name}\``);
    for (const code of Object.values(exitCodes)) expect(text).toMatch(new RegExp(`^\\| (?:.*, )?${code}\\b`, 'm'));
  });

  it('lists requirements and their checks without a server', async () => {
    const { code, stdout } = await runConformance(['--list', '--document', '223']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^GFD\.223 HTTP Protocol 1\.2\n/);
    expect(stdout).toContain(' HTTP-9-a (MUST §9): ');
    expect(stdout).toContain('      query-interface/is-there: ');
    expect(stdout).not.toContain('GFD.229');
  });
});
