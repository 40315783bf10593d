import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const objects = 1_200;
const top = '/cdmi/cdmi_domains/';

describe('SIGKILL while a domain is deleted', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });
  const start = async () => {
    const gateway = await startGateway(directory.path, {
      OCCI_CDMI: 'on',
      OCCI_CDMI_DOMAINS: 'on',
      // They are objects, too, and not the matter here.
      OCCI_CDMI_WITHOUT: 'cdmi_domain_summary',
    });
    started.push(gateway);
    return gateway;
  };

  it('[CDMI-O4] what belonged to it belongs to the next one, and nothing is left of it', async () => {
    const first = await start();
    await put(first, 'cdmi_domains/heir/', 'domain', { metadata: { cdmi_domain_enabled: 'true' } });
    const before = await count(first);
    const metadata = { cdmi_domain_enabled: 'true', cdmi_domain_delete_reassign: `${top}heir/` };
    await put(first, 'cdmi_domains/old/', 'domain', { metadata });
    await put(first, 'k/', 'container', { domainURI: `${top}old/` });
    const makings = Array.from({ length: objects }, async (_, i) => {
      expect((await fetch(`${first.url}/cdmi/k/${i}`, { method: 'PUT', body: '' })).status).toBe(201);
    });
    await Promise.all(makings);
    // Its name goes first: then it is gone, and not all of them have been told.
    const removal = fetch(`${first.url}${top}old/`, { method: 'DELETE' }).catch(() => undefined);
    await until(
      async () => (await fetch(`${first.url}${top}old/`, { headers: speaking('domain') })).status,
      (status) => status === 404,
    );
    await first.stop('SIGKILL');
    await removal;

    const again = await start();
    for (const i of [0, 1, objects / 2, objects - 1]) {
      const answer = await fetch(`${again.url}/cdmi/k/${i}?domainURI`, { headers: speaking('object') });
      expect(await answer.json()).toEqual({ domainURI: `${top}heir/` });
    }
    await until(
      () => count(again),
      (now) => now === before + 1 + objects,
    );
    const last = await fetch(`${again.url}/cdmi/k/${objects - 1}?domainURI`, { headers: speaking('object') });
    expect(await last.json()).toEqual({ domainURI: `${top}heir/` });
    expect((await again.stop()).code).toBe(0);
  }, 60_000);
});

async function put(gateway: RunningGateway, path: string, kind: string, body: object): Promise<void> {
  const url = `${gateway.url}/cdmi/${path}`;
  const answer = await fetch(url, { method: 'PUT', headers: speaking(kind), body: JSON.stringify(body) });
  expect([path, answer.status, answer.ok || (await answer.text())]).toEqual([path, 201, true]);
}

/** How many objects there are in the project. */
async function count(gateway: RunningGateway): Promise<number> {
  const answer = await fetch(`${gateway.url}/-/quota`, { headers: { accept: 'application/json' } });
  const { resources } = (await answer.json()) as { readonly resources: readonly { name: string; used: number }[] };
  return resources.find(({ name }) => name === 'cdmi.objects')?.used ?? Number.NaN;
}
