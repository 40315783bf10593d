import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { until } from '../until.ts';
import { speaking } from './cdmi-lab.ts';
import { type FilledQueues, filledQueues, type Json, notification, query } from './filled-queues.ts';

const event = { cdmi_event: '', objectName: '' };

describe('what a project may use, and what is offered', () => {
  let directory: string;
  let lab: Lab;
  let queues: FilledQueues;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-filled-'));
  });
  afterEach(async () => {
    await lab.close();
    rmSync(directory, { recursive: true });
  });

  async function start(limits: object = {}, cdmiWithout: readonly string[] = []): Promise<void> {
    const quotaFile = join(directory, 'quota.yaml');
    writeFileSync(quotaFile, JSON.stringify({ default: limits }));
    lab = await startLab({ cdmi: true, quotaFile, dataDir: join(directory, 'data'), cdmiWithout: [...cdmiWithout] });
    queues = filledQueues(lab);
  }

  async function used(): Promise<number> {
    const { text } = await lab.request('GET', '/-/quota', { headers: { accept: 'application/json' } });
    const { resources } = JSON.parse(text) as { resources: { name: string; used: number }[] };
    return resources.find(({ name }) => name === 'cdmi.objects')?.used ?? Number.NaN;
  }

  const status = (path: string, item: string, begins: string) =>
    until(
      () => queues.status(path, item),
      (text) => text.startsWith(begins),
    );

  it('[CDMI-S12] values count as those of any queue; what waits to be told, and who is to be told, does not', async () => {
    await start();
    await queues.put('/cdmi/events', notification(['cdmi_create_complete'], [], event));
    // The root container, and the queue.
    expect(await used()).toBe(2);
    await queues.write('/cdmi/a');
    await queues.values('/cdmi/events', 1);
    expect(await used()).toBe(4);
    await lab.request('DELETE', '/cdmi/events');
    await lab.request('DELETE', '/cdmi/a');
    await until(used, (count) => count === 1);
  });

  it('[CDMI-S12] without room for a value the queue is halted, and requests go on', async () => {
    await start({ 'cdmi.objects': 5 });
    await queues.put('/cdmi/events', notification([], [], event));
    for (const name of ['a', 'b']) expect((await queues.write(`/cdmi/${name}`)).status).toBe(201);
    await status('/cdmi/events', 'cdmi_notification_status', 'Error: halted, the project has no room');
    expect((await queues.write('/cdmi/a', { value: 'w' })).status).toBe(204);
    expect((await lab.request('DELETE', '/cdmi/a')).status).toBe(204);
  });

  it('[CDMI-S10] so is a query', async () => {
    await start({ 'cdmi.objects': 6 });
    for (const name of ['a', 'b', 'c']) await queues.write(`/cdmi/${name}`);
    await queues.put('/cdmi/found', query([], event));
    await status('/cdmi/found', 'cdmi_query_status', 'Error: halted, the project has no room');
  });

  it('[CDMI-S13] what is not offered any more is not done any more, and others go on', async () => {
    await start();
    await queues.put('/cdmi/plain', notification([], [{ objectName: 'starts a' }], event));
    await queues.put('/cdmi/with', notification([], [{ objectName: '=~ ^a' }], event));
    await lab.close();
    await start({}, ['cdmi_query_regex']);
    await queues.write('/cdmi/a');
    expect(await queues.values('/cdmi/plain', 1)).toHaveLength(1);
    await status('/cdmi/with', 'cdmi_notification_status', 'Error: the condition');
  });

  it('[CDMI-S12] [CDMI-C15] a copy is filled, too; an image in a snapshot is not', async () => {
    await start();
    const container = (path: string, body: object) =>
      lab.request('PUT', path, { headers: speaking('container'), body: JSON.stringify(body) });
    await container('/cdmi/k/', {});
    await queues.put('/cdmi/k/events', notification(['cdmi_create_complete'], [{ objectName: '== a' }], event));
    await container('/cdmi/k/', { snapshot: 's' });
    await container('/cdmi/c/', { copy: '/cdmi/k/' });
    await queues.write('/cdmi/a');
    for (const path of ['/cdmi/k/events', '/cdmi/c/events']) expect(await queues.values(path, 1)).toHaveLength(1);
    const path = '/cdmi/k/cdmi_snapshots/s/events';
    const image = (await lab.request('GET', path, { headers: speaking('queue') })).json() as Json;
    expect(image.queueValues).toBe('');
    expect(image.metadata).not.toHaveProperty('cdmi_notification_status');
  });

  it('[CDMI-S11] [CDMI-Z3] what defines it is as little changed by what is deserialized onto it', async () => {
    await start();
    await queues.put('/cdmi/found', query([{ objectName: '== a' }], event));
    const serialized = await queues.write('/cdmi/text', { value: undefined, serialize: '/cdmi/found' });
    expect(serialized.status, serialized.text).toBe(201);
    const json = (await lab.request('GET', '/cdmi/text')).text;
    const onto = (text: string) =>
      lab.request('PUT', '/cdmi/found', {
        headers: speaking('queue'),
        body: JSON.stringify({ deserializevalue: Buffer.from(text).toString('base64') }),
      });
    const refused = await onto(json.replace('== a', '== b'));
    expect(refused.status, refused.text).toBe(403);
  });
});
