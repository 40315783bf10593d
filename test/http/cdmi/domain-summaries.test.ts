import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Lab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startTenantsLab({ cdmi: true, cdmiDomains: true });
});
afterAll(() => lab.close());

const anna = 'anna home member';
const root = 'root home admin';
const top = '/cdmi/cdmi_domains/';

describe('ISO/IEC 17826 §10 domain summaries', () => {
  it('[CDMI-O6] are in each domain where the capabilities say so', async () => {
    expect(await as(anna).json('cdmi_capabilities/domain/', 'capability')).toMatchObject({
      capabilities: { cdmi_domain_summary: 'true' },
    });
    await domain('listed');
    for (const path of ['', 'listed/']) {
      const { children } = await as(anna).json(`cdmi_domains/${path}`, 'domain');
      expect(children).toContain('cdmi_domain_summary/');
    }
    const summary = await as(anna).json('cdmi_domains/listed/cdmi_domain_summary/', 'container');
    expect(summary).toMatchObject({
      objectName: 'cdmi_domain_summary/',
      parentURI: `${top}listed/`,
      children: ['cumulative', 'daily/', 'monthly/', 'yearly/'],
    });
    const today = new Date().toISOString();
    for (const [scale, letters] of [
      ['daily', 10],
      ['monthly', 7],
      ['yearly', 4],
    ] as const) {
      const { children } = await as(anna).json(`cdmi_domains/listed/cdmi_domain_summary/${scale}/`, 'container');
      expect(children).toEqual([today.slice(0, letters)]);
    }
  });

  it('[CDMI-O6] count what is written and read, and how much there is', async () => {
    await domain('busy');
    const domainURI = `${top}busy/`;
    expect((await as(root).put('b/', 'container', { domainURI })).status).toBe(201);
    expect((await as(anna).put('b/1', 'object', { value: 'four' })).status).toBe(201);
    expect((await as(anna).send('PUT', 'b/2', { 'content-type': 'text/plain; charset=utf-8' }, 'sixsix')).status).toBe(
      201,
    );
    expect(await summary('busy')).toMatchObject({
      cdmi_domainURI: domainURI,
      cdmi_summary_puts: '3',
      cdmi_summary_gets: '0',
      cdmi_summary_writes: '10',
      cdmi_summary_reads: '0',
      cdmi_summary_objectsmin: '0',
      cdmi_summary_objectsmax: '3',
      cdmi_summary_bytesmax: '10',
      objects: '3',
      bytes: '10',
    });
    expect((await as(anna).get('b/1')).text).toBe('four');
    expect((await as(anna).send('GET', 'b/2', { range: 'bytes=0-2' })).status).toBe(206);
    expect((await as(anna).send('HEAD', 'b/2')).status).toBe(200);
    expect((await as(anna).json('b/2', 'object'))['value']).toBe('sixsix');
    expect((await as(anna).get('b/none')).status).toBe(404);
    expect((await as(anna).send('DELETE', 'b/2')).status).toBe(204);
    for (const place of ['cumulative', `daily/${new Date().toISOString().slice(0, 10)}`]) {
      expect(await summary('busy', place)).toMatchObject({
        cdmi_summary_gets: '3',
        cdmi_summary_reads: '13',
        cdmi_summary_puts: '3',
        cdmi_summary_objectsmax: '3',
        cdmi_summary_bytesmax: '10',
        objects: '2',
        bytes: '4',
      });
    }
  });

  it('[CDMI-O6] of what nobody has put into a domain are at the top', async () => {
    const before = await summary();
    expect((await as(anna).put('free', 'object', { value: 'free' })).status).toBe(201);
    const after = await summary();
    const more = (name: string) => Number(after[name]) - Number(before[name]);
    expect(['cdmi_summary_puts', 'cdmi_summary_writes'].map(more)).toEqual([1, 4]);
    expect(after['cdmi_domainURI']).toBe(top);
    expect(more('cdmi_summary_objectsmax')).toBe(1);
    expect(more('cdmi_summary_bytesmax')).toBeGreaterThan(0);
  });

  it('[CDMI-O6] are data objects, which are read in both styles', async () => {
    await domain('styles');
    const path = 'cdmi_domains/styles/cdmi_domain_summary/cumulative';
    const shown = await as(anna).json(path, 'object');
    expect(shown).toMatchObject({
      objectType: 'application/cdmi-object',
      objectName: 'cumulative',
      domainURI: top,
      mimetype: 'application/json',
      valuetransferencoding: 'utf-8',
      completionStatus: 'Complete',
    });
    expect(JSON.parse(shown['value'] as string)).toMatchObject({ cdmi_domainURI: `${top}styles/` });
    const plain = await as(anna).get(path);
    expect(plain.headers.get('content-type')).toBe('application/json');
    const size = Number(plain.headers.get('content-length'));
    expect((shown['metadata'] as Record<string, string>)['cdmi_size']).toBe(
      String(shown['valuerange']).replace(/^0-(\d+)$/, (_, last) => String(Number(last) + 1)),
    );
    expect(Buffer.byteLength(plain.text)).toBe(size);
    const part = await as(anna).send('GET', path, { range: 'bytes=4-18' });
    expect([part.status, part.text]).toEqual([206, '"cdmi_domainURI'.slice(0, 15)]);
    const byId = await as(anna).get(`cdmi_objectid/${shown['objectID']}`);
    expect(JSON.parse(byId.text)).toMatchObject({ cdmi_domainURI: `${top}styles/` });
    expect(byId.headers.get('etag')).not.toBe(plain.headers.get('etag'));
  });

  it('[CDMI-O6] are changed by nobody, and can be copied', async () => {
    await domain('kept');
    const where = 'cdmi_domains/kept/cdmi_domain_summary/';
    for (const path of [`${where}cumulative`, `${where}new`, `${where}daily/2026-01-01`]) {
      expect((await as(root).put(path, 'object', { value: '{}' })).status).toBe(403);
      expect((await as(root).send('PUT', path, { 'content-type': 'text/plain' }, 'x')).status).toBe(403);
    }
    expect((await as(root).put(where, 'container', { metadata: { a: 'b' } })).status).toBe(403);
    expect((await as(root).put(`${where}more/`, 'container', {})).status).toBe(403);
    for (const path of [`${where}cumulative`, `${where}daily/`]) {
      expect((await as(root).send('DELETE', path)).status).toBe(403);
    }
    expect((await as(root).send('DELETE', where)).status).toBe(400);
    expect((await as(root).put('stolen', 'object', { move: `/cdmi/${where}cumulative` })).status).toBe(403);
    expect((await as(anna).put('copied', 'object', { copy: `/cdmi/${where}cumulative` })).status).toBe(201);
    expect((await as(anna).get('copied')).json()).toMatchObject({ cdmi_domainURI: `${top}kept/` });
  });

  it('[CDMI-O6] are read by whom the domain lets read, whatever it said when they were made', async () => {
    await domain('secret');
    const path = 'cdmi_domains/secret/cdmi_domain_summary/cumulative';
    expect((await as(anna).get(path)).status).toBe(200);
    const nobody = {
      metadata: { cdmi_acl: [{ acetype: 'ALLOW', identifier: 'root', aceflags: '0x0', acemask: 'ALL_PERMS' }] },
    };
    expect((await as(root).put('cdmi_domains/secret/?metadata:cdmi_acl', 'domain', nobody)).status).toBe(204);
    expect((await as(anna).get(path)).status).toBe(403);
    expect((await as(root).get(path)).status).toBe(200);
    expect((await as('olga other admin').get(path)).status).toBe(404);
  });

  it('[CDMI-O6] go where their domain goes, and with it', async () => {
    await domain('goes');
    await domain('target');
    expect((await as(root).put('g', 'object', { value: 'text', domainURI: `${top}goes/` })).status).toBe(201);
    const { objectID } = await as(root).json('cdmi_domains/goes/cdmi_domain_summary/cumulative', 'object');
    expect((await as(root).put('cdmi_domains/target/gone/', 'domain', { move: `${top}goes/` })).status).toBe(201);
    expect(await summary('target/gone')).toMatchObject({
      cdmi_domainURI: `${top}target/gone/`,
      cdmi_summary_puts: '1',
    });
    const away = { metadata: { cdmi_domain_delete_reassign: `${top}target/` } };
    expect(
      (await as(root).put('cdmi_domains/target/gone/?metadata:cdmi_domain_delete_reassign', 'domain', away)).status,
    ).toBe(204);
    expect((await as(root).send('DELETE', 'cdmi_domains/target/gone/')).status).toBe(204);
    expect((await as(root).get(`cdmi_objectid/${objectID}`)).status).toBe(404);
    expect((await as(root).get('g')).status).toBe(200);
    expect(await summary('target')).toMatchObject({
      cdmi_summary_puts: '0',
      cdmi_summary_gets: '1',
      cdmi_summary_objectsmax: '1',
      cdmi_summary_bytesmax: '4',
    });
  });

  it('[CDMI-O6] are no part of what is serialized, and stay when that is put back', async () => {
    await domain('serial');
    expect((await as(root).put('s', 'object', { value: 'text', domainURI: `${top}serial/` })).status).toBe(201);
    expect(await summary('serial')).toMatchObject({ cdmi_summary_puts: '1' });
    expect((await as(root).put('serialized', 'object', { serialize: `${top}serial/` })).status).toBe(201);
    const { text } = await as(root).get('serialized');
    expect(text).toContain('cdmi_domain_members');
    expect(text).not.toContain('cdmi_domain_summary');
    const again = await as(root).put('cdmi_domains/serial/', 'domain', { deserialize: '/cdmi/serialized' });
    expect(again.status).toBe(204);
    expect(await summary('serial')).toMatchObject({ cdmi_summary_puts: '1', cdmi_summary_objectsmax: '1' });
    const { children } = await as(root).json('cdmi_domains/serial/', 'domain');
    expect(children).toEqual(['cdmi_domain_members/', 'cdmi_domain_summary/']);
  });

  it('[CDMI-O6] count what is deserialized', async () => {
    await domain('restored');
    expect((await as(root).put('r/', 'container', { domainURI: `${top}restored/` })).status).toBe(201);
    const value = JSON.stringify({ objectType: 'application/cdmi-object', value: 'six or' });
    const deserializevalue = Buffer.from(value).toString('base64');
    expect((await as(root).put('r/o', 'object', { deserializevalue })).status).toBe(201);
    expect(await summary('restored')).toMatchObject({ cdmi_summary_puts: '2', cdmi_summary_writes: '6' });
  });

  it('[CDMI-O6] count what queues take', async () => {
    await domain('queue');
    expect((await as(root).put('q', 'queue', { domainURI: `${top}queue/` })).status).toBe(201);
    const values = JSON.stringify({ value: ['one', 'three'] });
    expect((await as(anna).send('POST', 'q', speaking('queue'), values)).status).toBe(204);
    expect((await as(anna).json('q?value', 'queue'))['value']).toEqual(['one']);
    expect(await summary('queue')).toMatchObject({
      cdmi_summary_puts: '2',
      cdmi_summary_writes: '8',
      cdmi_summary_gets: '1',
      cdmi_summary_reads: '3',
      cdmi_summary_objectsmax: '1',
    });
  });

  it('[CDMI-O6] of disabled domains can still be read', async () => {
    expect((await as(root).put('cdmi_domains/off/', 'domain', {})).status).toBe(201);
    expect(await summary('off')).toMatchObject({ cdmi_summary_objectsmax: '0' });
  });

  it('[CDMI-G17] are not there when they are not offered', async () => {
    const other = await startTenantsLab({ cdmi: true, cdmiDomains: true, cdmiWithout: ['cdmi_domain_summary'] });
    try {
      const path = 'cdmi_domains/cdmi_domain_summary/';
      expect((await as(root, other).get(path)).status).toBe(404);
      expect((await as(root, other).put(path, 'container', {})).status).toBe(400);
      expect(await as(root, other).json('cdmi_domains/?children', 'domain')).toEqual({
        children: ['cdmi_domain_members/'],
      });
    } finally {
      await other.close();
    }
  });
});

