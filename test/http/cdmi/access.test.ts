import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Lab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

let lab: Lab;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
  lab = await startTenantsLab({ cdmi: true, auditLog: join(directory, 'audit.log') });
  expect((await as(anna).put('shared/', 'container', {})).status).toBe(201);
});
afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true });
});

const anna = 'anna home member';
const ben = 'ben home member';
const rita = 'rita home reader';
const root = 'root home admin';

describe('roles and access control lists', () => {
  it('readers read, and nothing more', async () => {
    expect((await as(anna).put('shared/o', 'object', { value: 'text' })).status).toBe(201);
    expect((await as(rita).get('shared/o')).text).toBe('text');
    expect((await as(rita).get('shared/')).status).toBe(200);
    for (const refused of [
      await as(rita).put('shared/o', 'object', { value: 'x' }),
      await as(rita).put('shared/new', 'object', { value: 'x' }),
      await as(rita).send('PUT', 'shared/o', { 'content-type': 'text/plain' }, 'x'),
      await as(rita).send('DELETE', 'shared/o'),
      await as(rita).send('POST', 'shared/', { 'content-type': 'text/plain' }, 'x'),
    ]) {
      expect(refused.status).toBe(403);
      expect(refused.text).toMatch(/cdmi:(create|update|delete)/);
    }
    expect((await as(anna).get('shared/o')).text).toBe('text');
  });

  it('members of a project work together, and what somebody makes is his', async () => {
    expect((await as(ben).put('shared/o', 'object', { value: 'by ben' })).status).toBe(204);
    expect((await as(ben).put('shared/p', 'object', { value: '' })).status).toBe(201);
    expect(await metadata('shared/o')).toMatchObject({ cdmi_owner: 'anna' });
    expect(await metadata('shared/p')).toMatchObject({ cdmi_owner: 'ben' });
  });

  it('[CDMI-A3] a list is followed in its order', async () => {
    const entry = (acetype: string, identifier: string, acemask: string) => ({
      acetype,
      identifier,
      aceflags: '0x0',
      acemask,
    });
    const own = entry('ALLOW', 'OWNER@', 'ALL_PERMS');
    const list = async (...cdmi_acl: object[]) =>
      expect((await as(anna).put('shared/a?metadata:cdmi_acl', 'object', { metadata: { cdmi_acl } })).status).toBe(204);
    expect((await as(anna).put('shared/a', 'object', { value: 'text' })).status).toBe(201);
    await list(own, entry('DENY', 'ben', 'READ_OBJECT'), entry('ALLOW', 'GROUP@', 'READ_OBJECT'));
    expect([(await as(ben).get('shared/a')).status, (await as(rita).get('shared/a')).status]).toEqual([403, 200]);
    await list(own, entry('ALLOW', 'GROUP@', 'READ_OBJECT'), entry('DENY', 'ben', 'READ_OBJECT'));
    expect((await as(ben).get('shared/a')).status).toBe(200);
    expect((await as(ben).put('shared/a', 'object', { value: 'x' })).status).toBe(403);
  });

  it('[CDMI-A5] [CDMI-A7] a closed container hides what is in it', async () => {
    const closed = [{ acetype: 'ALLOW', identifier: 'OWNER@', aceflags: '0x3', acemask: 'ALL_PERMS' }];
    expect((await as(anna).put('closed/', 'container', { metadata: { cdmi_acl: closed } })).status).toBe(201);
    const made = await as(anna).put('closed/o', 'object', { value: 'text' });
    expect(made.status).toBe(201);
    expect((await as(ben).get('closed/o')).status).toBe(403);
    expect((await as(ben).get('closed/none')).status).toBe(403);
    expect((await as(ben).put('closed/p', 'object', { value: 'x' })).status).toBe(403);
    const { objectID } = made.json() as { objectID: string };
    expect((await as(ben).get(`cdmi_objectid/${objectID}`)).status).toBe(403);
    expect((await as(ben).put('shared/stolen', 'object', { copy: '/cdmi/closed/o' })).status).toBe(403);
    expect((await as(ben).put('shared/stolen', 'object', { move: `/cdmi_objectid/${objectID}` })).status).toBe(403);
    expect((await as(anna).get('closed/o')).text).toBe('text');
  });

  it('[CDMI-A3] nobody keeps owner and administrators out of the root', async () => {
    const none = { metadata: { cdmi_acl: [] } };
    const list = { metadata: { cdmi_acl: (await metadata(''))['cdmi_acl'] } };
    expect((await as(anna).put('?metadata:cdmi_acl', 'container', none)).status).toBe(204);
    expect((await as(ben).get('shared/o')).status).toBe(403);
    expect((await as(anna).get('shared/o')).status).toBe(200);
    expect((await as(root).get('', { accept: 'application/json' })).status).toBe(200);
    expect((await as(root).put('?metadata:cdmi_acl', 'container', list)).status).toBe(204);
    expect((await as(ben).get('shared/o')).status).toBe(200);
    expect((await as(root).get('', { accept: 'application/json' })).status).toBe(200);
    const id = expect.stringMatching(/^[0-9A-F]{18,80}$/);
    expect(recorded().filter(({ forced }) => forced !== undefined)).toMatchObject([
      { user: 'anna', path: '/cdmi/shared/o', operations: ['cdmi:show'], forced: [id] },
      { user: 'root', path: '/cdmi/', operations: ['cdmi:show'], forced: [id] },
      { user: 'root', path: '/cdmi/', operations: ['cdmi:update'], forced: [id] },
    ]);
  });

  it('[CDMI-K1] everybody may know what can be done', async () => {
    const answer = await as('guest home guest').get('cdmi_capabilities/', speaking('capability'));
    expect(answer.status).toBe(200);
    expect((await as('guest home guest').get('shared/o')).status).toBe(403);
  });

  it('[CDMI-G15] who is nobody gets nothing', async () => {
    expect((await lab.request('GET', '/cdmi/shared/o')).status).toBe(401);
  });

  it('what is changed is in the record of who did what', async () => {
    const made = await as(anna).put('shared/recorded', 'object', { value: '' });
    const { objectID } = made.json() as { objectID: string };
    await as(ben).put('shared/recorded', 'object', { value: 'x' });
    await as(anna).send('DELETE', 'shared/recorded');
    const common = { target: 'cdmi', path: '/cdmi/shared/recorded', outcome: 'done' };
    expect(recorded().slice(-3)).toMatchObject([
      { ...common, user: 'anna', operations: ['cdmi:create'], created: [objectID] },
      { ...common, user: 'ben', operations: ['cdmi:update'], changed: [objectID] },
      { ...common, user: 'anna', operations: ['cdmi:delete'], deleted: [objectID] },
    ]);
  });
});

