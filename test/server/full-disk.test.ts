import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

/** Without being root: a name space of its own, in which a process may mount a small file system. */
const ownMounts = ['unshare', '--mount', '--map-root-user'];
const canMount =
  spawnSync('unshare', [...ownMounts.slice(1), 'sh', '-c', 'mount -t tmpfs none "$1"', 'sh', tmpdir()]).status === 0;

describe.runIf(canMount)('a gateway whose disk is full', () => {
  const directory = temporaryDirectory();
  let gateway: RunningGateway | undefined;
  afterAll(async () => {
    await gateway?.stop('SIGKILL');
    directory.remove();
  });

  it('[CDMI-G17] [CDMI-G21] says 507, loses nothing, and goes on when there is room', { timeout: 60_000 }, async () => {
    const mount = 'mount -t tmpfs -o size=24m none "$1" && shift && exec "$@"';
    const under = [...ownMounts, 'sh', '-c', mount, 'sh', directory.path];
    gateway = await startGateway(directory.path, { OCCI_CDMI: 'on' }, under);
    const { url } = gateway;
    const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
      const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
      await response.arrayBuffer();
      return response.status;
    };
    const plain = { 'content-type': 'text/plain;charset=utf-8' };
    const json = (value: string) => JSON.stringify({ value });
    const kept = new Map<string, string | null>();
    let last = 0;
    /** Does it until there is no room. */
    const fill = async (one: (name: string) => Promise<number>, value: (name: string) => string | null) => {
      for (;;) {
        const name = `n${String(++last).padStart(6, '0')}`;
        const status = await one(name);
        expect([201, 507]).toContain(status);
        if (status === 507) return;
        kept.set(name, value(name));
      }
    };
    const textOf = (size: number) => (name: string) => `${name}-`.repeat(size / 8);
    expect(await send('PUT', '/cdmi/', speaking('container'), '{}')).toBe(204);
    expect(await send('PUT', '/cdmi/queue', speaking('queue'), '{}')).toBe(201);

    for (const size of [2 ** 19, 2 ** 15]) {
      const value = textOf(size);
      await fill((name) => send('PUT', `/cdmi/${name}`, plain, value(name)), value);
      await fill((name) => send('PUT', `/cdmi/${name}`, speaking('object'), json(value(name))), value);
    }
    const [first = ''] = kept.keys();
    const large = 'x'.repeat(3 * 2 ** 20);
    expect(await send('PUT', `/cdmi/${first}`, plain, large)).toBe(507);
    expect(await send('PUT', `/cdmi/${first}`, { 'content-range': 'bytes 9-3145736/*' }, large)).toBe(507);
    expect(
      await send('POST', '/cdmi/queue', speaking('queue'), JSON.stringify({ value: [large.slice(2 ** 21 + 2 ** 19)] })),
    ).toBe(507);
    expect(await send('POST', '/cdmi/', plain, large)).toBe(507);
    await expectAll();
    expect(await send('GET', '/healthz')).toBe(200);
    // Values leave room to remove something.
    for (const name of [...kept.keys()].slice(0, 8)) {
      expect(await send('DELETE', `/cdmi/${name}`)).toBe(204);
      kept.delete(name);
    }
    await until(
      () => send('PUT', '/cdmi/again', plain, textOf(2 ** 20)('again')),
      (status) => status === 201,
    );
    kept.set('again', textOf(2 ** 20)('again'));

    // Of the record alone.
    const metadata = { filling: 'x'.repeat(4_000) };
    await fill(
      (name) => send('PUT', `/cdmi/${name}/`, speaking('container'), JSON.stringify({ metadata })),
      () => null,
    );
    const compute = JSON.stringify({
      kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
      title: 'x'.repeat(9_999),
    });
    expect(await send('POST', '/compute/', { 'content-type': 'application/occi+json' }, compute)).toBe(507);

    await expectAll();

    async function expectAll(): Promise<void> {
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
  });
});
