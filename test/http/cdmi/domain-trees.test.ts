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
const enabled = { metadata: { cdmi_domain_enabled: 'true' } };
const member = (more: object = {}) => ({
  metadata: { cdmi_member_enabled: 'true', cdmi_member_type: 'user', cdmi_member_name: 'ben', ...more },
});

describe('ISO/IEC 17826 §10.2 a copy of a domain', () => {
  it('[CDMI-O8] has those in it, and the members of all; what belongs to them stays', async () => {
    await tree('lab');
    await made(root, 'sample', 'object', { value: '', domainURI: `${top}lab/inner/` });
    await made(root, 'cdmi_domains/copies/', 'domain', enabled);
    const copy = { copy: `${top}lab/` };
    expect(await put(anna, 'cdmi_domains/copies/lab/', 'domain', copy)).toBe(403);
    const answer = await made(root, 'cdmi_domains/copies/lab/', 'domain', copy);
    const { objectID } = await json(root, 'cdmi_domains/lab/', 'domain');
    expect(answer).toMatchObject({
      objectName: 'lab/',
      parentURI: `${top}copies/`,
      metadata: { cdmi_domain_enabled: 'true', colour: 'blue' },
      children: expect.arrayContaining(['cdmi_domain_members/', 'inner/']),
    });
    expect(answer['objectID']).not.toBe(objectID);
    const at = 'cdmi_domains/copies/lab/';
    expect(await json(root, `${at}cdmi_domain_members/parent`, 'object')).toMatchObject({
      metadata: { cdmi_delegation_URI: `${top}copies/` },
    });
    expect(await json(root, `${at}inner/cdmi_domain_members/parent`, 'object')).toMatchObject({
      metadata: { cdmi_delegation_URI: `${top}copies/lab/` },
    });
    expect(await json(root, `${at}inner/cdmi_domain_members/ben`, 'object')).toMatchObject(
      member({ cdmi_member_privileges: ['cross_domain'] }),
    );
    expect(await json(anna, 'sample?domainURI', 'object')).toEqual({ domainURI: `${top}lab/inner/` });
    // Nothing belongs to it yet.
    expect((await send(root, 'DELETE', 'cdmi_domains/copies/', 'domain')).status).toBe(204);
    // What a member of the copy may do is another matter than what he may do in the domain.
    await made(root, 'cdmi_domains/other/', 'domain', { ...copy, metadata: { colour: 'red' } });
    expect(await json(root, 'cdmi_domains/other/?metadata:c', 'domain')).toMatchObject({
      metadata: { cdmi_domain_enabled: 'false', colour: 'red' },
    });
  });

  it.each([
    ['of all domains', 'cdmi_domains/x/', { copy: top }],
    ['of a container', 'cdmi_domains/x/', { copy: '/cdmi/' }],
    ['of nothing', 'cdmi_domains/x/', { copy: `${top}none/` }],
    ['of a part', 'cdmi_domains/x/', { copy: `${top}lab/?metadata` }],
    ['to a part', 'cdmi_domains/x/?metadata', { copy: `${top}lab/` }],
    ['where something is', 'cdmi_domains/lab/', { copy: `${top}other/` }],
    ['somewhere else', 'x/', { copy: `${top}lab/` }],
    ['by a reference', 'cdmi_domains/x/', { reference: `${top}lab/` }],
  ])('[CDMI-O8] is not made %s', async (_, path, body) => {
    expect(await put(root, path, 'domain', body)).toBe(400);
  });
});