describe('a gateway behind Fetch alone', () => {
  it('[CDMI-H10] takes and gives values as streams', async () => {
    const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251);
    expect((await as(anna).send('PUT', 'shared/big', { 'content-type': 'image/x' }, bytes)).status).toBe(201);
    const request = new Request('http://occi.lab.test/cdmi/shared/big', { headers: { 'x-who': anna } });
    const answer = await lab.gateway.fetch(request);
    expect(answer.headers.get('content-length')).toBe('3000000');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('who does not read to the end holds nobody up', async () => {
    const request = new Request('http://occi.lab.test/cdmi/shared/big', { headers: { 'x-who': anna } });
    await (await lab.gateway.fetch(request)).body?.cancel();
    expect((await as(anna).send('DELETE', 'shared/big')).status).toBe(204);
  });
});

/** Who did what, as the record has it. */
function recorded(): readonly Record<string, unknown>[] {
  const lines = readFileSync(join(directory, 'audit.log'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Somebody, as `user project roles`. */
function as(who: string) {
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string | Uint8Array) =>
    lab.request(method, `/cdmi/${path}`, {
      headers: { ...headers, 'x-who': who },
      ...(body === undefined ? {} : { body }),
    });
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, headers),
    put: (path: string, kind: string, body: object): Promise<Answer> =>
      send('PUT', path, speaking(kind), JSON.stringify(body)),
  };
}

async function metadata(path: string): Promise<Record<string, unknown>> {
  const kind = path === '' || path.endsWith('/') ? 'container' : 'object';
  const { accept, ...version } = speaking(kind);
  const answer = await as(anna).get(`${path}?metadata`, { accept: String(accept), ...version });
  return (answer.json() as { metadata: Record<string, unknown> }).metadata;
}
