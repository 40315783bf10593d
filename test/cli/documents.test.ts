import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/occi/exit-code.ts';
import { occiProgram } from '../../src/cli/occi/program.ts';
import { connectionSettings } from '../../src/cli/occi/settings.ts';
import { type Ending, type RunningGateway, startGateway } from '../server/command.ts';
import { occi } from './occi-command.ts';

const document = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The shell commands of a document, or of the section with a heading. */
function commandsIn(path: string, heading?: string): string {
  const text = document(path);
  const from = heading === undefined ? 0 : text.indexOf(`\n## ${heading}\n`);
  const to = heading === undefined ? text.length : text.indexOf('\n## ', from + 1);
  return [...text.slice(from, to).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands]) => commands).join('');
}

describe('what the documents say about occi', () => {
  let directory: string;
  let gateway: RunningGateway;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cli-'));
    gateway = await startGateway(join(directory, 'data'), { OCCI_CDMI: 'on', OCCI_CDMI_DOMAINS: 'on' });
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs commands as they stand there, against a gateway on another port; the first that fails ends it. */
  const run = (commands: string): Promise<Ending> => {
    const here = commands.replaceAll('http://127.0.0.1:3000', gateway.url);
    const script = `set -euo pipefail\nocci() { '${process.execPath}' '${occi}' "$@"; }\n${here}`;
    const environment = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: directory };
    const child = spawn('bash', ['-c', script], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
  };

  it('the README works', async () => {
    const { code, stdout, stderr } = await run(commandsIn('README.md', 'A client for people'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('occi:') });
    expect(stdout).toMatch(/^KIND +TITLE +STATE +LOCATION\ncompute +My machine +active +\/compute\/\S+$/m);
    await run('occi delete -e http://127.0.0.1:3000 compute --all');
  });

  it('the tour works', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(`${commandsIn('docs/occi.md')}\nocci list --output json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('occi:') });
    expect(stdout).toMatch(/^compute +Old faithful +inactive +\/compute\/\S+$/m);
    expect(stdout).toMatch(/^networkinterface +http:\S+\/network\/\S+ +\/networkinterface\/\S+$/m);
    // In the end nothing remains.
    expect(stdout.trimEnd().endsWith('\n[]')).toBe(true);
  });

  it('docs/cdmi.md works: curl in both styles, and occi cdmi', { timeout: 60_000 }, async () => {
    const curl = await run(commandsIn('docs/cdmi.md', 'With curl'));
    expect(curl).toMatchObject({ code: 0, stderr: '' });
    expect(curl.stdout).toMatch(/^Dear AnnaAnna\{.*"value":"RGVhciBFbWls"\}/);
    expect(curl.stdout).toMatch(/"children":\["1\.txt","2\.txt"\]\}/);
    expect(curl.stdout).toMatch(/"metadata":\{.*"to":"Bea".*"sent":"yes"/);
    const { code, stdout, stderr } = await run(`${commandsIn('docs/cdmi.md', 'occi cdmi')}\nocci cdmi ls`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^9 B +\S+ +text\/plain; charset=utf-8 +anna\.txt$/m);
    expect(stdout).toContain('Dear Anna');
    expect(stdout).toMatch(/\nbackup\/anna\.txt\n\S+\/letters\/\n\S+\/drafts\/\n$/);
  });

  it('docs/cdmi.md works: a container that a machine is linked to', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(commandsIn('docs/cdmi.md', 'With OCCI'));
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    const [, id] = /X-OCCI-Attribute: cdmi\.objectid="(\w+)"/.exec(stdout) ?? [];
    expect(stdout).toContain(`X-OCCI-Attribute: occi.storagelink.deviceid="${id}"`);
    expect(stdout).toMatch(new RegExp(`"identifier":"${id}","permissions":\\["http:[^"]+/compute/[^"]+"\\]`));
    expect(stdout).toContain(`"occi.storagelink.deviceid":"${id}"`);
    expect(stdout).toMatch(/\}42(?:OK)?/);
  });

  it('docs/cdmi.md works: a container that becomes what it was', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(commandsIn('docs/cdmi.md', 'Keeping and bringing back'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^It rains\.\{"children":\["monday"\]\}\{.*"objectName":"found\/".*"children":\["monday"\]\}$/,
    );
  });

  it('docs/cdmi.md works: an object that outlives its domain', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(commandsIn('docs/cdmi.md', 'Domains'));
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('"domainURI":"/cdmi/cdmi_domains/lab/"');
    expect(stdout).toMatch(/\{"domainURI":"\/cdmi\/cdmi_domains\/"\}$/);
  });

  it('docs/cdmi.md works: what was done with the objects of a domain', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(commandsIn('docs/cdmi.md', 'Domain summaries'));
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/"cdmi_summary_writes": "17"/g)).toHaveLength(2);
  });

  it('docs/cdmi.md works: queues that the server fills', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(commandsIn('docs/cdmi.md', 'Queues that the server fills'));
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    const [changes = '', log = '', status = '', found = ''] = stdout.split(/(?<=\})(?=\{)/);
    const valuesOf = (text: string) => (JSON.parse(text) as { value: string[] }).value.map((one) => JSON.parse(one));
    expect(valuesOf(changes)).toEqual([
      {
        cdmi_event: 'cdmi_create_complete',
        cdmi_event_user: 'anybody',
        objectName: 'anna',
        metadata: { cdmi_size: '9' },
      },
    ]);
    expect(valuesOf(log)).toContainEqual(
      expect.objectContaining({ operation: 'PUT', URI: '/cdmi/post/picture', result: '201 Created' }),
    );
    expect(JSON.parse(status)).toEqual({ metadata: { cdmi_query_status: 'Current' } });
    expect(valuesOf(found)).toContainEqual({ objectName: 'anna', parentURI: '/cdmi/post/' });
  });

  it('docs/occi.md has every verb, setting and exit code', () => {
    const text = document('docs/occi.md');
    for (const command of occiProgram().commands)
      expect(text).toMatch(new RegExp(`^\\|.*\`${command.name()}[ \`]`, 'm'));
    for (const { name, variable } of connectionSettings) {
      expect(text).toMatch(new RegExp(`^\\| \`--${name}\`.* \\| \`${variable}\` \\|`, 'm'));
    }
    for (const code of Object.values(exitCodes)) expect(text).toMatch(new RegExp(`^\\| ${code} \\| \\S`, 'm'));
  });

  it('every verb has examples in its help', () => {
    for (const command of occiProgram().commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help).toMatch(/\nExamples:\n {2}\S/);
      expect(help).toContain(command.description().slice(0, 20));
    }
  });
});
