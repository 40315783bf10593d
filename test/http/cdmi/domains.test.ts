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
const ben = 'ben home member';
const root = 'root home admin';
const top = '/cdmi/cdmi_domains/';

describe('ISO/IEC 17826 §10 domains', () => {
  it('[CDMI-O1] [CDMI-K9] are where the capabilities say so, and told with every object', async () => {
    const capabilities = await as(anna).json('cdmi_capabilities/', 'capability');
    expect(capabilities).toMatchObject({ capabilities: { cdmi_domains: 'true' } });
    expect(capabilities['children']).toContain('domain/');
    expect(await as(anna).json('cdmi_capabilities/domain/', 'capability')).toMatchObject({
      objectName: 'domain/',
      capabilities: { cdmi_create_domain: 'true', cdmi_domain_members: 'true' },
    });
    expect(await as(anna).json('cdmi_domains/', 'domain')).toMatchObject({
      objectType: 'application/cdmi-domain',
      objectName: 'cdmi_domains/',
      parentURI: '/cdmi/',
      domainURI: top,
    });
    expect(await as(anna).json('', 'container')).toMatchObject({ domainURI: top });
    expect((await as(anna).json('', 'container'))['children']).not.toContain('cdmi_domains/');
  });

  it('[CDMI-O1] are made below it, read, changed and deleted', async () => {
    const made = await as(root).put('cdmi_domains/a/', 'domain', { metadata: { colour: 'blue' }, note: 'kept' });
    expect(made.status).toBe(201);
    const fields = made.json() as Record<string, unknown>;
    expect(fields).toMatchObject({
      objectType: 'application/cdmi-domain',
      objectName: 'a/',
      parentURI: top,
      capabilitiesURI: '/cdmi/cdmi_capabilities/domain/',
      metadata: { colour: 'blue', cdmi_domain_enabled: 'false', cdmi_owner: 'root' },
      note: 'kept',
      children: ['cdmi_domain_members/'],
    });
    expect(Object.keys(fields).slice(-2)).toEqual(['childrenrange', 'children']);
    expect((await as(root).put('cdmi_domains/a/inner/', 'domain', {})).status).toBe(201);
    expect((await as(anna).json('cdmi_domains/?children', 'domain'))['children']).toEqual([
      'a/',
      'cdmi_domain_members/',
      'cdmi_domain_summary/',
    ]);
    const byId = await as(anna).json(`cdmi_objectid/${fields['objectID']}/`, 'domain');
    expect(byId).toMatchObject({
      objectName: 'a/',
      children: ['cdmi_domain_members/', 'cdmi_domain_summary/', 'inner/'],
    });
    const change = { metadata: { cdmi_domain_enabled: true } };
    expect((await as(root).put('cdmi_domains/a/', 'domain', change)).status).toBe(204);
    expect(await as(anna).json('cdmi_domains/a/?metadata:cdmi_domain;metadata:colour', 'domain')).toEqual({
      metadata: { cdmi_domain_enabled: 'true' },
    });
    expect((await as(root).send('DELETE', 'cdmi_domains/a/')).status).toBe(204);
    for (const gone of ['cdmi_domains/a/', 'cdmi_domains/a/inner/', `cdmi_objectid/${fields['objectID']}/`]) {
      expect((await as(root).get(gone)).status).toBe(404);
    }
  });

  it('[CDMI-O2] end with a slash', async () => {
    expect((await as(root).put('cdmi_domains/s', 'domain', {})).status).toBe(400);
    expect((await as(root).put('cdmi_domains/s/', 'domain', {})).status).toBe(201);
    for (const [method, body] of [['GET'], ['PUT', '{}']] as const) {
      const answer = await as(root).send(method, 'cdmi_domains/s?metadata', speaking('domain'), body);
      expect(answer.status).toBe(301);
      expect(answer.headers.get('location')).toMatch(/\/cdmi\/cdmi_domains\/s\/\?metadata$/);
    }
    expect((await as(root).send('DELETE', 'cdmi_domains/s')).status).toBe(301);
    expect((await as(root).send('DELETE', 'cdmi_domains/s/')).status).toBe(204);
  });

  it.each([
    ['somewhere else', 'elsewhere/', 'domain', {}],
    ['under a reserved name', 'cdmi_domains/cdmi_x/', 'domain', {}],
    ['as containers', 'cdmi_domains/c/', 'container', {}],
    ['with a value', 'cdmi_domains/c/', 'domain', { value: 'x' }],
    ['in a domain', 'cdmi_domains/c/', 'domain', { domainURI: top }],
    ['neither enabled nor disabled', 'cdmi_domains/c/', 'domain', { metadata: { cdmi_domain_enabled: 'perhaps' } }],
    ['with no URI to reassign to', 'cdmi_domains/c/', 'domain', { metadata: { cdmi_domain_delete_reassign: 1 } }],
    ['by a copy of all', 'cdmi_domains/c/', 'domain', { copy: top }],
    ['that are disabled, at the top', 'cdmi_domains/', 'domain', { metadata: { cdmi_domain_enabled: 'false' } }],
  ])('[CDMI-O1] are not made %s', async (_, path, kind, body) => {
    expect((await as(root).put(path, kind, body)).status).toBe(400);
  });

  it('[CDMI-O8] [CDMI-B10] are moved, with what belongs to them', async () => {
    await domain('from');
    await domain('from/deep');
    await domain('to');
    expect((await as(root).put('m', 'object', { value: 'text', domainURI: `${top}from/deep/` })).status).toBe(201);
    const { objectID } = await as(root).json('cdmi_domains/from/', 'domain');
    const move = { move: `${top}from/` };
    expect((await as(anna).put('cdmi_domains/to/moved/', 'domain', move)).status).toBe(403);
    expect((await as(root).put('cdmi_domains/none/x/', 'domain', move)).status).toBe(404);
    for (const wrong of ['from/deep/x/', 'to/', 'to/cdmi_x/']) {
      expect((await as(root).put(`cdmi_domains/${wrong}`, 'domain', move)).status).toBe(400);
    }
    for (const no of [top, '/cdmi/m', `${top}none/`]) {
      expect((await as(root).put('cdmi_domains/to/x/', 'domain', { move: no })).status).toBe(400);
    }
    const moved = await as(root).put('cdmi_domains/to/moved/', 'domain', move);
    expect([moved.status, moved.json()]).toMatchObject([
      201,
      { objectID, objectName: 'moved/', parentURI: `${top}to/` },
    ]);
    expect((await as(root).get('cdmi_domains/from/')).status).toBe(404);
    expect(await as(anna).json('m?domainURI', 'object')).toEqual({ domainURI: `${top}to/moved/deep/` });
    expect(await as(anna).json('cdmi_domains/to/moved/cdmi_domain_members/parent', 'object')).toMatchObject({
      metadata: { cdmi_delegation_URI: `${top}to/` },
    });
  });

  it('[CDMI-O5] of other projects are none', async () => {
    await domain('ours');
    const { objectID } = await as(root).json('cdmi_domains/ours/', 'domain');
    const other = as('olga other admin');
    for (const domainURI of [`${top}ours/`, `/cdmi/cdmi_objectid/${objectID}/`]) {
      expect((await other.put('x', 'object', { domainURI, value: '' })).status).toBe(400);
    }
    expect((await other.get(`cdmi_objectid/${objectID}/`)).status).toBe(404);
    expect(await other.json('cdmi_domains/?children', 'domain')).toEqual({
      children: ['cdmi_domain_members/', 'cdmi_domain_summary/'],
    });
  });

  it('[CDMI-O1] are made by those who run the cloud, and by whom they let', async () => {
    expect((await as(anna).put('cdmi_domains/mine/', 'domain', {})).status).toBe(403);
    expect((await as(anna).send('DELETE', 'cdmi_domains/')).status).toBe(400);
    await domain('annas');
    const owner = { metadata: { cdmi_owner: 'anna' } };
    expect((await as(root).put('cdmi_domains/annas/?metadata:cdmi_owner', 'domain', owner)).status).toBe(204);
    expect((await as(anna).put('cdmi_domains/annas/inner/', 'domain', {})).status).toBe(201);
    expect((await as(ben).put('cdmi_domains/annas/bens/', 'domain', {})).status).toBe(403);
  });
});

