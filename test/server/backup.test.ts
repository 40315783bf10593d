import { appendFileSync, copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, type RunningGateway, runToEnd, startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const json = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };

let directory: ReturnType<typeof temporaryDirectory>;
let data: string;
let kept: string;
const running: RunningGateway[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
  data = `${directory.path}/data`;
  kept = `${directory.path}/backup`;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop('SIGKILL')));
  directory.remove();
});

async function start(dataDir = data): Promise<RunningGateway> {
  const gateway = await startGateway(dataDir);
  running.push(gateway);
  return gateway;
}

async function create({ url }: RunningGateway): Promise<string> {
  const body = JSON.stringify({ kind: `${infrastructure}compute` });
  const answer = await fetch(`${url}/compute/`, { method: 'POST', headers: json, body });
  expect(answer.status).toBe(201);
  return new URL(answer.headers.get('location') as string).pathname;
}

async function stateOf({ url }: RunningGateway, path: string): Promise<unknown> {
  const answer = await fetch(url + path, { headers: json });
  if (answer.status !== 200) return answer.status;
  const { attributes } = (await answer.json()) as { attributes: Record<string, unknown> };
  return attributes['occi.compute.state'];
}

const run = (words: readonly string[], dataDir = data) => runToEnd(words, { OCCI_DATA_DIR: dataDir });

describe('occi-gateway backup and restore', () => {
  it('keep everything that was acknowledged before, while the gateway is at work', async () => {
    const gateway = await start();
    const before = await Promise.all(Array.from({ length: 20 }, () => create(gateway)));
    let isOver = false;
    const meanwhile: string[] = [];
    const client = (async () => {
      while (!isOver) meanwhile.push(await create(gateway));
    })();
    const backup = await run(['backup', kept]);
    isOver = true;
    await client;
    expect(backup).toMatchObject({ code: 0, stderr: '' });
    expect(backup.stdout).toBe(`backed up to ${kept}: occi.sqlite, agent.sqlite\n`);
    expect(readdirSync(kept).toSorted()).toEqual(['agent.sqlite', 'backup.json', 'occi.sqlite']);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(meanwhile.length).toBeGreaterThan(0);

    const elsewhere = `${directory.path}/elsewhere`;
    expect(await run(['restore', kept], elsewhere)).toMatchObject({ code: 0, stderr: '' });
    const restored = await start(elsewhere);
    for (const path of before) expect(await stateOf(restored, path)).toBe('active');
    // The one that was backed up knows nothing of it.
    for (const path of [...before, ...meanwhile]) expect(await stateOf(gateway, path)).toBe('active');
  });

  it('keep what a gateway has left behind that was killed', async () => {
    const gateway = await start();
    const machine = await create(gateway);
    await gateway.stop('SIGKILL');
    expect(await run(['backup', kept])).toMatchObject({ code: 0, stderr: '' });
    rmSync(data, { recursive: true });
    expect(await run(['restore', kept])).toMatchObject({ code: 0, stderr: '' });
    expect(await stateOf(await start(), machine)).toBe('active');
  });

  it('bring back how things were, with --force alone, and not while a gateway is at work', async () => {
    const first = await start();
    const machine = await create(first);
    expect((await run(['backup', kept])).code).toBe(0);
    await fetch(first.url + machine, { method: 'DELETE' });
    const later = await create(first);

    const busy = await run(['restore', '--force', kept]);
    expect(busy.code).toBe(1);
    expect(busy.stderr).toContain('is in use by another gateway');
    expect(await stateOf(first, later)).toBe('active');
    await first.stop();

    const refused = await run(['restore', kept]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is there already; --force replaces it');
    const second = await start();
    expect(await stateOf(second, later)).toBe('active');
    await second.stop('SIGKILL');

    expect(await run(['restore', '--force', kept])).toMatchObject({ code: 0, stderr: '' });
    const third = await start();
    expect(await stateOf(third, machine)).toBe('active');
    expect(await stateOf(third, later)).toBe(404);
  });

  it('have machines terminated that were made after the backup, unless they are to be kept', async () => {
    const first = await start();
    await create(first);
    expect((await run(['backup', kept])).code).toBe(0);
    const later = (await create(first)).replace(/^.*\//, '');
    await first.stop();
    const restored = await run(['restore', '--force', kept], `${directory.path}/record`);
    expect(restored.stdout).toContain('OCCI_UNKNOWN_MACHINES=keep');
    // The record goes back, the machines stay as they are.
    copyFileSync(`${directory.path}/record/occi.sqlite`, `${data}/occi.sqlite`);

    const restarted = async (environment: Environment, told: string) => {
      const gateway = await startGateway(data, { OCCI_RECONCILE_SECONDS: '1', ...environment });
      running.push(gateway);
      await expect
        .poll(() => gateway.log().find(({ msg }) => msg === told), { timeout: 5000 })
        .toMatchObject({
          level: 40,
          detail: { instance_uuid: later },
        });
      const unknown = async () =>
        /^occi_agent_unknown_instances\{host="embedded"\} (\d+)$/m.exec(
          await (await fetch(gateway.metricsUrl)).text(),
        )?.[1];
      return { gateway, unknown };
    };
    const keeping = await restarted({ OCCI_UNKNOWN_MACHINES: 'keep' }, 'keeping a machine that nobody knows of');
    await expect.poll(keeping.unknown, { timeout: 5000 }).toBe('1');
    await keeping.gateway.stop();
    const usual = await restarted({}, 'terminating a machine that nobody knows of');
    await expect.poll(usual.unknown, { timeout: 5000 }).toBe('0');
  });

  it('touch nothing where there is something, or nothing to copy', async () => {
    mkdirSync(kept);
    writeFileSync(`${kept}/mine`, 'mine');
    expect((await run(['backup', kept])).stderr).toBe(`occi-gateway: ${kept} is not empty\n`);
    expect(readdirSync(kept)).toEqual(['mine']);
    const empty = await run(['backup', `${directory.path}/empty`]);
    expect(empty.stderr).toContain(`there is no ${data}/occi.sqlite`);
    expect(readdirSync(`${directory.path}/empty`)).toEqual([]);
  });

  it('do not take a damaged backup, or none, for one', async () => {
    const gateway = await start();
    await create(gateway);
    await gateway.stop();
    expect((await run(['backup', kept])).code).toBe(0);
    const elsewhere = `${directory.path}/elsewhere`;
    appendFileSync(`${kept}/agent.sqlite`, 'x');
    expect((await run(['restore', kept], elsewhere)).stderr).toContain('agent.sqlite has been damaged');
    rmSync(`${kept}/backup.json`);
    expect((await run(['restore', kept], elsewhere)).stderr).toContain('is no backup');
  });

  it('are not mixed up with one of PostgreSQL', async () => {
    await (await start()).stop();
    expect((await run(['backup', kept])).code).toBe(0);
    const environment = { OCCI_DATA_DIR: data, OCCI_DATABASE_URL: 'postgres://127.0.0.1:9/occi' };
    const { code, stderr } = await runToEnd(['restore', kept], environment);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is a backup of a record in sqlite')]);
  });
});
