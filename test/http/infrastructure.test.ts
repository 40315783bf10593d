import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './home-lab.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';
import { until } from './until.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const base = infrastructure.slice(0, -1);
const templates = 'http://localhost/occi/infrastructure/os_tpl#';

interface Category {
  readonly term: string;
  readonly scheme: string;
  readonly parent?: string;
  readonly applies?: readonly string[];
  readonly depends?: readonly string[];
}
interface Entity {
  readonly kind: string;
  readonly mixins?: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly actions?: readonly string[];
  readonly links?: readonly Entity[];
}

let lab: Lab;
let client: Speaker;
beforeAll(async () => {
  lab = await startLab();
  client = speakTo(lab);
});
afterAll(() => lab.close());

const create = async (kind: string, more: object = {}): Promise<string> => {
  const made = await client.json('POST', `/${kind}/`, { kind: infrastructure + kind, ...more });
  expect(made.status, made.text).toBe(201);
  return pathOf(made.headers.get('location'));
};
const read = async (path: string) => (await client.json('GET', path)).json() as Entity;
const state = (kind: string, wanted: string) => (entity: Entity) => {
  const { attributes } = entity;
  return attributes[`occi.${kind}.state`] === wanted && attributes[`occi.${kind}.state.message`] === undefined;
};
const settled = (path: string, kind: string, wanted: string) => until(() => read(path), state(kind, wanted));
const act = (path: string, kind: string, action: string, attributes: object = {}) =>
  client.json('POST', `${path}?action=${action}`, { action: `${base}/${kind}/action#${action}`, attributes });
const terms = ({ actions = [] }: Entity) => actions.map((id) => id.slice(id.indexOf('#') + 1));
const category = async (id: string): Promise<Category> => {
  const { kinds, mixins } = (await client.json('GET', '/-/')).json() as Record<string, readonly Category[]>;
  const found = [...(kinds ?? []), ...(mixins ?? [])].find(({ scheme, term }) => scheme + term === id);
  expect(found, id).toBeDefined();
  return found as Category;
};

describe('GFD.224 §3.1 compute', () => {
  it('has its kind, starts by itself, and offers what its state allows [INF-05] [INF-08] [CORE-5.3.5-c]', async () => {
    const path = await create('compute', { title: 'One' });
    const early = await read(path);
    expect(early.kind).toBe(`${infrastructure}compute`);
    const active = await settled(path, 'compute', 'active');
    expect(terms(active)).toEqual(['stop', 'restart', 'suspend', 'save']);
    expect((await category(`${infrastructure}compute`)).parent).toBe('http://schemas.ogf.org/occi/core#resource');
  });

  it('goes through its states, and back', async () => {
    const path = await create('compute');
    await settled(path, 'compute', 'active');
    for (const [action, parameters, goal, offered] of [
      ['stop', { method: 'poweroff' }, 'inactive', ['start', 'save']],
      ['start', {}, 'active', ['stop', 'restart', 'suspend', 'save']],
      ['suspend', { method: 'hibernate' }, 'suspended', ['start']],
      ['start', {}, 'active', ['stop', 'restart', 'suspend', 'save']],
      ['restart', { method: 'cold' }, 'active', ['stop', 'restart', 'suspend', 'save']],
    ] as const) {
      expect((await act(path, 'compute', action, parameters)).status).toBe(200);
      expect(terms(await settled(path, 'compute', goal))).toEqual(offered);
    }
  });

  it('takes an action whose goal holds as done, and refuses what the state does not allow', async () => {
    const path = await create('compute');
    await settled(path, 'compute', 'active');
    const before = await read(path);
    expect((await act(path, 'compute', 'start')).status).toBe(200);
    expect(await read(path)).toEqual(before);
    await act(path, 'compute', 'stop');
    await settled(path, 'compute', 'inactive');
    const refused = await act(path, 'compute', 'suspend');
    expect(refused.status).toBe(409);
    expect(refused.text).toMatch(/suspend.*inactive/);
    const unknown = await act(path, 'compute', 'stop', { method: 'politely' });
    expect([unknown.status, unknown.json()]).toMatchObject([400, { code: 'attribute-value', token: 'politely' }]);
  });

  it('save answers with the new template, and it can be used [INF-11] [INF-09] [INF-10] [INF-35]', async () => {
    const path = await create('compute', { title: 'Golden' });
    await settled(path, 'compute', 'active');
    const saved = await act(path, 'compute', 'save', { name: 'My image', method: 'hot' });
    expect(saved.status).toBe(200);
    const { mixins } = saved.json() as { mixins: readonly (Category & { title: string })[] };
    expect(mixins).toMatchObject([{ scheme: templates, title: 'My image', depends: [`${infrastructure}os_tpl`] }]);
    const template = templates + mixins[0]?.term;
    expect(await category(template)).toEqual(mixins[0]);
    await category(`${infrastructure}os_tpl`);
    await settled(path, 'compute', 'active');
    const copy = await create('compute', { mixins: [template] });
    expect((await settled(copy, 'compute', 'active')).mixins).toEqual([template]);
    const text = await client.plain('POST', `${path}?action=save`, `Category: save; scheme="${base}/compute/action#"`);
    expect(text.text).toMatch(/^Category: golden-[0-9a-f]{8}; scheme="[^"]+"; class="mixin"; .*rel="[^"]+#os_tpl"/);
  });

  it('another template of the operating system takes the place of the first one [INF-36] [INF-37] [INF-38]', async () => {
    const path = await create('compute', { mixins: [`${templates}debian-13`] });
    await settled(path, 'compute', 'active');
    const other = await client.json('POST', path, { mixins: [`${templates}alpine-3`] });
    expect(other.status, other.text).toBe(200);
    expect((await settled(path, 'compute', 'active')).mixins).toEqual([`${templates}alpine-3`]);
    const gone = await client.raw('DELETE', '/os_tpl/alpine-3/');
    expect(gone.status).toBe(400);
    expect(gone.text).toMatch(/replaced, not removed/);
    const both = { kind: `${infrastructure}compute`, mixins: [`${templates}debian-13`, `${templates}alpine-3`] };
    expect((await client.json('POST', '/compute/', both)).status).toBe(400);
  });

  it('that fails says why, and can be deleted', async () => {
    const userData = (text: string) => ({
      mixins: [`${base}/compute#user_data`],
      attributes: { 'occi.compute.userdata': text },
    });
    const path = await create('compute', userData('fake.fail=create'));
    const failed = await until(
      () => read(path),
      ({ attributes }) => attributes['occi.compute.state'] === 'error',
    );
    expect(String(failed.attributes['occi.compute.state.message']).length).toBeGreaterThan(5);
    expect(failed.actions).toBeUndefined();
    expect((await act(path, 'compute', 'start')).status).toBe(409);
    expect((await client.raw('DELETE', path)).status).toBe(200);
    expect((await client.raw('GET', path)).status).toBe(404);
    const refused = { kind: `${infrastructure}compute`, ...userData('fake.fail=refuse') };
    const before = await client.list('/compute/');
    expect((await client.json('POST', '/compute/', refused)).status).toBe(503);
    expect(await client.list('/compute/')).toEqual(before);
  });
});