describe('ISO/IEC 17826 §10 objects of domains', () => {
  it('[CDMI-O5] belong to that of what they are in, of whatever type and in whatever style', async () => {
    await domain('own');
    const domainURI = `${top}own/`;
    expect((await as(root).put('own/', 'container', { domainURI })).json()).toMatchObject({ domainURI });
    expect((await as(anna).put('own/k/', 'container', {})).json()).toMatchObject({ domainURI });
    expect((await as(anna).put('own/k/o', 'object', { value: 'x' })).json()).toMatchObject({ domainURI });
    expect((await as(anna).put('own/q', 'queue', {})).json()).toMatchObject({ domainURI });
    expect((await as(anna).send('PUT', 'own/plain', { 'content-type': 'text/plain' }, 'x')).status).toBe(201);
    expect(await as(anna).json('own/plain?domainURI', 'object')).toEqual({ domainURI });
    const copy = await as(anna).put('copy/', 'container', { copy: '/cdmi/own/' });
    expect(copy.json()).toMatchObject({ domainURI: top });
    expect(await as(anna).json('copy/k/o?domainURI', 'object')).toEqual({ domainURI: top });
    expect((await as(anna).put('own/copy', 'object', { copy: '/cdmi/copy/k/o' })).json()).toMatchObject({ domainURI });
    // What is moved stays what it is.
    expect((await as(anna).put('moved', 'object', { move: '/cdmi/own/k/o' })).json()).toMatchObject({ domainURI });
  });

  it('[CDMI-O5] to belong to another one needs a privilege', async () => {
    await domain('other');
    const domainURI = `${top}other/`;
    expect((await as(anna).put('x', 'object', { domainURI, value: '' })).status).toBe(403);
    expect((await as(anna).put('x/', 'container', { domainURI })).status).toBe(403);
    expect((await as(anna).put('x', 'queue', { domainURI })).status).toBe(403);
    expect((await as(anna).put('x', 'object', { domainURI: top, value: '' })).status).toBe(201);
    expect((await as(anna).put('x', 'object', { domainURI })).status).toBe(403);
    expect((await as(root).put('x', 'object', { domainURI })).status).toBe(204);
    expect(await as(anna).json('x?domainURI', 'object')).toEqual({ domainURI });
    for (const none of [`${top}none/`, '/cdmi/x', 'http://elsewhere.test/cdmi/cdmi_domains/other/']) {
      expect((await as(root).put('y', 'object', { domainURI: none, value: '' })).status).toBe(400);
    }
  });

  it('[CDMI-Z5] what is restored belongs to that of what it is in, or to its former one by privilege', async () => {
    await domain('kept');
    const domainURI = `${top}kept/`;
    expect((await as(root).put('tree/', 'container', {})).status).toBe(201);
    expect((await as(root).put('tree/o', 'object', { domainURI, value: 'text' })).status).toBe(201);
    expect((await as(root).put('tree.json', 'object', { serialize: '/cdmi/tree/' })).status).toBe(201);
    expect((await as(anna).put('anna/', 'container', { deserialize: '/cdmi/tree.json' })).status).toBe(400);
    expect((await as(root).put('again/', 'container', { deserialize: '/cdmi/tree.json' })).status).toBe(201);
    expect(await as(anna).json('again/?domainURI', 'container')).toEqual({ domainURI: top });
    expect(await as(anna).json('again/o?domainURI;value', 'object')).toEqual({ domainURI, value: 'text' });
    await enable('kept', 'false');
    expect((await as(root).put('less.json', 'object', { serialize: '/cdmi/tree/' })).status).toBe(201);
    expect((await as(anna).get('less.json')).text).not.toContain('text"');
    expect((await as(root).put('more/', 'container', { deserialize: '/cdmi/tree.json' })).status).toBe(403);
  });

  it('[CDMI-O5] [CDMI-O7] a member can have it', async () => {
    await domain('crossed');
    const body = { domainURI: `${top}crossed/`, value: '' };
    const record = (privileges: unknown, enabled = 'true') => ({
      metadata: {
        cdmi_member_enabled: enabled,
        cdmi_member_type: 'user',
        cdmi_member_name: 'ben',
        cdmi_member_privileges: privileges,
      },
    });
    const members = 'cdmi_domains/cdmi_domain_members';
    expect((await as(ben).put(`${members}/ben`, 'object', record(['cross_domain']))).status).toBe(403);
    for (const [privileges, enabled, status] of [
      [['backup_operator'], 'true', 403],
      [['cross_domain'], 'false', 403],
      [['backup_operator', 'cross_domain'], 'true', 201],
      ['administrator, cross_domain', 'true', 201],
    ] as const) {
      expect((await as(root).put(`${members}/ben`, 'object', record(privileges, enabled))).status).toBeLessThan(300);
      expect((await as(ben).put(`crossed-${privileges}`, 'object', body)).status).toBe(status);
    }
    expect((await as(root).send('DELETE', `${members}/ben`)).status).toBe(204);
  });
});

