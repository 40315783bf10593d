import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Lab, startLab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';
import { client, storageOf } from './export-lab.ts';
import { valueFiles } from './value-files.ts';

const anna = 'anna home member';
const ben = 'ben home member';
const rita = 'rita home reader';

const entry = (identifier: string, acemask: string, aceflags = '0x0') => ({
  acetype: 'ALLOW',
  identifier,
  aceflags,
  acemask,
});
const closed = { cdmi_acl: [entry('OWNER@', 'ALL_PERMS', '0x3')] };

describe('ISO/IEC 17826 §15.3 what is deserialized onto what is there', () => {
  let directory: string;
  let lab: Lab;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-restored-'));
    const quotaFile = join(directory, 'quotas.yaml');
    writeFileSync(quotaFile, JSON.stringify({ default: {}, projects: { small: { 'cdmi.objects': 7 } } }));
    lab = await startTenantsLab({ cdmi: true, maxBatch: 20, quotaFile, dataDir: join(directory, 'data') });
  });
  afterAll(async () => {
    await lab.close();
    rmSync(directory, { recursive: true });
  });

  const send = (who: string, method: string, path: string, kind: string, body?: object): Promise<Answer> =>
    lab.request(method, `/cdmi/${path}`, {
      headers: { ...speaking(kind), 'x-who': who },
      ...(body && { body: JSON.stringify(body) }),
    });
  const put = async (who: string, path: string, kind: string, body: object) =>
    (await send(who, 'PUT', path, kind, body)).status;
  const read = async (who: string, path: string, kind = 'object') =>
    (await send(who, 'GET', path, kind)).json() as Record<string, unknown>;
  const made = async (who: string, path: string, kind: string, body: object = {}) => {
    const answer = await send(who, 'PUT', path, kind, body);
    expect(answer.status, answer.text).toBe(201);
  };

  it('[CDMI-Z3] [CDMI-A7] is all of it allowed, or nothing of it done', async () => {
    await made(anna, 'a/', 'container');
    await made(anna, 'a/open', 'object', { value: 'one' });
    const mayRead = entry('ben', 'READ_ALL');
    await made(anna, 'a/fixed', 'object', { value: 'one', metadata: { cdmi_acl: [...closed.cdmi_acl, mayRead] } });
    await made(anna, 'a.json', 'object', { serialize: '/cdmi/a/' });
    for (const name of ['open', 'fixed']) expect(await put(anna, `a/${name}`, 'object', { value: 'two' })).toBe(204);
    expect(await put(rita, 'a/', 'container', { deserialize: '/cdmi/a.json' })).toBe(403);
    expect(await put(ben, 'a/', 'container', { deserialize: '/cdmi/a.json' })).toBe(403);
    expect(await read(anna, 'a/open?value')).toEqual({ value: 'two' });
    // What is the same already needs no right.
    expect(await put(anna, 'a/fixed', 'object', { value: 'one' })).toBe(204);
    expect(await put(ben, 'a/', 'container', { deserialize: '/cdmi/a.json' })).toBe(204);
    expect(await read(anna, 'a/open?value;metadata:cdmi_owner')).toEqual({
      value: 'one',
      metadata: { cdmi_owner: 'anna' },
    });
  });

  it('[CDMI-Z3] [CDMI-A5] lists come back as they were, and only by whom may change them', async () => {
    await made(anna, 'l/', 'container');
    await made(anna, 'l/o', 'object', { value: 'one', metadata: closed });
    await made(anna, 'l.json', 'object', { serialize: '/cdmi/l/' });
    const open = { cdmi_acl: [...closed.cdmi_acl, entry('ben', 'RW')] };
    expect(await put(anna, 'l/o', 'object', { metadata: open })).toBe(204);
    expect(await put(ben, 'l/', 'container', { deserialize: '/cdmi/l.json' })).toBe(403);
    expect(await put(ben, 'l/o', 'object', { value: 'two' })).toBe(204);
    expect(await put(anna, 'l/', 'container', { deserialize: '/cdmi/l.json' })).toBe(204);
    expect((await send(ben, 'GET', 'l/o', 'object')).status).toBe(403);
    expect(await read(anna, 'l/o?value')).toEqual({ value: 'one' });
  });

  it('[CDMI-Z1] [CDMI-Z4] what could not be written stays as it is', async () => {
    await made(anna, 'm/', 'container');
    await made(anna, 'm/o', 'object', { value: 'one' });
    await made(anna, 'm/secret', 'object', { value: 'secret', metadata: closed });
    await made(anna, 'm/deep/', 'container', { metadata: closed });
    await made(anna, 'm/deep/o', 'object', { value: 'deep' });
    await made(ben, 'm.json', 'object', { serialize: '/cdmi/m/' });
    expect(await put(anna, 'm/secret', 'object', { value: 'later' })).toBe(204);
    const partial = {
      headers: { 'x-who': anna, 'x-cdmi-partial': 'true', 'content-type': 'text/plain' },
      body: 'part',
    };
    expect((await lab.request('PUT', '/cdmi/m/coming', partial)).status).toBe(201);
    await made(anna, 'm/new', 'object', { value: 'new' });
    expect(await put(ben, 'm/', 'container', { deserialize: '/cdmi/m.json' })).toBe(204);
    expect(await read(anna, 'm/?children', 'container')).toEqual({ children: ['coming', 'deep/', 'o', 'secret'] });
    expect(await read(anna, 'm/secret?value')).toEqual({ value: 'later' });
    expect(await read(anna, 'm/deep/o?value')).toEqual({ value: 'deep' });
    // Nobody takes the place of what he cannot see.
    await made(anna, 'm2.json', 'object', { serialize: '/cdmi/m/' });
    expect((await send(anna, 'DELETE', 'm/o', 'object')).status).toBe(204);
    await made(anna, 'm/o/', 'container', { metadata: closed });
    expect(await put(ben, 'm/', 'container', { deserialize: '/cdmi/m.json' })).toBe(403);
    expect(await put(anna, 'm/', 'container', { deserialize: '/cdmi/m2.json' })).toBe(204);
    expect(await read(anna, 'm/?children', 'container')).toEqual({ children: ['coming', 'deep/', 'o', 'secret'] });
  });

  it('[CDMI-A7] [CDMI-B7] what may not be looked into is neither compared nor copied into', async () => {
    await made(anna, 'n/', 'container');
    await made(anna, 'n/c/', 'container');
    await made(anna, 'n.json', 'object', { serialize: '/cdmi/n/' });
    await made(anna, 'new/', 'container');
    await made(anna, 'new/c/', 'container');
    await made(anna, 'new/c/o', 'object', { value: 'new' });
    for (const mask of ['TRAVERSE_CONTAINER', 'LIST_CONTAINER']) {
      const may = entry('ben', `READ_METADATA,WRITE_METADATA,WRITE_ATTRIBUTES,ADD_OBJECT,DELETE_OBJECT,${mask}`);
      const list = { metadata: { cdmi_acl: [...closed.cdmi_acl, may] } };
      expect(await put(anna, 'n/c/?metadata:cdmi_acl', 'container', list)).toBe(204);
      expect(await put(ben, 'n/', 'container', { deserialize: '/cdmi/n.json' })).toBe(403);
    }
    expect(await put(ben, 'n/', 'container', { copy: '/cdmi/new/' })).toBe(403);
    expect(await put(anna, 'n/', 'container', { copy: '/cdmi/new/' })).toBe(204);
    expect(await read(anna, 'n/c/?children', 'container')).toEqual({ children: ['o'] });
    expect(await put(anna, 'n/', 'container', { deserialize: '/cdmi/n.json' })).toBe(204);
    expect(await read(anna, 'n/c/?children', 'container')).toEqual({ children: [] });
  });

  it('[CDMI-Z4] what it is read from stays, also where it is in it', async () => {
    await made(anna, 's/', 'container');
    await made(anna, 's/o', 'object', { value: 'one' });
    await made(anna, 's/s.json', 'object', { serialize: '/cdmi/s/' });
    expect(await put(anna, 's/o', 'object', { value: 'two' })).toBe(204);
    expect(await put(anna, 's/', 'container', { deserialize: '/cdmi/s/s.json' })).toBe(204);
    expect(await read(anna, 's/?children', 'container')).toEqual({ children: ['o', 's.json'] });
    expect(await read(anna, 's/o?value')).toEqual({ value: 'one' });
  });

  it('[CDMI-Z4] is about so many objects, and no more', async () => {
    await made(anna, 'w/', 'container');
    await made(anna, 'w.json', 'object', { serialize: '/cdmi/w/' });
    for (let i = 0; i <= 20; i++) await made(anna, `w/${i}`, 'object', { value: '' });
    expect(await put(anna, 'w/', 'container', { deserialize: '/cdmi/w.json' })).toBe(413);
    expect((await send(anna, 'DELETE', 'w/0', 'object')).status).toBe(204);
    expect(await put(anna, 'w/', 'container', { deserialize: '/cdmi/w.json' })).toBe(204);
    expect(await read(anna, 'w/?children', 'container')).toEqual({ children: [] });
  });

  it('[CDMI-Z4] what would be too much for the project changes nothing, and leaves no value behind', async () => {
    const sam = 'sam small member';
    await made(sam, 'k/', 'container');
    for (const name of ['1', '2', '3']) await made(sam, `k/${name}`, 'object', { value: name });
    await made(sam, 'k.json', 'object', { serialize: '/cdmi/k/' });
    for (const name of ['1', '2', '3']) expect((await send(sam, 'DELETE', `k/${name}`, 'object')).status).toBe(204);
    for (const name of ['4', '5']) await made(sam, name, 'object', {});
    const before = valueFiles(join(directory, 'data'));
    expect(await put(sam, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(403);
    expect(await read(sam, 'k/?children', 'container')).toEqual({ children: [] });
    expect(valueFiles(join(directory, 'data')).filter((file) => !before.includes(file))).toEqual([]);
    expect((await send(sam, 'DELETE', '4', 'object')).status).toBe(204);
    expect(await put(sam, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(204);
    expect(await read(sam, 'k/?children', 'container')).toEqual({ children: ['1', '2', '3'] });
  });

  it('[CDMI-G21] several at once come one after the other', async () => {
    await made(anna, 'p/', 'container');
    const fill = async (state: string) => {
      expect(await put(anna, 'p/', 'container', { metadata: { state } })).toBe(204);
      for (const name of ['both', `only-${state}`]) {
        expect(await put(anna, `p/${name}`, 'object', { value: state })).toBeLessThan(300);
      }
      await made(anna, `${state}.json`, 'object', { serialize: '/cdmi/p/' });
    };
    await fill('one');
    expect((await send(anna, 'DELETE', 'p/only-one', 'object')).status).toBe(204);
    await fill('two');
    for (let round = 0; round < 5; round++) {
      const states = ['one', 'two', 'one', 'two'];
      const onto = (state: string) => put(anna, 'p/', 'container', { deserialize: `/cdmi/${state}.json` });
      expect(await Promise.all(states.map(onto))).toEqual([204, 204, 204, 204]);
      const { children, metadata } = await read(anna, 'p/?children;metadata:state', 'container');
      const { state } = metadata as { state: string };
      expect(children).toEqual(['both', `only-${state}`]);
      expect(await read(anna, 'p/both?value')).toEqual({ value: state });
      expect(await read(anna, `p/only-${state}?value`)).toEqual({ value: state });
    }
  });

  it('[CDMI-G24] If-Match holds for it', async () => {
    await made(anna, 'i', 'object', { value: 'one' });
    await made(anna, 'i.json', 'object', { serialize: '/cdmi/i' });
    const { headers } = await send(anna, 'PUT', 'i', 'object', { value: 'two' });
    const onto = (tag: string) =>
      lab.request('PUT', '/cdmi/i', {
        headers: { ...speaking('object'), 'x-who': anna, 'if-match': tag },
        body: JSON.stringify({ deserialize: '/cdmi/i.json' }),
      });
    expect((await onto('"other"')).status).toBe(412);
    expect((await onto(headers.get('etag') as string)).status).toBe(204);
    expect(await read(anna, 'i?value')).toEqual({ value: 'one' });
  });
});

describe('ISO/IEC 17826 §13 exports of what is deserialized', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ cdmi: true });
  });
  afterAll(() => lab.close());

  it('[CDMI-X8] stay where they are, and are not made', async () => {
    const who = client(lab);
    const done = async (path: string, body: object, kind?: string) => {
      const answer = await who.cdmi('PUT', path, body, kind);
      expect(answer.status, answer.text).toBeLessThan(300);
    };
    await done('k/', { metadata: { a: '1' } });
    const inner = await who.exported('k/inner/');
    await done('k.json', { serialize: '/cdmi/k/' }, 'object');
    await done('k/inner/', { metadata: { a: '2', cdmi_assignedsize: '5000000000' } });
    const late = await who.exported('k/late/');
    const link = await who.link(await who.compute(), storageOf(late));
    // A machine is linked to what would go.
    expect((await who.cdmi('PUT', 'k/', { deserialize: '/cdmi/k.json' })).status).toBe(409);
    expect(await who.storages()).toHaveLength(2);
    expect((await who.occi('DELETE', link)).status).toBe(200);
    await done('k/', { deserialize: '/cdmi/k.json' });
    expect(await who.storages()).toEqual([storageOf(inner)]);
    const after = await who.container('k/inner/');
    expect(after.exports?.['OCCI/iSCSI']?.storage).toBe(inner.exports?.['OCCI/iSCSI']?.storage);
    expect((await who.show(storageOf(inner))).attributes['occi.storage.size']).not.toBe(5);
    expect((await who.cdmi('DELETE', 'k/inner/')).status).toBe(204);
    await done('k/', { deserialize: '/cdmi/k.json' });
    expect(await who.container('k/inner/')).not.toHaveProperty('exports');
    expect(await who.storages()).toEqual([]);
  });

  it('[CDMI-Z4] so it is for the root container', async () => {
    const who = client(lab);
    const { children } = await who.container('');
    expect((await who.cdmi('PUT', 'all.json', { serialize: '/cdmi/' }, 'object')).status).toBe(201);
    expect((await who.cdmi('PUT', '', { metadata: { a: '1' } })).status).toBe(204);
    expect((await who.cdmi('PUT', 'more/', {})).status).toBe(201);
    expect((await who.cdmi('PUT', '', { deserialize: '/cdmi/all.json' })).status).toBe(204);
    expect(new Set((await who.container('')).children)).toEqual(new Set([...children, 'all.json']));
    expect((await who.cdmi('GET', '?metadata:a')).json()).toEqual({ metadata: {} });
    expect((await who.cdmi('DELETE', 'all.json', undefined, 'object')).status).toBe(204);
  });

  it('[CDMI-B7] [CDMI-X8] what is copied onto an exported container leaves it exported', async () => {
    const who = client(lab);
    const before = await who.exported('to/');
    expect((await who.cdmi('PUT', 'from/', { metadata: { cdmi_assignedsize: '7000000000' } })).status).toBe(201);
    expect((await who.cdmi('PUT', 'to/', { copy: '/cdmi/from/' })).status).toBe(204);
    expect((await who.container('to/')).exports).toEqual(before.exports);
    expect((await who.show(storageOf(before))).attributes['occi.storage.size']).toBe(7);
  });
});