/** What a summary of a domain says; of the one at the top without its name. */
async function summary(name?: string, place = 'cumulative'): Promise<Record<string, string>> {
  const path = name === undefined ? '' : `${name}/`;
  const answer = await as(anna).get(`cdmi_domains/${path}cdmi_domain_summary/${place}`);
  expect(answer.status).toBe(200);
  return answer.json() as Record<string, string>;
}

/** Somebody, as `user project roles`. */
function as(who: string, at: Lab = lab) {
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> =>
    at.request(method, `/cdmi/${path}`, {
      headers: { ...headers, 'x-who': who },
      ...(body === undefined ? {} : { body }),
    });
  return {
    send,
    get: (path: string) => send('GET', path),
    put: (path: string, kind: string, body: object) => send('PUT', path, speaking(kind), JSON.stringify(body)),
    async json(path: string, kind: string): Promise<Record<string, unknown>> {
      const { 'content-type': _, ...headers } = speaking(kind);
      const answer = await send('GET', path, headers);
      expect([path, answer.status]).toEqual([path, 200]);
      return answer.json() as Record<string, unknown>;
    },
  };
}

/** Makes a domain that is enabled. */
async function domain(path: string): Promise<void> {
  const body = { metadata: { cdmi_domain_enabled: 'true' } };
  expect((await as(root).put(`cdmi_domains/${path}/`, 'domain', body)).status).toBe(201);
}
