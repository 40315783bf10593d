import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startTenantsLab({ cdmi: true });
});
afterAll(() => lab.close());

const anna = 'anna home member';
const ben = 'ben home member';
const root = 'root home admin';

describe('ISO/IEC 17826 §16.1 owners', () => {
  it('[CDMI-M11] give an object away; others do not take it, but for administrators', async () => {
    expect((await put(anna, 'o', { value: 'x' })).status).toBe(201);
    expect((await own(ben, 'ben')).status).toBe(403);
    expect(await owner()).toBe('anna');
    expect((await own(anna, 'ben')).status).toBe(204);
    expect(await owner()).toBe('ben');
    expect((await own(anna, 'anna')).status).toBe(403);
    expect((await own(root, 'anna')).status).toBe(403);
    expect((await own(root, 'root')).status).toBe(204);
    expect(await owner()).toBe('root');
  });

  it('[CDMI-A4] have what inherits nothing for themselves', async () => {
    const made = await request(anna, 'POST', 'cdmi_objectid/', { value: 'x' });
    expect(made.status).toBe(201);
    const { objectID } = made.json() as { objectID: string };
    const path = `cdmi_objectid/${objectID}`;
    expect((await request(ben, 'GET', path)).status).toBe(403);
    expect((await put(ben, path, { value: 'y' })).status).toBe(403);
    expect((await request(ben, 'DELETE', path)).status).toBe(403);
    expect((await request(anna, 'GET', path)).json()).toMatchObject({ value: 'x' });
  });

  it.each(['OWNER@', 'GROUP@', 'EVERYONE@', 'AUTHENTICATED@', 'ANONYMOUS@', 'ADMINISTRATOR@', 'ADMINUSERS@', 'ben'])(
    '[CDMI-A1] [CDMI-A3] an entry about %s is about those',
    async (identifier) => {
      const all = { acetype: 'ALLOW', identifier: 'anna', aceflags: '0x0', acemask: 'WRITE_ACL' };
      const cdmi_acl = [all, { acetype: 'ALLOW', identifier, aceflags: '0x0', acemask: 'READ_OBJECT' }];
      const name = `for-${identifier}`;
      expect((await put(anna, name, { value: 'x', metadata: { cdmi_acl } })).status).toBe(201);
      const who = { 'OWNER@': [anna], 'ANONYMOUS@': [], 'ADMINISTRATOR@': [root], 'ADMINUSERS@': [root], ben: [ben] };
      const reading: readonly string[] = who[identifier as keyof typeof who] ?? [anna, ben, root];
      for (const one of [anna, ben, root]) {
        const { status } = await request(one, 'GET', `${name}?value`);
        expect([one, status]).toEqual([one, reading.includes(one) ? 200 : 403]);
      }
    },
  );
});

describe('ISO/IEC 17826 §12.1.1 how much metadata there may be', () => {
  it('[CDMI-M7] is told by the capabilities; more is refused, of every type of object', async () => {
    const answer = await lab.request('GET', '/cdmi/cdmi_capabilities/', {
      headers: { ...speaking('capability'), 'x-who': anna },
    });
    const { capabilities } = answer.json() as { capabilities: Record<string, string> };
    const [items, size, total] = ['maxitems', 'maxsize', 'maxtotalsize'].map((limit) =>
      Number(capabilities[`cdmi_metadata_${limit}`]),
    ) as [number, number, number];
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`i${index}`, '']));
    // An item counts with its name, and with the quotes around its value.
    const large = (bytes: number) => ({ a: 'x'.repeat(bytes - 3) });
    const whole = Math.floor(total / size);
    const most = Object.fromEntries(Array.from({ length: whole }, (_, index) => [String(index), 'x'.repeat(size - 3)]));
    for (const [kind, path] of [
      ['object', 'm'],
      ['queue', 'n'],
      ['container', 'k/'],
    ] as const) {
      for (const metadata of [many(items), large(size), most]) {
        expect((await put(anna, path, { metadata }, kind)).status).toBeLessThan(300);
      }
      for (const metadata of [many(items + 1), large(size + 1), { ...most, more: 'x'.repeat(total - whole * size) }]) {
        expect((await put(anna, path, { metadata }, kind)).status).toBe(413);
      }
      const shown = (await request(anna, 'GET', `${path}?metadata:0`, undefined, kind)).json();
      expect(shown).toEqual({ metadata: { 0: 'x'.repeat(size - 3) } });
    }
  });
});

function request(who: string, method: string, path: string, body?: object, kind = 'object') {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return lab.request(method, `/cdmi/${path}`, { headers: { ...speaking(kind), 'x-who': who }, ...sent });
}

function put(who: string, path: string, body: object, kind = 'object') {
  return request(who, 'PUT', path, body, kind);
}

/** Says whose an object is to be. */
function own(who: string, cdmi_owner: string) {
  return put(who, 'o?metadata:cdmi_owner', { metadata: { cdmi_owner } });
}

async function owner(): Promise<unknown> {
  const { metadata } = (await request(root, 'GET', 'o?metadata')).json() as { metadata: Record<string, unknown> };
  return metadata['cdmi_owner'];
}