describe('GFD.224 §3.5.2 credentials and contextualisation', () => {
  const key = `${base}/credentials#ssh_key`;
  const data = `${base}/compute#user_data`;

  it('are given at creation, shown, and stay as they are [INF-50] [INF-51] [INF-53] [INF-55] [INF-48]', async () => {
    const attributes = {
      'occi.credentials.ssh.publickey': 'ssh-ed25519 AAAA me',
      'occi.compute.userdata': 'I2Nsb3VkLWNvbmZpZw==',
    };
    const path = await create('compute', { mixins: [key, data], attributes });
    expect((await read(path)).attributes).toMatchObject(attributes);
    const changed = await client.json('POST', path, { attributes: { 'occi.compute.userdata': 'other' } });
    expect(changed.status).toBe(403);
    expect((await read(path)).attributes).toMatchObject(attributes);
  });

  it('apply to compute only [INF-49] [INF-54]', async () => {
    for (const [mixin, location] of [
      [key, '/ssh_key/'],
      [data, '/user_data/'],
    ] as const) {
      expect((await category(mixin)).applies).toEqual([`${infrastructure}compute`]);
      const network = await create('network');
      expect((await client.plain('POST', location, `X-OCCI-Location: ${network}`)).status).toBe(400);
    }
  });
});

describe('GFD.224 §3.2 network', () => {
  it('has its kind and its actions [INF-13] [INF-14]', async () => {
    const path = await create('network', { attributes: { 'occi.network.vlan': 42, 'occi.network.label': 'office' } });
    const active = await settled(path, 'network', 'active');
    expect(active.kind).toBe(`${infrastructure}network`);
    expect(terms(active)).toEqual(['down']);
    expect((await act(path, 'network', 'down')).status).toBe(200);
    expect(terms(await settled(path, 'network', 'inactive'))).toEqual(['up']);
    expect((await act(path, 'network', 'up')).status).toBe(200);
    await settled(path, 'network', 'active');
    expect((await client.json('POST', path, { attributes: { 'occi.network.vlan': 4096 } })).status).toBe(400);
    const zero = await client.json('POST', path, { attributes: { 'occi.network.vlan': 1.5 } });
    expect(zero.status).toBe(400);
  });

  it('has addresses with the mixin ipnetwork, which applies to it alone [INF-15] [INF-16] [INF-17]', async () => {
    const mixin = `${base}/network#ipnetwork`;
    expect((await category(mixin)).applies).toEqual([`${infrastructure}network`]);
    const attributes = {
      'occi.network.address': '192.168.7.0/24',
      'occi.network.gateway': '192.168.7.1',
      'occi.network.allocation': 'dynamic',
    };
    const path = await create('network', { mixins: [mixin], attributes });
    expect((await settled(path, 'network', 'active')).attributes).toMatchObject(attributes);
    expect((await client.plain('POST', '/ipnetwork/', `X-OCCI-Location: ${await create('compute')}`)).status).toBe(400);
  });
});

