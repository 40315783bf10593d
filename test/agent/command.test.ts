import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type AgentSetting, agentSettings } from '../../src/cli/agent-settings.ts';

const command = fileURLToPath(new URL('../../src/cli/occi-agent.ts', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Runs the command to its end. */
const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [command, ...args], { env: { PATH: process.env['PATH'] } });

describe('the command occi-agent', () => {
  it('tells its version', async () => {
    for (const flag of ['--version', '-v']) expect(await run(flag)).toEqual({ stdout: `${version}\n`, stderr: '' });
  });

  it('tells its options with their defaults and variables', async () => {
    const { stdout } = await run('--help');
    for (const { option, value, variable, meaning } of Object.values<AgentSetting>(agentSettings)) {
      expect(stdout).toContain(`  --${option} ${value}\n      ${meaning}`);
      expect(stdout).toContain(`[${variable}]`);
    }
    expect(stdout).toContain('(default compute,network,volume)');
  });

  it('does not start with wrong options, and has a line for each', async () => {
    await expect(run('--cores=many', '--host=a b')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'occi-agent: --host=a b: must be a host name\n--cores=many: must be a whole number or none\n',
    });
  });

  it('does not start with certificates that cannot be read', async () => {
    const directory = fileURLToPath(new URL('.', import.meta.url));
    const stderr = expect.stringMatching(/^occi-agent: EISDIR.*\n$/);
    await expect(run('--amqp-ca', directory)).rejects.toMatchObject({ code: 1, stderr });
  });
});