describe('ISO/IEC 17826 §10.1 disabled domains', () => {
  it('[CDMI-O3] keep all that belongs to them from everybody, by path and by ID', async () => {
    await domain('off');
    const made = await as(root).put('off/', 'container', { domainURI: `${top}off/` });
    const { objectID } = (await as(anna).put('off/o', 'object', { value: 'text' })).json() as { objectID: string };
    expect((await as(root).put('off/top', 'object', { value: 'text', domainURI: top })).status).toBe(201);
    expect(made.status).toBe(201);
    await enable('off', 'false');
    for (const who of [anna, root]) {
      for (const [method, path, body] of [
        ['GET', 'off/'],
        ['GET', 'off/o'],
        ['HEAD', 'off/o'],
        ['GET', `cdmi_objectid/${objectID}`],
        ['PUT', 'off/o', 'new'],
        ['PUT', 'off/new', 'new'],
        ['POST', 'off/', 'new'],
        ['DELETE', 'off/o'],
        ['DELETE', 'off/'],
      ] as const) {
        const answer = await as(who).send(method, path, { 'content-type': 'text/plain' }, body);
        expect([method, path, answer.status]).toEqual([method, path, 403]);
      }
      expect((await as(who).put('stolen', 'object', { copy: '/cdmi/off/o' })).status).toBe(403);
      expect((await as(who).put('stolen/', 'container', { copy: '/cdmi/off/' })).status).toBe(403);
      expect((await as(who).put('stolen', 'object', { move: '/cdmi/off/o' })).status).toBe(403);
    }
    expect((await as(root).put('into', 'object', { value: '', domainURI: `${top}off/` })).status).toBe(403);
    // It belongs to another one, wherever it is.
    expect((await as(anna).get('off/top')).text).toBe('text');
    await enable('off', 'true');
    expect((await as(anna).get('off/o')).text).toBe('text');
  });

  it('[CDMI-O3] [CDMI-O7] so they are for whose membership is, also in the domain above', async () => {
    await domain('club');
    await domain('club/inner');
    expect((await as(root).put('club', 'object', { value: 'text', domainURI: `${top}club/inner/` })).status).toBe(201);
    expect(await as(anna).json('cdmi_domains/club/inner/cdmi_domain_members/parent', 'object')).toMatchObject({
      metadata: { cdmi_member_type: 'delegation', cdmi_member_enabled: 'true', cdmi_delegation_URI: `${top}club/` },
    });
    const record = (cdmi_member_enabled: string) => ({
      metadata: { cdmi_member_enabled, cdmi_member_credentials: 'secret' },
    });
    const above = 'cdmi_domains/club/cdmi_domain_members/ben';
    expect((await as(root).put(above, 'object', record('false'))).status).toBe(201);
    expect((await as(root).get(above, speaking('object'))).text).not.toContain('secret');
    expect([(await as(ben).get('club')).status, (await as(anna).get('club')).status]).toEqual([403, 200]);
    const own = 'cdmi_domains/club/inner/cdmi_domain_members/ben';
    expect((await as(root).put(own, 'object', record('true'))).status).toBe(201);
    expect((await as(ben).get('club')).status).toBe(200);
    expect((await as(root).send('DELETE', own)).status).toBe(204);
    expect((await as(ben).get('club')).status).toBe(403);
    expect((await as(root).send('DELETE', 'cdmi_domains/club/inner/cdmi_domain_members/parent')).status).toBe(204);
    expect((await as(ben).get('club')).status).toBe(200);
  });

  it('[CDMI-O7] the list of members stays where it is', async () => {
    await domain('fixed');
    const list = await as(root).json('cdmi_domains/fixed/cdmi_domain_members/', 'container');
    const byId = `cdmi_objectid/${list['objectID']}/`;
    expect((await as(root).send('DELETE', 'cdmi_domains/fixed/cdmi_domain_members/')).status).toBe(400);
    expect((await as(root).send('DELETE', byId)).status).toBe(400);
    expect((await as(root).put('taken/', 'container', { move: `/cdmi/${byId}` })).status).toBe(400);
    expect((await as(root).put('taken/', 'container', { move: top })).status).toBe(400);
    expect((await as(root).get(byId)).status).toBe(200);
  });
});

