import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab } from '../home-lab.ts';
import { type CdmiLab, startCdmiLab } from './cdmi-lab.ts';

/**
 * What the CDMI client of jclouds-labs sends: version 1.0.1 or none, selectors that end in a semicolon, containers
 * without a body, doubled slashes, a header of its own; and what it reads of the answers.
 */
let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

const own = { tid: 'tenant', authorization: 'Basic dXNlcjpwYXNz' };
const spoken = { ...own, 'x-cdmi-specification-version': '1.0.1' };
const containers = { ...spoken, accept: 'application/cdmi-container' };
const objects = { ...spoken, accept: 'application/cdmi-object', 'content-type': 'application/cdmi-object' };

describe('ContainerApi', () => {
  it('makes containers with an empty body, and with metadata', async () => {
    expect((await send('PUT', 'MyContainer/', containers)).status).toBe(201);
    const metadata = { one: '1', two: '2' };
    const withBody = { ...containers, 'content-type': 'application/cdmi-container' };
    const made = await send('PUT', 'MyContainer/child/', withBody, JSON.stringify({ metadata }));
    expect(made.status).toBe(201);
    const { objectName, parentURI, children, ...rest } = await json('MyContainer/child/', containers);
    expect({ objectName, parentURI, children }).toEqual({
      objectName: 'child/',
      parentURI: '/cdmi/MyContainer/',
      children: [],
    });
    expect(ofUser(rest['metadata'])).toEqual(metadata);
  });

  it('lists the root by a doubled slash', async () => {
    const { children } = await json('/', containers);
    expect(children).toContain('MyContainer/');
  });

  it.each([
    ['parentURI;objectName;', ['objectName', 'parentURI']],
    ['metadata;', ['metadata']],
    ['metadata:cdmi_acl;', ['metadata']],
    ['children;', ['children']],
    ['children:0-3;', ['children']],
  ])('asks for ?%s', async (query, fields) => {
    expect(Object.keys(await json(`MyContainer/?${query}`, containers))).toEqual(fields);
  });

  it('appends the parentURI of something to the root', async () => {
    const { parentURI } = await json('MyContainer/child/', containers);
    const { objectName } = await json(`${parentURI}child/?objectName;`, containers);
    expect(objectName).toBe('child/');
  });

  it('does so, too, where the gateway is mounted under a prefix', async () => {
    const mounted = await startLab({ cdmi: true, prefix: '/cloud' });
    try {
      const at = (path: string, method = 'GET') =>
        mounted.request(method, `/cloud/cdmi/${path}`, { headers: containers });
      expect((await at('MyContainer/', 'PUT')).status).toBe(201);
      expect((await at('/cloud/cdmi/MyContainer/')).json()).toMatchObject({ objectName: 'MyContainer/' });
      expect((await at('/cdmi/MyContainer/')).status).toBe(404);
    } finally {
      await mounted.close();
    }
  });

  it('takes lists apart at braces and commas, so there are none in entries', async () => {
    const { metadata } = await json('MyContainer/?metadata:cdmi_acl;', containers);
    for (const entry of (metadata as { cdmi_acl: Record<string, string>[] }).cdmi_acl) {
      expect(Object.keys(entry)).toEqual(['acetype', 'identifier', 'aceflags', 'acemask']);
      for (const value of Object.values(entry)) expect(value).not.toMatch(/[{},]/);
    }
  });
});

describe('DataApi', () => {
  it('puts text with metadata, and an empty media type', async () => {
    const body = { value: 'the value', mimetype: '', metadata: { one: '1' } };
    expect((await send('PUT', 'MyContainer/o', objects, JSON.stringify(body))).status).toBe(201);
    const got = await json('MyContainer/o', objects);
    expect(got).toMatchObject({
      objectType: 'application/cdmi-object',
      objectName: 'o',
      parentURI: '/cdmi/MyContainer/',
      mimetype: 'text/plain',
      value: 'the value',
    });
    expect(ofUser(got['metadata'])).toEqual({ one: '1' });
    expect(got['metadata']).toMatchObject({ cdmi_size: '9' });
  });

  it.each([
    ['value;', { value: 'the value' }],
    ['value:0-3;', { value: 'dGhlIA==' }],
    ['mimetype;', { mimetype: 'text/plain' }],
  ])('asks for ?%s', async (query, fields) => {
    expect(await json(`MyContainer/o?${query}`, objects)).toEqual(fields);
  });

  it('deletes with an Accept that nobody can fulfil', async () => {
    expect((await send('DELETE', 'MyContainer/o', { ...spoken, accept: 'text/plain' })).status).toBe(204);
    expect((await send('GET', 'MyContainer/o', objects)).status).toBe(404);
  });
});

describe('DataNonCDMIContentTypeApi', () => {
  const plain = { ...own, accept: '*/*' };

  it.each(['text/plain; charset=utf-8', 'application/json; charset=utf-8', 'image/jpeg'])('puts %s', async (type) => {
    const sent = await send('PUT', 'MyContainer/p', { ...plain, 'content-type': type }, '{"a": 1}');
    expect(sent.ok).toBe(true);
    const got = await json('MyContainer/p?metadata;parentURI;objectName;mimetype;', {
      ...own,
      accept: 'application/json',
    });
    expect(got).toMatchObject({ mimetype: type, objectName: 'p', parentURI: '/cdmi/MyContainer/' });
    expect(got['metadata']).toMatchObject({ cdmi_size: '8' });
    expect(await (await send('GET', 'MyContainer/p', plain)).text()).toBe('{"a": 1}');
  });

  it('reads ranges', async () => {
    const part = await send('GET', 'MyContainer/p', { ...plain, range: 'bytes=1-3' });
    expect([part.status, part.headers.get('content-length'), await part.text()]).toEqual([206, '3', '"a"']);
  });

  it('puts a value in parts, and reads it before it is complete', async () => {
    const headers = { ...plain, 'content-type': 'text/plain; charset=utf-8', 'x-cdmi-partial': 'true' };
    expect((await send('PUT', 'MyContainer/part', headers, 'half')).status).toBe(201);
    expect((await send('GET', 'MyContainer/part', plain)).ok).toBe(true);
  });

  it('deletes what is there, a container with all that is in it, too', async () => {
    expect((await send('DELETE', 'MyContainer/p', plain)).status).toBe(204);
    expect((await send('DELETE', 'MyContainer/', { ...spoken, accept: 'application/json' })).status).toBe(204);
    expect((await send('GET', 'MyContainer/', containers)).status).toBe(404);
  });
});

/** Slashes stand as they are: the URL is not put in order. */
function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
  return fetch(`${lab.root}${path}`, { method, headers, redirect: 'error', ...(body === undefined ? {} : { body }) });
}

async function json(path: string, headers: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await send('GET', path, headers);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** What it takes for metadata of users. */
function ofUser(metadata: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata as object).filter(([name]) => !name.startsWith('cdmi')));
}
