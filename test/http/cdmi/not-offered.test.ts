import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import advertised from '../../../spec/cdmi/capabilities.json' with { type: 'json' };
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

const names = [...new Set(Object.values(advertised).flatMap((all) => Object.keys(all)))];
const done = [
  'cdmi_dataobjects',
  'cdmi_create_container',
  'cdmi_create_dataobject',
  'cdmi_list_children',
  'cdmi_read_value',
];

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ cdmiWithout: names.filter((name) => !done.includes(name)) });
  expect(await put('k/', 'container', {})).toBe(201);
  expect(await put('o', 'object', { value: '0123456789' })).toBe(201);
});
afterAll(() => lab.close());

describe('ISO/IEC 17826 §12: what is not advertised is not done', () => {
  it('[CDMI-K9] [CDMI-K3] the tree tells nothing else', async () => {
    const { capabilities } = await json('cdmi_capabilities/', 'capability');
    const limits = ['cdmi_metadata_maxitems', 'cdmi_metadata_maxsize', 'cdmi_metadata_maxtotalsize'];
    expect(Object.keys(capabilities as object)).toEqual(['cdmi_dataobjects', ...limits]);
  });

  it.each([
    ['a copy', 'c', 'object', { copy: '/cdmi/o' }],
    ['a move', 'c', 'object', { move: '/cdmi/o' }],
    ['a copy of a container', 'c/', 'container', { copy: '/cdmi/k/' }],
    ['a move of a container', 'c/', 'container', { move: '/cdmi/k/' }],
    ['a reference', 'c', 'object', { reference: '/cdmi/o' }],
    ['a serialization', 'c', 'object', { serialize: '/cdmi/k/' }],
    ['a deserialization', 'c', 'object', { deserialize: '/cdmi/o' }],
    ['a queue', 'c', 'queue', {}],
    ['a snapshot', 'k/', 'container', { snapshot: 's' }],
    ['a domain', 'cdmi_domains/d/', 'domain', {}],
    ['an object of a domain', 'c', 'object', { value: 'x', domainURI: '/cdmi/cdmi_domains/' }],
    ['an export', 'k/', 'container', { exports: { 'Network/Gopher': {} } }],
    ['a new value', 'o', 'object', { value: 'x' }],
    ['a range of a value', 'o?value:0-0', 'object', { value: 'eA==' }],
    ['other metadata', 'o', 'object', { metadata: { a: '1' } }],
    ['a hash', 'c', 'object', { metadata: { cdmi_value_hash: 'SHA256' } }],
    ['a hold', 'c', 'object', { metadata: { cdmi_hold_id: ['h'] } }],
    ['a retention', 'c', 'object', { metadata: { cdmi_retention_period: '2026-01-01T00:00:00/2027-01-01T00:00:00' } }],
    ['an end by itself', 'c/', 'container', { metadata: { cdmi_retention_autodelete: 'true' } }],
    ['a range of a new value', 'c?value:0-0', 'object', { value: 'eA==' }],
  ])('[CDMI-K9] [CDMI-G17] %s', async (_, path, kind, body) => {
    expect(await put(path, kind, body)).toBe(400);
    expect((await json('?children', 'container'))['children']).toEqual(['k/', 'o']);
    expect((await json('o?value', 'object'))['value']).toBe('0123456789');
  });

  it.each([
    ['POST to a container', 'POST', '', {}],
    ['POST to IDs', 'POST', 'cdmi_objectid/', {}],
    ['removing a data object', 'DELETE', 'o', undefined],
    ['removing a container', 'DELETE', 'k/', undefined],
  ])('[CDMI-K9] [CDMI-G17] %s', async (_, method, path, body) => {
    const { status } = await request(method, path, 'object', body);
    expect(status).toBe(400);
  });

  it.each(['query', 'notification', 'logging'])('[CDMI-S13] a queue of %s is made, and stays empty', async (type) => {
    const watching = await startCdmiLab({ cdmiWithout: names.filter((name) => name.startsWith(`cdmi_${type}`)) });
    const exchange = async (method: string, path: string, kind: string, body?: object) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      return await fetch(new URL(path, watching.root), { method, headers: speaking(kind), ...sent });
    };
    const metadata = {
      cdmi_queue_type: `cdmi_${type}_queue`,
      cdmi_scope_specification: [],
      cdmi_results_specification: '',
      cdmi_notification_events: [],
      cdmi_logging_class: ['cdmi_object_logging'],
    };
    expect((await exchange('PUT', 'before', 'object', { value: 'x' })).status).toBe(201);
    expect((await exchange('PUT', 'q', 'queue', { metadata })).status).toBe(201);
    expect((await exchange('PUT', 'after', 'object', { value: 'x' })).status).toBe(201);
    expect((await exchange('DELETE', 'after', 'object')).status).toBe(204);
    expect(await (await exchange('GET', 'q?queueValues', 'queue')).json()).toEqual({ queueValues: '' });
    await watching.close();
  });

  it('[CDMI-K9] [CDMI-G17] reading by ID, ranges and metadata', async () => {
    const { objectID, metadata, value } = await json('o', 'object');
    expect([metadata, value]).toEqual([undefined, '0123456789']);
    const refused = [
      [`cdmi_objectid/${objectID}`, 'object'],
      ['o?metadata:cdmi_size', 'object'],
      ['o?value:0-1', 'object'],
      ['?children:0-0', 'container'],
    ] as const;
    for (const [path, kind] of refused) expect((await request('GET', path, kind)).status).toBe(400);
    const ranged = await fetch(new URL('o', lab.root), { headers: { range: 'bytes=0-1' } });
    const parts = await fetch(new URL('o', lab.root), {
      headers: { ...speaking('object'), accept: 'multipart/mixed' },
    });
    expect([ranged.status, parts.status]).toEqual([400, 400]);
  });

  it('[CDMI-K9] [CDMI-G17] reading values and children, and what is made by ID', async () => {
    const without = ['cdmi_read_value', 'cdmi_list_children', 'cdmi_create_value_range_by_ID'];
    const copies = ['cdmi_copy_dataobject_by_ID', 'cdmi_copy_queue_by_ID'];
    const own = await startCdmiLab({ cdmiWithout: [...without, ...copies] });
    const send = (method: string, path: string, kind: string, body?: object, headers = speaking(kind)) =>
      fetch(new URL(path, own.root), { method, headers, ...(body && { body: JSON.stringify(body) }) });
    expect((await send('PUT', 'o', 'object', { value: 'x' })).status).toBe(201);
    expect((await send('PUT', 'q', 'queue', {})).status).toBe(201);
    expect((await send('POST', 'q', 'queue', { value: ['x'] })).status).toBe(204);
    for (const [path, kind, ...hidden] of [
      ['o', 'object', 'value'],
      ['q', 'queue', 'value'],
      ['', 'container', 'children', 'childrenrange'],
    ] as const) {
      const shown = (await (await send('GET', path, kind)).json()) as object;
      expect(shown).toHaveProperty('objectID');
      for (const field of hidden) {
        expect(shown).not.toHaveProperty(field);
        expect((await send('GET', `${path}?${field}`, kind)).status).toBe(400);
      }
    }
    const mixed = { ...speaking('object'), accept: 'multipart/mixed' };
    expect(await (await send('GET', 'o', 'object', undefined, mixed)).text()).toMatch(
      /^--\S+\r\n.*cdmi-object\r\n\r\n\{.*\}\r\n--\S+--\r\n$/,
    );
    expect((await send('GET', 'o?value', 'object', undefined, mixed)).status).toBe(400);
    expect((await send('POST', 'cdmi_objectid/', 'object', { copy: '/cdmi/o' })).status).toBe(400);
    expect((await send('POST', 'cdmi_objectid/', 'queue', { copy: '/cdmi/q' })).status).toBe(400);
    const range = { 'content-range': 'bytes 0-0/1', 'content-type': 'text/plain' };
    expect(
      (await fetch(new URL('cdmi_objectid/', own.root), { method: 'POST', headers: range, body: 'x' })).status,
    ).toBe(400);
    await own.close();
  });

  it('[CDMI-K9] access control', async () => {
    const nobody = { cdmi_acl: [{ acetype: 'DENY', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'ALL_PERMS' }] };
    expect(await put('open', 'object', { value: 'x', metadata: nobody })).toBe(201);
    expect((await json('open?value', 'object'))['value']).toBe('x');
  });
});

function request(method: string, path: string, kind: string, body?: object): Promise<Response> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(new URL(path, lab.root), { method, headers: speaking(kind), ...sent });
}

async function put(path: string, kind: string, body: object): Promise<number> {
  return (await request('PUT', path, kind, body)).status;
}

async function json(path: string, kind: string): Promise<Record<string, unknown>> {
  const response = await request('GET', path, kind);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}
