import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reply } from '../client/scripted-server.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { runOcci } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

describe('occi quota', { timeout: 60_000 }, () => {
  const directory = temporaryDirectory();
  let gateway: RunningGateway;
  const occi = (...args: readonly string[]) => runOcci(args, { environment: { OCCI_ENDPOINT: gateway.url } });
  beforeAll(async () => {
    const file = join(directory.path, 'quota.yaml');
    writeFileSync(file, 'default:\n  network: 1\n  occi.compute.memory: 2.5\n');
    gateway = await startGateway(join(directory.path, 'data'), { OCCI_QUOTA_FILE: file });
    await occi('create', 'network');
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    directory.remove();
  });

  it('prints a table', async () => {
    const { code, stdout } = await occi('quota');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'RESOURCE             USED   LIMIT',
      'compute              0',
      'network              1      1',
      'storage              0',
      'link                 0',
      'mixins               0',
      'occi.compute.cores   0',
      'occi.compute.memory  0 GiB  2.5 GiB',
      'occi.storage.size    0 GiB',
    ]);
  });

  it('prints JSON, text and names', async () => {
    const quotas = JSON.parse((await occi('quota', '--output', 'json')).stdout) as readonly object[];
    expect(quotas[1]).toEqual({ name: 'network', used: 1, limit: 1 });
    expect(quotas[6]).toEqual({ name: 'occi.compute.memory', used: 0, limit: 2.5, unit: 'GiB' });
    expect((await occi('quota', '--output', 'text')).stdout).toContain('occi.compute.memory: 0 of 2.5 GiB\n');
    expect((await occi('quota', '--output', 'uri')).stdout).toMatch(/^compute\nnetwork\n/);
  });

  it('is the advice when something is over the quota, which is no matter of credentials', async () => {
    const { code, stderr } = await occi('create', 'network');
    expect(code).toBe(1);
    expect(stderr).toMatch(/the limit of network is 1, 1 are used, and this asks for 1 more\n {6}occi quota shows/);
  });

  it.each([
    ['has no such page', undefined],
    ['shows something else there', reply('200 OK', ['Content-Type: text/html'], '<html></html>')],
    ['shows other JSON there', reply('200 OK', ['Content-Type: application/json'], '{"resources":3}')],
  ])('says so when a server %s', async (_, answer) => {
    const server = await startOcciServer(
      () => 'active',
      ({ path }) => (path === '/-/quota' ? answer : undefined),
    );
    const { code, stderr } = await runOcci(['quota', '-e', server.url]);
    await server.close();
    expect(code).toBe(3);
    expect(stderr).toContain('occi: the server does not tell quotas\n');
  });
});
