import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

/** How many objects one request may be about. */
const batch = 5;

const valueBytes = 10_000;

let lab: Lab;
beforeAll(async () => {
  lab = await startTenantsLab({ cdmi: true, maxBatch: batch, cdmiMaxValueBytes: valueBytes });
});
afterAll(() => lab.close());

const anna = 'anna home member';
const ben = 'ben home member';
const rita = 'rita home reader';

async function send(who: string, method: string, path: string, kind: string, body?: object) {
  const answer = await lab.request(method, `/cdmi/${path}`, {
    headers: { ...speaking(kind), 'x-who': who },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: answer.text, json: () => answer.json() as Record<string, unknown> };
}

async function made(who: string, path: string, kind: string, body: object = {}): Promise<Record<string, unknown>> {
  const answer = await send(who, 'PUT', path, kind, body);
  expect(answer.status, answer.text).toBe(201);
  return answer.json();
}

const entry = (identifier: string, acemask: string, aceflags = '0x0') => ({
  acetype: 'ALLOW',
  identifier,
  aceflags,
  acemask,
});
const closed = { cdmi_acl: [entry('OWNER@', 'ALL_PERMS', '0x3')] };

describe('who may', () => {
  it('[CDMI-Q3] [CDMI-G17] readers read a queue, and neither put into it nor take from it', async () => {
    await made(anna, 'q', 'queue');
    expect((await send(anna, 'POST', 'q', 'queue', { value: ['a'] })).status).toBe(204);
    expect((await send(rita, 'GET', 'q', 'queue')).json()).toMatchObject({ value: ['a'] });
    expect((await send(rita, 'POST', 'q', 'queue', { value: ['b'] })).status).toBe(403);
    expect((await send(rita, 'DELETE', 'q?value', 'queue')).status).toBe(403);
    expect((await send(rita, 'PUT', 'ref', 'object', { reference: '/cdmi/q' })).status).toBe(403);
    expect((await send(rita, 'PUT', '', 'container', { snapshot: 's' })).status).toBe(403);
    expect((await send(rita, 'PUT', 'ser', 'object', { serialize: '/cdmi/q' })).status).toBe(403);
    expect((await send(anna, 'GET', 'q?queueValues', 'queue')).json()).toEqual({ queueValues: '0-0' });
  });

  it('[CDMI-A7] who may append puts into a queue; to take from it is to write', async () => {
    const cdmi_acl = [entry('OWNER@', 'ALL_PERMS'), entry('ben', 'APPEND_DATA')];
    await made(anna, 'post', 'queue', { metadata: { cdmi_acl } });
    await made(ben, 'mine', 'queue');
    expect((await send(ben, 'POST', 'post', 'queue', { value: ['b'] })).status).toBe(204);
    expect((await send(ben, 'GET', 'post', 'queue')).status).toBe(403);
    expect((await send(ben, 'DELETE', 'post?value', 'queue')).status).toBe(403);
    expect((await send(ben, 'POST', 'mine', 'queue', { copy: '/cdmi/post' })).status).toBe(403);
    expect((await send(ben, 'POST', 'mine', 'queue', { move: '/cdmi/post' })).status).toBe(403);
    expect((await send(ben, 'PUT', 'o', 'object', { copy: '/cdmi/post' })).status).toBe(403);
    expect((await send(anna, 'GET', 'post?value', 'queue')).json()).toEqual({ value: ['b'] });
  });

  it('[CDMI-Q9] what is moved into a queue has to let itself be removed', async () => {
    const cdmi_acl = [entry('OWNER@', 'ALL_PERMS'), entry('ben', 'READ_ALL')];
    await made(anna, 'k/', 'container', { metadata: { cdmi_acl: [...cdmi_acl, entry('ben', 'TRAVERSE_CONTAINER')] } });
    await made(anna, 'k/o', 'object', { value: 'o', metadata: { cdmi_acl } });
    await made(anna, 'k/held', 'object', { value: 'h', metadata: { cdmi_hold_id: ['h'] } });
    expect((await send(ben, 'POST', 'mine', 'queue', { move: '/cdmi/k/o' })).status).toBe(403);
    expect((await send(ben, 'POST', 'mine', 'queue', { copy: '/cdmi/k/o' })).status).toBe(204);
    expect((await send(anna, 'PUT', 'hers', 'queue', {})).status).toBe(201);
    expect((await send(anna, 'POST', 'hers', 'queue', { move: '/cdmi/k/held' })).status).toBe(403);
    expect((await send(anna, 'GET', 'k/held', 'object')).status).toBe(200);
    expect((await send(anna, 'GET', 'hers?queueValues', 'queue')).json()).toEqual({ queueValues: '' });
  });

  it('[CDMI-Z1] [CDMI-C15] what may not be read is left out, and stays closed in a snapshot', async () => {
    await made(anna, 'mixed/', 'container');
    await made(anna, 'mixed/open', 'object', { value: 'open' });
    await made(anna, 'mixed/secret', 'object', { value: 'secret', metadata: closed });
    await made(anna, 'mixed/deep/', 'container', { metadata: closed });
    await made(anna, 'mixed/deep/o', 'object', { value: 'secret' });
    await made(ben, 'taken', 'object', { serialize: '/cdmi/mixed/' });
    const { value } = (await send(ben, 'GET', 'taken', 'object')).json();
    expect(JSON.parse(String(value))).toMatchObject({ children: [{ objectName: 'open', value: 'open' }] });
    expect(value).not.toContain('secret');
    expect((await send(ben, 'PUT', 'none', 'object', { serialize: '/cdmi/mixed/secret' })).status).toBe(403);

    expect((await send(ben, 'PUT', 'mixed/', 'container', { snapshot: 's' })).status).toBe(204);
    expect((await send(ben, 'GET', 'mixed/cdmi_snapshots/s/open', 'object')).status).toBe(200);
    expect((await send(ben, 'GET', 'mixed/cdmi_snapshots/s/secret', 'object')).status).toBe(403);
    expect((await send(ben, 'GET', 'mixed/cdmi_snapshots/s/deep/o', 'object')).status).toBe(403);
    expect((await send(anna, 'GET', 'mixed/cdmi_snapshots/s/deep/o', 'object')).status).toBe(200);
  });

  it('[CDMI-Z3] an ID that another project has stays with that', async () => {
    const theirs = await made('eve other member', 'o', 'object', { value: 'theirs' });
    const json = { objectType: 'application/cdmi-object', objectID: theirs['objectID'], value: 'mine' };
    const deserializevalue = Buffer.from(JSON.stringify(json)).toString('base64');
    const mine = await made(anna, 'back', 'object', { deserializevalue });
    expect(mine['objectID']).not.toBe(theirs['objectID']);
    const reference = `https://cloud.example/cdmi_objectid/${theirs['objectID']}`;
    expect((await send(anna, 'POST', 'cdmi_objectid/', 'object', { reference })).status).toBe(400);
    expect((await send('eve other member', 'GET', 'o', 'object')).json()).toMatchObject({ value: 'theirs' });
  });
});

describe('how much at once', () => {
  const values = (count: number) => Array.from({ length: count }, (_, index) => String(index));

  it('[CDMI-Q6] a request is about so many values of a queue, and no more', async () => {
    await made(anna, 'long', 'queue');
    expect((await send(anna, 'POST', 'long', 'queue', { value: values(batch + 1) })).status).toBe(413);
    expect((await send(anna, 'POST', 'long', 'queue', { value: values(batch) })).status).toBe(204);
    expect((await send(anna, 'GET', 'long?values:99', 'queue')).json()).toEqual({ value: values(batch) });
    expect((await send(anna, 'POST', 'long', 'queue', { value: ['more'] })).status).toBe(204);
    expect((await send(anna, 'GET', 'long?values:99', 'queue')).status).toBe(413);
    expect((await send(anna, 'DELETE', 'long?values:99', 'queue')).status).toBe(413);
    expect((await send(anna, 'PUT', 'copy', 'queue', { copy: '/cdmi/long' })).status).toBe(413);
    expect((await send(anna, 'DELETE', `long?values:${batch}`, 'queue')).status).toBe(204);
    expect((await send(anna, 'GET', 'long?values:99', 'queue')).json()).toEqual({ value: ['more'] });
  });

  it('[CDMI-B7] values of a queue become as large a value as others may be, and no larger', async () => {
    const value = 'x'.repeat(valueBytes / 2);
    await made(anna, 'halves', 'queue');
    expect((await send(anna, 'POST', 'halves', 'queue', { value: [value, value] })).status).toBe(204);
    await made(anna, 'whole', 'object', { copy: '/cdmi/halves' });
    expect((await send(anna, 'POST', 'halves', 'queue', { value: ['!'] })).status).toBe(204);
    expect((await send(anna, 'PUT', 'larger', 'object', { copy: '/cdmi/halves' })).status).toBe(413);
    expect((await send(anna, 'PUT', 'whole', 'object', { copy: '/cdmi/halves' })).status).toBe(413);
    expect((await send(anna, 'PUT', 'whole', 'object', { move: '/cdmi/halves?values:3' })).status).toBe(413);
    expect((await send(anna, 'GET', 'whole?value', 'object')).json()).toEqual({ value: value + value });
    expect((await send(anna, 'GET', 'halves?queueValues', 'queue')).json()).toEqual({ queueValues: '0-2' });
  });

  it('[CDMI-C15] so many objects are in a snapshot, or serialized, and no more', async () => {
    await made(anna, 'wide/', 'container');
    for (const name of values(batch)) await made(anna, `wide/${name}`, 'object', { value: name });
    expect((await send(anna, 'PUT', 'wide/', 'container', { snapshot: 's' })).status).toBe(204);
    await made(anna, 'wide/more', 'object', { value: 'more' });
    const refused = await send(anna, 'PUT', 'wide/', 'container', { snapshot: 's' });
    expect(refused.status, refused.text).toBe(413);
    expect((await send(anna, 'GET', 'wide/cdmi_snapshots/s/?children', 'container')).json()).toEqual({
      children: values(batch),
    });
    expect((await send(anna, 'PUT', 'all', 'object', { serialize: '/cdmi/wide/' })).status).toBe(413);
    expect((await send(anna, 'GET', 'all', 'object')).status).toBe(404);
    const children = values(batch).map((objectName) => ({ objectType: 'application/cdmi-object', objectName }));
    const json = { objectType: 'application/cdmi-container', children };
    const deserializevalue = Buffer.from(JSON.stringify(json)).toString('base64');
    expect((await send(anna, 'PUT', 'many/', 'container', { deserializevalue })).status).toBe(413);
    expect((await send(anna, 'GET', 'many/', 'container')).status).toBe(404);
  });
});