describe('ISO/IEC 17826 §10.6 deleted domains', () => {
  it('[CDMI-O4] leave what belongs to them to another one', async () => {
    await domain('old');
    await domain('old/inner');
    await domain('heir');
    for (const [name, of] of [
      ['w1', 'old'],
      ['w2', 'old/inner'],
    ] as const) {
      expect((await as(root).put(name, 'object', { value: 'text', domainURI: `${top}${of}/` })).status).toBe(201);
    }
    expect((await as(root).send('DELETE', 'cdmi_domains/old/')).status).toBe(400);
    for (const wrong of [`${top}none/`, `${top}old/`, `${top}old/inner/`, '/cdmi/w1']) {
      await reassign('old', wrong);
      expect((await as(root).send('DELETE', 'cdmi_domains/old/')).status).toBe(400);
    }
    expect(await as(anna).json('w2?domainURI', 'object')).toEqual({ domainURI: `${top}old/inner/` });
    await reassign('old', `${top}heir/`);
    expect((await as(anna).send('DELETE', 'cdmi_domains/old/')).status).toBe(403);
    expect((await as(root).send('DELETE', 'cdmi_domains/old/')).status).toBe(204);
    for (const name of ['w1', 'w2']) {
      expect(await as(anna).json(`${name}?domainURI;value`, 'object')).toEqual({
        domainURI: `${top}heir/`,
        value: 'text',
      });
    }
    expect((await as(anna).get('cdmi_domains/old/inner/')).status).toBe(404);
    await reassign('heir', top);
    expect((await as(root).send('DELETE', 'cdmi_domains/heir/')).status).toBe(204);
    expect(await as(anna).json('w1?domainURI', 'object')).toEqual({ domainURI: top });
  });

  it('[CDMI-O4] take along what is made in them until then, and nothing is made in them behind that', async () => {
    await domain('last');
    const makings = Array.from({ length: 12 }, (_, i) => as(root).put(`cdmi_domains/last/${i}/`, 'domain', {}));
    const [removed, ...made] = await Promise.all([as(root).send('DELETE', 'cdmi_domains/last/'), ...makings]);
    expect(removed.status).toBe(204);
    for (const answer of made) {
      const { objectID } = answer.status === 201 ? (answer.json() as { objectID: string }) : { objectID: undefined };
      if (objectID === undefined) expect(answer.status).toBe(404);
      else expect((await as(root).get(`cdmi_objectid/${objectID}/`)).status).toBe(404);
    }
    expect((await as(root).get('cdmi_domains/last/')).status).toBe(404);
  });

  it('[CDMI-O4] while objects are made in them', async () => {
    await domain('busy');
    await domain('next');
    expect((await as(root).put('busy/', 'container', { domainURI: `${top}busy/` })).status).toBe(201);
    await reassign('busy', `${top}next/`);
    const makings = Array.from({ length: 24 }, (_, i) => as(anna).put(`busy/${i}`, 'object', { value: '' }));
    const [removed, ...made] = await Promise.all([as(root).send('DELETE', 'cdmi_domains/busy/'), ...makings]);
    expect([removed.status, ...new Set(made.map(({ status }) => status))]).toEqual([204, 201]);
    const owners = await Promise.all(made.map((_, i) => as(anna).json(`busy/${i}?domainURI`, 'object')));
    expect(new Set(owners.map(({ domainURI }) => domainURI))).toEqual(new Set([`${top}next/`]));
  });
});

/** Somebody, as `user project roles`. */
function as(who: string) {
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    lab.request(method, `/cdmi/${path}`, {
      headers: { ...headers, 'x-who': who },
      ...(body === undefined ? {} : { body }),
    });
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, headers),
    put: (path: string, kind: string, body: object): Promise<Answer> =>
      send('PUT', path, speaking(kind), JSON.stringify(body)),
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

async function enable(path: string, cdmi_domain_enabled: string): Promise<void> {
  const body = { metadata: { cdmi_domain_enabled } };
  expect((await as(root).put(`cdmi_domains/${path}/?metadata:cdmi_domain_enabled`, 'domain', body)).status).toBe(204);
}

async function reassign(path: string, cdmi_domain_delete_reassign: unknown): Promise<void> {
  const body = { metadata: { cdmi_domain_delete_reassign } };
  const target = `cdmi_domains/${path}/?metadata:cdmi_domain_delete_reassign`;
  expect((await as(root).put(target, 'domain', body)).status).toBe(204);
}