describe('ISO/IEC 17826 §15 domains in JSON', () => {
  it('[CDMI-O8] [CDMI-Z1] have those in them, and the members of all', async () => {
    await tree('written');
    await made(root, 'of-written', 'object', { value: 'secret', domainURI: `${top}written/` });
    await made(root, 'written.json', 'object', { serialize: `${top}written/` });
    const written = await json(root, 'written.json', 'object');
    expect(written['value']).not.toContain('secret');
    expect(JSON.parse(String(written['value']))).toMatchObject({
      objectType: 'application/cdmi-domain',
      objectName: 'written/',
      metadata: { cdmi_domain_enabled: 'true', colour: 'blue' },
      children: [
        { objectName: 'cdmi_domain_members/', children: [{ objectName: 'parent' }] },
        {
          objectType: 'application/cdmi-domain',
          objectName: 'inner/',
          children: [
            {
              objectName: 'cdmi_domain_members/',
              children: [{ objectName: 'ben', ...member() }, { objectName: 'parent' }],
            },
          ],
        },
      ],
    });
  });

  it('[CDMI-O8] [CDMI-Z3] are made again, elsewhere and with their IDs', async () => {
    const { objectID } = await json(root, 'cdmi_domains/written/inner/', 'domain');
    expect(await put(anna, 'cdmi_domains/again/', 'domain', { deserialize: '/cdmi/written.json' })).toBe(403);
    expect(await put(root, 'again/', 'container', { deserialize: '/cdmi/written.json' })).toBe(400);
    await made(root, 'cdmi_domains/again/', 'domain', { deserialize: '/cdmi/written.json' });
    const twin = await json(root, 'cdmi_domains/again/inner/', 'domain');
    expect(twin['objectID']).not.toBe(objectID);
    expect(await json(root, 'cdmi_domains/again/inner/cdmi_domain_members/parent', 'object')).toMatchObject({
      metadata: { cdmi_delegation_URI: `${top}again/` },
    });
    expect(await put(root, 'of-written', 'object', { domainURI: top })).toBe(204);
    expect((await send(root, 'DELETE', 'cdmi_domains/written/', 'domain')).status).toBe(204);
    await made(root, 'cdmi_domains/back/', 'domain', { deserialize: '/cdmi/written.json' });
    const back = await json(root, 'cdmi_domains/back/inner/', 'domain');
    expect(back).toMatchObject({ objectID, parentURI: `${top}back/` });
  });

  it('[CDMI-O7] [CDMI-O8] have a list of members, also where none was written', async () => {
    const serial = { objectType: 'application/cdmi-domain', metadata: { colour: 'red' } };
    const deserializevalue = Buffer.from(JSON.stringify(serial)).toString('base64');
    await made(root, 'cdmi_domains/bare/', 'domain', { deserializevalue });
    expect(await json(root, 'cdmi_domains/bare/cdmi_domain_members/parent', 'object')).toMatchObject({
      metadata: { cdmi_member_type: 'delegation', cdmi_delegation_URI: top },
    });
    expect(await json(root, 'cdmi_domains/bare/?metadata:cdmi_domain', 'domain')).toEqual({
      metadata: { cdmi_domain_enabled: 'false' },
    });
    for (const child of [
      { objectType: 'application/cdmi-object', objectName: 'o' },
      { objectType: 'application/cdmi-container', objectName: 'c/' },
      { objectType: 'application/cdmi-domain', objectName: 'cdmi_x/' },
      { objectType: 'application/cdmi-object', objectName: 'cdmi_domain_members' },
    ]) {
      const wrong = Buffer.from(JSON.stringify({ ...serial, children: [child] })).toString('base64');
      expect(await put(root, 'cdmi_domains/wrong/', 'domain', { deserializevalue: wrong })).toBe(400);
    }
  });

  it('[CDMI-O8] [CDMI-Z3] [CDMI-Z4] become what they were; those that are left over go', async () => {
    await tree('kept');
    const ids = await Promise.all(['kept', 'kept/inner'].map((path) => json(root, `cdmi_domains/${path}/`, 'domain')));
    await made(root, 'kept.json', 'object', { serialize: `${top}kept/` });
    expect(await put(root, 'cdmi_domains/kept/', 'domain', { metadata: { colour: 'red' } })).toBe(204);
    const list = 'cdmi_domains/kept/inner/cdmi_domain_members/';
    expect((await send(root, 'DELETE', `${list}ben`, 'object')).status).toBe(204);
    await made(root, `${list}carl`, 'object', member());
    await made(root, 'cdmi_domains/kept/later/', 'domain', enabled);
    await made(root, 'of-later', 'object', { value: 'text', domainURI: `${top}kept/later/` });
    expect(await put(anna, 'cdmi_domains/kept/', 'domain', { deserialize: '/cdmi/kept.json' })).toBe(403);
    // Something belongs to what would go.
    expect(await put(root, 'cdmi_domains/kept/', 'domain', { deserialize: '/cdmi/kept.json' })).toBe(400);
    expect(await json(root, 'cdmi_domains/kept/?metadata:colour', 'domain')).toEqual({ metadata: { colour: 'red' } });
    const reassign = { metadata: { cdmi_domain_enabled: 'true', cdmi_domain_delete_reassign: `${top}kept/inner/` } };
    expect(await put(root, 'cdmi_domains/kept/later/', 'domain', reassign)).toBe(204);
    expect(await put(root, 'cdmi_domains/kept/', 'domain', { deserialize: '/cdmi/kept.json' })).toBe(204);
    const kept = await json(root, 'cdmi_domains/kept/', 'domain');
    expect(kept).toMatchObject({
      objectID: ids[0]?.['objectID'],
      metadata: { cdmi_domain_enabled: 'true', colour: 'blue' },
    });
    expect(kept['children']).toContain('inner/');
    expect(kept['children']).not.toContain('later/');
    expect(await json(root, 'cdmi_domains/kept/inner/', 'domain')).toMatchObject({ objectID: ids[1]?.['objectID'] });
    expect((await json(root, `${list}?children`, 'container'))['children']).toEqual(['ben', 'parent']);
    expect(await json(anna, 'of-later?domainURI;value', 'object')).toEqual({
      domainURI: `${top}kept/inner/`,
      value: 'text',
    });
    expect(await put(root, 'cdmi_domains/bare/', 'domain', { deserialize: '/cdmi/kept.json' })).toBe(400);
    expect(await put(root, 'cdmi_domains/', 'domain', { deserialize: '/cdmi/kept.json' })).toBe(400);
  });

  it('[CDMI-Z5] what belongs to another domain than was written needs a privilege to go back to it', async () => {
    await tree('first');
    await tree('second');
    await made(root, 'k/', 'container', { domainURI: `${top}first/` });
    await made(anna, 'k/o', 'object', { value: 'one' });
    await made(anna, 'k.json', 'object', { serialize: '/cdmi/k/' });
    expect(await put(anna, 'k/o', 'object', { value: 'two' })).toBe(204);
    // It is of the domain that it is of, whichever that of the container above is.
    expect(await put(anna, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(204);
    expect(await json(anna, 'k/o?value;domainURI', 'object')).toEqual({ domainURI: `${top}first/`, value: 'one' });
    expect(await put(root, 'k/o', 'object', { domainURI: `${top}second/` })).toBe(204);
    expect(await put(anna, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(400);
    expect(await put(ben, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(400);
    const record = member({ cdmi_member_privileges: ['cross_domain'] });
    await made(root, 'cdmi_domains/second/cdmi_domain_members/ben', 'object', record);
    expect(await put(ben, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(204);
    expect(await json(anna, 'k/o?domainURI', 'object')).toEqual({ domainURI: `${top}first/` });
    // What is in a disabled domain can neither be changed nor removed.
    expect(await put(root, 'k/o', 'object', { domainURI: `${top}second/`, value: 'three' })).toBe(204);
    expect(await put(root, 'cdmi_domains/second/', 'domain', { metadata: { cdmi_domain_enabled: 'false' } })).toBe(204);
    expect(await put(root, 'k/', 'container', { deserialize: '/cdmi/k.json' })).toBe(403);
  });
});

/** Makes a domain with one in it, which has a member. */
async function tree(name: string): Promise<void> {
  await made(root, `cdmi_domains/${name}/`, 'domain', {
    metadata: { ...enabled.metadata, colour: 'blue' },
  });
  await made(root, `cdmi_domains/${name}/inner/`, 'domain', enabled);
  const record = member({ cdmi_member_privileges: ['cross_domain'] });
  await made(root, `cdmi_domains/${name}/inner/cdmi_domain_members/ben`, 'object', record);
}

function send(who: string, method: string, path: string, kind: string, body?: object): Promise<Answer> {
  return lab.request(method, `/cdmi/${path}`, {
    headers: { ...speaking(kind), 'x-who': who },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function put(who: string, path: string, kind: string, body: object): Promise<number> {
  return (await send(who, 'PUT', path, kind, body)).status;
}

async function made(who: string, path: string, kind: string, body: object): Promise<Record<string, unknown>> {
  const answer = await send(who, 'PUT', path, kind, body);
  expect([path, answer.status, answer.status === 201 ? '' : answer.text]).toEqual([path, 201, '']);
  return answer.json() as Record<string, unknown>;
}

async function json(who: string, path: string, kind: string): Promise<Record<string, unknown>> {
  const answer = await send(who, 'GET', path, kind);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json() as Record<string, unknown>;
}