describe('GFD.224 §3.3 storage', () => {
  it('has its kind, needs a size, and has the actions of both versions [INF-18] [INF-19]', async () => {
    expect((await client.json('POST', '/storage/', { kind: `${infrastructure}storage` })).status).toBe(400);
    const path = await create('storage', { attributes: { 'occi.storage.size': 0.1 } });
    const online = await settled(path, 'storage', 'online');
    expect(online.kind).toBe(`${infrastructure}storage`);
    expect(terms(online)).toEqual(['offline', 'backup', 'snapshot', 'resize']);
    for (const action of ['backup', 'snapshot']) {
      expect((await act(path, 'storage', action)).status).toBe(200);
      await settled(path, 'storage', 'online');
    }
    expect((await act(path, 'storage', 'resize')).status).toBe(400);
    expect((await act(path, 'storage', 'resize', { size: 5 })).status).toBe(200);
    await settled(path, 'storage', 'online');
    expect((await act(path, 'storage', 'offline')).status).toBe(200);
    expect(terms(await settled(path, 'storage', 'offline'))).toEqual(['online']);
    expect((await act(path, 'storage', 'online')).status).toBe(200);
    const grown = await client.json('POST', path, { attributes: { 'occi.storage.size': 8 } });
    expect(grown.status, grown.text).toBe(200);
    expect((await settled(path, 'storage', 'online')).attributes['occi.storage.size']).toBe(8);
    const shrunk = await client.json('POST', path, { attributes: { 'occi.storage.size': 1 } });
    expect(shrunk.status).toBeGreaterThanOrEqual(400);
    expect((await read(path)).attributes['occi.storage.size']).toBe(8);
  });
});

describe('GFD.224 §3.4 links', () => {
  it('a network interface gets its device, MAC and address [INF-21] [INF-22] [INF-23] [INF-24]', async () => {
    const mixin = `${base}/networkinterface#ipnetworkinterface`;
    expect((await category(`${infrastructure}networkinterface`)).parent).toBe('http://schemas.ogf.org/occi/core#link');
    expect((await category(mixin)).applies).toEqual([`${infrastructure}networkinterface`]);
    const source = await create('compute');
    const target = await create('network');
    const path = await create('networkinterface', {
      mixins: [mixin],
      source: { location: source },
      target: { location: target },
    });
    const active = await settled(path, 'networkinterface', 'active');
    expect(active).toMatchObject({ kind: `${infrastructure}networkinterface`, mixins: [mixin] });
    expect(active.attributes).toMatchObject({
      'occi.networkinterface.interface': 'eth0',
      'occi.networkinterface.mac': expect.stringMatching(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/),
      'occi.networkinterface.address': expect.stringMatching(/^[0-9]+(?:\.[0-9]+){3}$/),
      'occi.networkinterface.allocation': 'dynamic',
    });
    expect(await read(source)).toMatchObject({ links: [{ attributes: active.attributes }] });
    expect((await client.raw('DELETE', path)).status).toBe(200);
    expect(await read(source)).not.toHaveProperty('links');
  });

  it('a storage link gets its device; a volume is attached once [INF-25] [INF-26]', async () => {
    expect((await category(`${infrastructure}storagelink`)).parent).toBe('http://schemas.ogf.org/occi/core#link');
    const source = await create('compute');
    const target = await create('storage', { attributes: { 'occi.storage.size': 1 } });
    await settled(target, 'storage', 'online');
    const ends = { source: { location: source }, target: { location: target } };
    const path = await create('storagelink', ends);
    const active = await settled(path, 'storagelink', 'active');
    expect(active.kind).toBe(`${infrastructure}storagelink`);
    expect(active.attributes['occi.storagelink.deviceid']).toMatch(/^\/dev\/vd[b-z]$/);
    const again = await client.json('POST', '/storagelink/', { kind: `${infrastructure}storagelink`, ...ends });
    expect(again.status).toBe(409);
    expect((await client.raw('DELETE', source)).status).toBe(200);
    expect((await client.raw('GET', path)).status).toBe(404);
    const other = await create('compute');
    await create('storagelink', { source: { location: other }, target: { location: target } });
  });

  it('their ends are what the document says', async () => {
    const network = await create('network');
    const bad = {
      kind: `${infrastructure}networkinterface`,
      source: { location: network },
      target: { location: network },
    };
    const refused = await client.json('POST', '/networkinterface/', bad);
    expect([refused.status, refused.json()]).toMatchObject([400, { code: 'bad-reference' }]);
  });
});
