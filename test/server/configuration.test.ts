import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentSettings } from '../../src/cli/agent-settings.ts';
import { connectionSettings } from '../../src/cli/occi/settings.ts';
import { settings } from '../../src/config.ts';
import { runToEnd, startGateway, temporaryDirectory } from './command.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('the command', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => directory.remove());

  it('tells its version', async () => {
    for (const flag of ['--version', '-v']) {
      expect(await runToEnd([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  it('tells its settings', async () => {
    const { code, stdout } = await runToEnd(['--help']);
    expect(code).toBe(0);
    for (const { variable, meaning } of Object.values(settings))
      expect(stdout).toContain(`  ${variable.padEnd(32)} ${meaning}`);
  });

  it('does not start with an unknown option', async () => {
    const { code, stderr } = await runToEnd(['--port', '80']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('--port');
  });

  it('does not start with wrong settings, and has a line for each', async () => {
    const { code, stdout, stderr } = await runToEnd([], {
      OCCI_PORT: 'http',
      OCCI_MAX_BODY_BYTES: '-1',
      OCCI_PUBLIC_URL: 'ftp://clouds.test',
      OCCI_LOG_LEVEL: 'loud',
      OCCI_DATA_DIR: directory.path,
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const name of ['OCCI_PORT', 'OCCI_MAX_BODY_BYTES', 'OCCI_PUBLIC_URL', 'OCCI_LOG_LEVEL']) {
      expect(lines.filter((line) => line.includes(`${name}=`))).toHaveLength(1);
    }
  });

  it('warns of settings it does not know', async () => {
    const gateway = await startGateway(directory.path, { OCCI_PROT: '80' });
    const warning = gateway.log().find(({ level }) => level === 40);
    expect(warning).toMatchObject({ variable: 'OCCI_PROT' });
    await gateway.stop();
  });

  it('does not warn of what the other commands in the same shell have set', async () => {
    const ofClient = Object.fromEntries(connectionSettings.map(({ variable }) => [variable, 'none']));
    const ofAgent = Object.fromEntries(Object.values(agentSettings).map(({ variable }) => [variable, 'none']));
    const shared = new Set<string>(Object.values(settings).map(({ variable }) => variable));
    const others = Object.entries({ ...ofClient, ...ofAgent }).filter(([variable]) => !shared.has(variable));
    expect(others.length).toBeGreaterThan(15);
    const gateway = await startGateway(directory.path, Object.fromEntries(others));
    expect(gateway.log().filter(({ level }) => Number(level) >= 40)).toEqual([]);
    await gateway.stop();
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['passwords on all addresses', { OCCI_AUTH: 'basic', OCCI_HOST: '0.0.0.0' }, true],
    ['passwords on all addresses of IPv6', { OCCI_AUTH: 'basic', OCCI_HOST: '::' }, true],
    ['passwords on this machine', { OCCI_AUTH: 'basic', OCCI_HOST: 'localhost' }, false],
    ['passwords behind a proxy', { OCCI_AUTH: 'basic', OCCI_HOST: '0.0.0.0', OCCI_TRUST_PROXY: '10.0.0.1' }, false],
    ['nobody being asked', { OCCI_HOST: '0.0.0.0' }, false],
  ])('with plain HTTP and %s: a warning that says what to set, where passwords can be read', async (_, set, warns) => {
    const users = join(directory.path, 'users');
    writeFileSync(users, '');
    const gateway = await startGateway(directory.path, { ...set, OCCI_AUTH_USERS_FILE: users });
    const { stdout } = await gateway.stop();
    const warnings = stdout.split('\n').filter((line) => line.includes('"level":40'));
    expect(warnings).toEqual(
      warns ? [expect.stringMatching(/passwords can be read.* OCCI_TLS_CERT .*OCCI_TRUST_PROXY /)] : [],
    );
  });

  it('does not share its data directory', async () => {
    const first = await startGateway(directory.path);
    const second = await runToEnd([], { OCCI_PORT: '0', OCCI_DATA_DIR: directory.path });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(directory.path);
    expect(second.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(second.stderr).not.toMatch(/^\s+at /m);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    await first.stop();
  });

  it('does not start where somebody else listens', async () => {
    const first = await startGateway(directory.path);
    const other = temporaryDirectory();
    const second = await runToEnd([], { OCCI_PORT: String(first.port), OCCI_DATA_DIR: other.path });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(first.port));
    await first.stop();
    other.remove();
  });
});
