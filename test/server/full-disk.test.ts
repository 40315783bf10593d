import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

/** Without being root: a name space of its own, in which a process may mount a small file system. */
const ownMounts = ['--mount', '--map-root-user', 'sh', '-c'];
const canMount = spawnSync('unshare', [...ownMounts, 'mount -t tmpfs none "$0"', tmpdir()]).status === 0;

describe.runIf(canMount)('a gateway whose disk is full', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  /** Keeps the file system while gateways come and go. */
  let keeper: ChildProcess;
  beforeAll(async () => {
    const mount = 'mount -t tmpfs -o size=24m none "$0" && echo mounted && exec cat';
    keeper = spawn('unshare', [...ownMounts, mount, directory.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(keeper.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  });
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    keeper.stdin?.end();
    await once(keeper, 'exit');
    directory.remove();
  });

  async function start(): Promise<RunningGateway> {
    const under = ['nsenter', `--target=${keeper.pid}`, '--mount', '--user', '--preserve-credentials'];
    const gateway = await startGateway(directory.path, { OCCI_CDMI: 'on' }, under);
    started.push(gateway);
    return gateway;
  }

  /** What was acknowledged: values, and null for containers. */
  const kept = new Map<string, string | null>();
  const textOf = (size: number) => (name: string) => `${name}-`.repeat(size / 8);
  const plain = { 'content-type': 'text/plain;charset=utf-8' };

  async function send({ url }: RunningGateway, method: string, path: string, headers = {}, body?: string) {
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
    await response.arrayBuffer();
    return response.status;
  }

  let last = 0;
  /** Does something, each time with another name, until there is no room. */
  async function fill(one: (name: string) => Promise<number>, value: (name: string) => string | null): Promise<void> {
    for (;;) {
      const name = `n${String(++last).padStart(6, '0')}`;
      const status = await one(name);
      expect([201, 507]).toContain(status);
      if (status === 507) return;
      kept.set(name, value(name));
    }
  }

  async function expectAll({ url }: RunningGateway): Promise<void> {
    const listed = await fetch(`${url}/cdmi/?children`, { headers: speaking('container') });
    const { children } = (await listed.json()) as { readonly children: readonly string[] };
    const names = [...kept].map(([name, value]) => (value === null ? `${name}/` : name));
    expect(children).toEqual([...names, 'queue'].sort());
    for (const [name, value] of kept) {
      if (value !== null) expect((await (await fetch(`${url}/cdmi/${name}`)).text()) === value, name).toBe(true);
    }
    const queue = await fetch(`${url}/cdmi/queue?queueValues`, { headers: speaking('queue') });
    expect(await queue.json()).toEqual({ queueValues: '' });
  }

  it('[CDMI-G21] says 507, loses nothing, and lets values be removed to make room', { timeout: 60_000 }, async () => {
    const gateway = await start();
    expect(await send(gateway, 'PUT', '/cdmi/', speaking('container'), '{}')).toBe(204);
    expect(await send(gateway, 'PUT', '/cdmi/queue', speaking('queue'), '{}')).toBe(201);
    for (const size of [2 ** 19, 2 ** 15]) {
      const value = textOf(size);
      await fill((name) => send(gateway, 'PUT', `/cdmi/${name}`, plain, value(name)), value);
      const json = (name: string) => JSON.stringify({ value: value(name) });
      await fill((name) => send(gateway, 'PUT', `/cdmi/${name}`, speaking('object'), json(name)), value);
    }
    const [first = ''] = kept.keys();
    const large = 'x'.repeat(2 ** 19);
    const range = { 'content-range': 'bytes 9-524296/*' };
    expect(await send(gateway, 'PUT', `/cdmi/${first}`, plain, large)).toBe(507);
    expect(await send(gateway, 'PUT', `/cdmi/${first}`, range, large)).toBe(507);
    expect(await send(gateway, 'POST', '/cdmi/', plain, large)).toBe(507);
    const enqueue = JSON.stringify({ value: [large] });
    expect(await send(gateway, 'POST', '/cdmi/queue', speaking('queue'), enqueue)).toBe(507);
    await expectAll(gateway);

    for (const name of [...kept.keys()].slice(0, 8)) {
      expect(await send(gateway, 'DELETE', `/cdmi/${name}`)).toBe(204);
      kept.delete(name);
    }
    const again = textOf(2 ** 20)('again');
    await until(
      () => send(gateway, 'PUT', '/cdmi/again', plain, again),
      (status) => status === 201,
    );
    kept.set('again', again);
    await expectAll(gateway);
  });

  it('[CDMI-G21] loses nothing when the record has taken the last of it, and starts again', {
    timeout: 60_000,
  }, async () => {
    const [gateway] = started.splice(0) as [RunningGateway];
    const container = JSON.stringify({ metadata: { filling: 'x'.repeat(4_000) } });
    await fill(
      (name) => send(gateway, 'PUT', `/cdmi/${name}/`, speaking('container'), container),
      () => null,
    );
    const kind = 'http://schemas.ogf.org/occi/infrastructure#compute';
    const compute = JSON.stringify({ kind, title: 'x'.repeat(9_999) });
    expect(await send(gateway, 'POST', '/compute/', { 'content-type': 'application/occi+json' }, compute)).toBe(507);
    await expectAll(gateway);
    await gateway.stop('SIGKILL');
    const next = await start();
    await expectAll(next);
    expect((await next.stop()).code).toBe(0);
  });
});
