import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/occi/display-width.ts';
import { type Client, connect } from '../../src/client/index.ts';
import { reply } from '../client/scripted-server.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway } from '../server/command.ts';
import { occi, runOcci, start, startOcci, startOnTerminal } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

/** On a pseudo terminal, which Python has: `terminal.py`. */
describe('occi and people', { timeout: 60_000 }, () => {
  let directory: string;
  let gateway: RunningGateway;
  let client: Client;
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cli-'));
    gateway = await startGateway(join(directory, 'data'));
    client = await connect({ endpoint: gateway.url });
    environment = { OCCI_ENDPOINT: gateway.url, TERM: 'xterm' };
  });
  afterAll(async () => {
    client.close();
    await gateway.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('writes tables that fit, wide characters and control characters and all', async () => {
    const titles = [
      '東京の機械',
      'A title that is much longer than any terminal is wide, and goes on and on',
      '👩‍💻 at work',
    ];
    for (const title of titles) {
      await client.create({ kind: 'network', attributes: { 'occi.core.title': title } });
    }
    const { stdout, code } = await startOnTerminal(['list', 'network'], 90, { environment }).ended;
    expect(code).toBe(0);
    const lines = stripVTControlCharacters(stdout)
      .trim()
      .split(/\s*\r\n/);
    expect(lines[0]).toMatch(/^KIND +TITLE +STATE +LOCATION$/);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(90);
    const starts = lines.slice(1).map((line) => displayWidth(line.slice(0, line.indexOf('/network/'))));
    expect(new Set(starts).size).toBe(1);
    expect(stdout).toContain('A title');
    expect(stdout).toContain('…');
    // The references are whole.
    const found = [...stdout.matchAll(/\/network\/\S+/g)].map(([path]) => gateway.url + path);
    expect(found.toSorted()).toEqual((await client.list('network')).toSorted());
    await client.deleteAll('network');
  });

  it('gives the terminal nothing to obey, whatever a server sends and however it is shown', async () => {
    const title = 'a\u001b]0;owned\u0007\u009b31m\u202eb';
    const body = [
      'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
      `X-OCCI-Attribute: occi.core.title="${title}"`,
    ].join('\r\n');
    const server = await startOcciServer(
      () => 'active',
      ({ path }) => (path === '/compute/1' ? reply('200 OK', ['Content-Type: text/plain'], body) : undefined),
    );
    for (const format of ['table', 'text', 'json', 'uri']) {
      const args = ['describe', 'compute/1', '--output', format, '--dump', '-e', server.url];
      const { code, stdout } = await startOnTerminal(args, 200, { environment: { NO_COLOR: '1' } }).ended;
      // That rendering has no words for it.
      expect(code).toBe(format === 'text' ? 1 : 0);
      expect(stdout.replaceAll('\r\n', '\n')).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
    }
    // Elsewhere it is what it is.
    const { stdout } = await runOcci(['describe', 'compute/1', '--output', 'json', '-e', server.url]);
    expect(JSON.parse(stdout).attributes['occi.core.title']).toBe(title);
    await server.close();
  });

  it('goes on when nobody reads what it writes any more', async () => {
    const server = await startOcciServer(() => 'active');
    const run = async (line: string) => {
      const args = [process.execPath, occi, 'describe', 'compute/1', '--dump', '-e', server.url];
      return (await start(['sh', '-c', line, 'sh', ...args], { input: '' }).ended).stdout;
    };
    // What is in the pipe has no reader from the beginning.
    expect(await run('{ { "$@" 2>/dev/null; echo "ended with $?" >&3; } | true; } 3>&1')).toBe('ended with 0\n');
    expect(await run('{ { "$@" 2>&1; echo "ended with $?" >&3; } | true; } 3>&1')).toBe('ended with 0\n');
    expect(server.requests.filter(({ path }) => path === '/compute/1')).toHaveLength(2);
    await server.close();
  });

  it('says when its output is lost', async () => {
    const server = await startOcciServer(() => 'active');
    const args = [process.execPath, occi, 'describe', 'compute/1', '-e', server.url];
    const { code, stderr } = await start(['sh', '-c', '"$@" >/dev/full', 'sh', ...args], { input: '' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^occi: the output cannot be written: ENOSPC/);
    await server.close();
  });

  it('has bold headings on a terminal only, and never with NO_COLOR', async () => {
    const bold = '\u001b[1m';
    expect((await startOnTerminal(['model'], 200, { environment }).ended).stdout).toContain(bold);
    const quiet = { ...environment, NO_COLOR: '1' };
    expect((await startOnTerminal(['model'], 200, { environment: quiet }).ended).stdout).not.toContain(bold);
    expect((await runOcci(['model'], { environment })).stdout).not.toContain('\u001b');
  });

  it('shows how a wait goes: in one line on a terminal, which is gone in the end; in lines elsewhere', async () => {
    const states = ['waiting', 'inactive', 'active'];
    const take = () => {
      const next = states[0] ?? 'active';
      if (states.length > 1) states.shift();
      return next;
    };
    const server = await startOcciServer(take);
    const watch = ['watch', 'compute/1', '--until', 'active', '-e', server.url];
    const { code, stdout } = await startOnTerminal(watch, 100).ended;
    expect(code).toBe(0);
    const redrawn = stdout.split('\r\u001b[K');
    expect(redrawn[1]).toMatch(/^\S+\/compute\/1 is waiting … [0-9]+ s$/);
    expect(redrawn).toContainEqual(expect.stringMatching(/^\S+\/compute\/1 is inactive … [0-9]+ s$/));
    expect(stripVTControlCharacters(redrawn.at(-1) ?? '')).toMatch(/^http.*[\s\S]*occi.compute.state +active/);

    states.splice(0, states.length, 'waiting', 'active');
    const { stderr, stdout: result } = await runOcci([...watch, '--output', 'uri']);
    expect(result).toBe(`${server.url}/compute/1\n`);
    expect(stderr).toBe(`${server.url}/compute/1 is waiting\n${server.url}/compute/1 is active\n`);
    await server.close();
  });

  it('ends at once with Ctrl-C, with 130, and says what goes on', async () => {
    const server = await startOcciServer(() => 'inactive');
    const watch = ['watch', 'compute/1', '--until', 'active', '-e', server.url];
    const waits = async (output: () => string) =>
      until(
        async () => output(),
        (text) => text.includes('is inactive'),
      );
    const goesOn = /\nocci: interrupted; \S+\/compute\/1 is inactive, and goes on without you\r?\n$/;

    const inPipe = startOcci(watch);
    await waits(inPipe.output);
    inPipe.interrupt();
    expect(await inPipe.ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringMatching(goesOn) });

    const onTerminal = startOnTerminal(watch, 100);
    await waits(onTerminal.output);
    onTerminal.type('\u0003');
    expect(await onTerminal.ended).toMatchObject({ code: 130, stdout: expect.stringMatching(goesOn) });
    await server.close();
  });

  it('asks for a password, and shows nothing of it', async () => {
    const server = await startOcciServer(() => 'active');
    const asking = startOnTerminal(['list', 'compute', '-u', 'anna', '--dump', '-e', server.url], 100);
    await until(
      async () => asking.output(),
      (text) => text.includes('Password of anna: '),
    );
    asking.type('gehein\u007fm\r');
    const { stdout } = await asking.ended;
    expect(server.requests[0]?.header('authorization')).toBe(`Basic ${Buffer.from('anna:geheim').toString('base64')}`);
    expect(stdout).toContain('Authorization: ***');
    expect(stdout).not.toMatch(/gehei/);
    const refusing = startOnTerminal(['list', '-u', 'anna', '-e', server.url], 100);
    await until(
      async () => refusing.output(),
      (text) => text.includes('Password'),
    );
    refusing.type('\u0003');
    expect(await refusing.ended).toMatchObject({ code: 130 });
    await server.close();
  });
});
