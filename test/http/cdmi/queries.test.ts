import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { person, startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';
import { type FilledQueues, filledQueues, type Json, query } from './filled-queues.ts';

const byName = { objectName: '' };
const namesIn = (values: readonly Json[]) => values.map(({ objectName }) => objectName).sort();
const asText = (body: string) => ({ headers: { 'content-type': 'text/plain; charset=utf-8' }, body });

describe('ISO/IEC 17826 §22: query queues', () => {
  let lab: Lab;
  let queues: FilledQueues;
  beforeEach(async () => {
    lab = await startLab({ cdmi: true });
    queues = filledQueues(lab);
  });
  afterEach(() => lab.close());

  it('[CDMI-S10] put what is meant into the queue, as it is asked for', async () => {
    await queues.put('/cdmi/k/', { colour: 'red' }, 'container');
    await lab.request('PUT', '/cdmi/k/short', asText('abc'));
    await lab.request('PUT', '/cdmi/k/long', asText('0123456789'));
    const results = { objectName: '', objectID: '', parentURI: '', metadata: { cdmi_size: '' } };
    const scope = [{ metadata: { cdmi_size: '#> 5' } }, { metadata: { colour: '== red' } }];
    const made = await queues.put('/cdmi/found', query(scope, results));
    expect(made.status, made.text).toBe(201);
    expect(await queues.status('/cdmi/found')).toBe('Current');
    const found = await queues.values('/cdmi/found', 2);
    expect(found.toSorted((a, b) => (a.objectName < b.objectName ? -1 : 1))).toEqual([
      { objectName: 'k/', objectID: expect.stringMatching(/^0000/), parentURI: '/cdmi/', metadata: {} },
      {
        objectName: 'long',
        objectID: expect.stringMatching(/^0000/),
        parentURI: '/cdmi/k/',
        metadata: { cdmi_size: '10' },
      },
    ]);
  });

  it('[CDMI-S1] [CDMI-S3] find by parts of what is answered: the parent in either form, fields of ones own', async () => {
    const container = (await queues.put('/cdmi/k/', {}, 'container')).json() as { objectID: string };
    await queues.write('/cdmi/k/a', { mine: 'x' });
    await queues.write('/cdmi/b');
    const by = { path: '== /cdmi/k/', id: `== /cdmi/cdmi_objectid/${container.objectID.toLowerCase()}/` };
    for (const [name, parentURI] of Object.entries(by)) {
      await queues.put(`/cdmi/by-${name}`, query([{ parentURI, mine: '*' }], byName));
      expect(namesIn(await queues.values(`/cdmi/by-${name}`, 1))).toEqual(['a']);
    }
    await queues.put('/cdmi/by-child', query([{ children: '== a' }], byName));
    expect(namesIn(await queues.values('/cdmi/by-child', 1))).toEqual(['k/']);
  });

  it('[CDMI-S2] [CDMI-S4] values are looked at and told in base64, where they are small', async () => {
    await lab.request('PUT', '/cdmi/text', asText('a needle in it'));
    await lab.request('PUT', '/cdmi/large', asText(`needle${'x'.repeat(70_000)}`));
    await queues.put('/cdmi/found', query([{ value: 'contains needle' }], { objectName: '', value: '' }));
    expect(await queues.status('/cdmi/found')).toBe('Current');
    expect(await queues.values('/cdmi/found', 1)).toEqual([
      { objectName: 'text', value: Buffer.from('a needle in it').toString('base64') },
    ]);
  });

  it('[CDMI-S4] without results, all fields are told', async () => {
    await queues.write('/cdmi/a', { mine: 'x' });
    await queues.put('/cdmi/found', query([{ objectName: '== a' }]));
    const [one] = await queues.values('/cdmi/found', 1);
    expect(one).toMatchObject({ objectType: 'application/cdmi-object', mine: 'x', mimetype: 'text/plain' });
  });

  it('[CDMI-S10] neither snapshots, nor values of queues, nor what is removed are objects', async () => {
    await queues.put('/cdmi/k/', {}, 'container');
    await queues.write('/cdmi/k/a');
    await lab.request('PUT', '/cdmi/k/', { headers: speaking('container'), body: '{"snapshot": "s"}' });
    await queues.put('/cdmi/q', {});
    await lab.request('POST', '/cdmi/q', { headers: speaking('queue'), body: '{"value": ["x"]}' });
    await queues.write('/cdmi/gone');
    await lab.request('DELETE', '/cdmi/gone');
    await queues.put('/cdmi/found', query([], byName));
    expect(await queues.status('/cdmi/found')).toBe('Current');
    expect(namesIn(await queues.values('/cdmi/found', 5))).toEqual(['/cdmi/', 'a', 'found', 'k/', 'q']);
  });

  it('[CDMI-S11] what defines a query is fixed; without its type it is stopped, with it it begins anew', async () => {
    await queues.write('/cdmi/a');
    const metadata = { ...query([{ objectName: '== a' }], byName), mine: '1' };
    await queues.put('/cdmi/found', metadata);
    expect(await queues.status('/cdmi/found')).toBe('Current');
    const change = (item: string, value: object) => queues.put(`/cdmi/found?metadata:${item}`, value);
    expect((await change('cdmi_scope_specification', { cdmi_scope_specification: [] })).status).toBe(403);
    expect((await change('cdmi_results_specification', {})).status).toBe(403);
    expect((await queues.put('/cdmi/found', { mine: '2' })).status).toBe(403);
    expect((await queues.put('/cdmi/found', { ...metadata, mine: '2' })).status).toBe(204);
    expect(await queues.metadata('/cdmi/found')).toMatchObject({ mine: '2', cdmi_query_status: 'Current' });
    expect((await change('cdmi_queue_type', {})).status).toBe(204);
    expect(await queues.status('/cdmi/found')).toBe('Halted');
    expect((await change('cdmi_scope_specification', { cdmi_scope_specification: [] })).status).toBe(403);
    expect((await change('cdmi_queue_type', { cdmi_queue_type: 'cdmi_query_queue' })).status).toBe(204);
    expect(await queues.status('/cdmi/found')).toBe('Current');
    expect(namesIn(await queues.values('/cdmi/found', 2))).toEqual(['a', 'a']);
  });

  it('[CDMI-S11] a queue becomes a query queue by its metadata, and may be filled by clients, too', async () => {
    await queues.write('/cdmi/a');
    await queues.put('/cdmi/found', {});
    await lab.request('POST', '/cdmi/found', { headers: speaking('queue'), body: '{"value": ["mine"]}' });
    expect((await queues.put('/cdmi/found', query([{ objectName: '== a' }], byName))).status).toBe(204);
    expect(await queues.status('/cdmi/found')).toBe('Current');
    const answer = await lab.request('GET', '/cdmi/found?values:9', { headers: speaking('queue') });
    expect((answer.json() as Json).value).toEqual(['mine', '{"objectName":"a"}']);
  });

  it.each([
    ['a scope that is no list', query({})],
    ['a condition that is none', query([{ objectName: 'a' }])],
    ['results that are no object', query([], 'objectName')],
    ['a regular expression that is none', query([{ objectName: '=~ (' }])],
  ])('[CDMI-S1] [CDMI-S4] %s is 400, and nothing is made', async (_, metadata) => {
    const { status, text } = await queues.put('/cdmi/found', metadata);
    expect(status, text).toBe(400);
    expect((await lab.request('GET', '/cdmi/found')).status).toBe(404);
  });

  it('[CDMI-S10] many results come in one by one, and each once, while others take them out', async () => {
    for (let i = 0; i < 40; i++) {
      await lab.request('PUT', `/cdmi/k${i % 4}/`, { headers: speaking('container'), body: '{}' });
      await queues.write(`/cdmi/k${i % 4}/o${i}`);
    }
    for (let copy = 0; copy < 8; copy++) {
      await lab.request('PUT', `/cdmi/c${copy}/`, { headers: speaking('container'), body: '{"copy": "/cdmi/k0/"}' });
      await lab.request('PUT', `/cdmi/d${copy}/`, { headers: speaking('container'), body: '{"copy": "/cdmi/k1/"}' });
    }
    await queues.put('/cdmi/found', query([{ objectType: '== application/cdmi-object' }], { objectID: '' }));
    const taken: string[] = [];
    for (;;) {
      const status = (await queues.metadata('/cdmi/found')).cdmi_query_status;
      const answer = await lab.request('GET', '/cdmi/found?queueValues;values:7', { headers: speaking('queue') });
      const { value = [] } = answer.json() as Json;
      taken.push(...value);
      if (value.length > 0) await lab.request('DELETE', `/cdmi/found?values:${value.length}`);
      else if (status === 'Current') break;
      // Requests within the process can be answered without a pause, and the query needs some.
      await nextTurn();
    }
    expect(taken.length).toBe(40 + 8 * 20);
    expect(new Set(taken).size).toBe(taken.length);
  });
});

describe('who asks', () => {
  it('[CDMI-S10] a query shows what its maker may read, and nothing of other projects', async () => {
    const lab = await startTenantsLab({ cdmi: true, cdmiDomains: true });
    const [one, two] = [person(lab, 'one'), person(lab, 'two')];
    const reader = filledQueues(one);
    const nobody = [{ acetype: 'DENY', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'ALL_PERMS' }];
    const noValue = [{ acetype: 'ALLOW', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'READ_METADATA' }];
    const admin = person(lab, 'one', 'admin');
    await filledQueues(two).write('/cdmi/theirs');
    await reader.write('/cdmi/mine');
    await filledQueues(admin).write('/cdmi/secret', { metadata: { cdmi_acl: nobody } });
    await filledQueues(admin).write('/cdmi/shut', { value: 'needle', metadata: { cdmi_acl: noValue } });
    await admin.request('PUT', '/cdmi/cdmi_domains/d/', { headers: speaking('domain'), body: '{}' });
    const disabled = JSON.stringify({ value: 'v', domainURI: '/cdmi/cdmi_domains/d/' });
    const enable = (to: string) =>
      admin.request('PUT', '/cdmi/cdmi_domains/d/?metadata:cdmi_domain_enabled', {
        headers: speaking('domain'),
        body: JSON.stringify({ metadata: { cdmi_domain_enabled: to } }),
      });
    await enable('true');
    expect((await admin.request('PUT', '/cdmi/of-d', { headers: speaking('object'), body: disabled })).status).toBe(
      201,
    );
    await enable('false');
    await reader.put(
      '/cdmi/found',
      query([{ objectType: '== application/cdmi-object' }], { objectName: '', value: '' }),
    );
    expect(await reader.status('/cdmi/found')).toBe('Current');
    const found = (await reader.values('/cdmi/found', 2)) as readonly Json[];
    expect(found.filter(({ objectName }) => objectName !== 'parent')).toEqual(
      expect.arrayContaining([{ objectName: 'mine', value: 'dg==' }, { objectName: 'shut' }]),
    );
    const shown = JSON.stringify(found);
    for (const name of ['theirs', 'secret', 'of-d']) expect(shown).not.toContain(name);
    await reader.put('/cdmi/guessed', query([{ value: 'contains needle' }], byName));
    expect(await reader.status('/cdmi/guessed')).toBe('Current');
    const { metadata, queueValues } = (
      await one.request('GET', '/cdmi/guessed?queueValues;metadata', { headers: speaking('queue') })
    ).json() as Json;
    expect([queueValues, metadata.cdmi_query_status]).toEqual(['', 'Current']);
    await lab.close();
  });

  it('[CDMI-S10] a query goes on where it has been, at the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'occi-query-'));
    const first = await startLab({ cdmi: true, dataDir });
    const before = filledQueues(first);
    for (let i = 0; i < 20; i++) await before.write(`/cdmi/o${i}`);
    for (let copies = 0; copies < 5; copies++) {
      const body = JSON.stringify({ copy: '/cdmi/k/' });
      await first.request('PUT', '/cdmi/k/', { headers: speaking('container'), body: '{}' });
      await first.request('PUT', `/cdmi/k${copies}/`, { headers: speaking('container'), body });
    }
    await before.put('/cdmi/found', query([{ objectName: 'starts o' }], byName));
    // It is closed at once, wherever the query is.
    await first.gateway.close();
    const second = await startLab({ cdmi: true, dataDir });
    const after = filledQueues(second);
    expect(await after.status('/cdmi/found')).toBe('Current');
    expect(namesIn(await after.values('/cdmi/found', 20))).toEqual(
      Array.from({ length: 20 }, (_, i) => `o${i}`).sort(),
    );
    await second.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('bounds', () => {
  it('[CDMI-S10] a queue that nobody empties is halted, and says so; so is one without room in the quota', async () => {
    const lab = await startLab({ cdmi: true, cdmiMaxFilledValues: 3, cdmiMaxFilledQueues: 1 });
    const queues = filledQueues(lab);
    for (let i = 0; i < 5; i++) await queues.write(`/cdmi/o${i}`);
    await queues.put('/cdmi/found', query([{ objectName: 'starts o' }], byName));
    expect(await queues.status('/cdmi/found')).toMatch(/^Error: halted, there are 3 values/);
    expect(await queues.values('/cdmi/found', 3)).toHaveLength(3);
    await lab.close();
  });
});
