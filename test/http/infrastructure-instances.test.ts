import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InfrastructureLab, infrastructure, startInfrastructure, systems } from './infrastructure-lab.ts';
import { pathOf } from './speaker.ts';

let lab: InfrastructureLab;
beforeAll(async () => {
  lab = await startInfrastructure();
});
afterAll(() => lab.close());

const core = 'http://schemas.ogf.org/occi/core#';
const ipInterface = `${infrastructure}/networkinterface#ipnetworkinterface`;
const ipNetwork = `${infrastructure}/network#ipnetwork`;
const size = { attributes: { 'occi.storage.size': 1 } };
const office = (address: string) => ({ mixins: [ipNetwork], attributes: { 'occi.network.address': address } });

describe('GFD.224 §3 the instances', () => {
  /** What the tables give exactly once; everything else may be absent. */
  const always: Readonly<Record<string, readonly string[]>> = {
    compute: ['state'],
    network: ['state'],
    storage: ['size', 'state'],
    networkinterface: ['interface', 'mac', 'state', 'address', 'allocation'],
    storagelink: ['deviceid', 'state'],
  };

  it('have their kinds and show what their tables give once, in every rendering [INF-02] [INF-03] [INF-06] [INF-07] [CORE-5.4.1-b] [CORE-0-b]', async () => {
    const compute = await lab.create('compute');
    const network = await lab.create('network');
    const storage = await lab.create('storage', size);
    await lab.reach(storage, 'online');
    const paths: Readonly<Record<string, string>> = {
      compute,
      network,
      storage,
      networkinterface: await lab.link('networkinterface', compute, network, { mixins: [ipInterface] }),
      storagelink: await lab.link('storagelink', compute, storage),
    };
    const categories = await lab.categories();
    for (const [term, path] of Object.entries(paths)) {
      const shown = await lab.reach(path, term === 'storage' ? 'online' : 'active');
      const kind = categories.get(`${infrastructure}#${term}`);
      expect(kind?.parent).toBe(`${core}${term.endsWith('link') || term.endsWith('interface') ? 'link' : 'resource'}`);
      expect(shown.kind).toBe(`${infrastructure}#${term}`);
      expect(await lab.client.list(kind?.location ?? '')).toContain(`http://occi.lab.test${path}`);
      const names = always[term]?.map((name) => `occi.${term}.${name}`) ?? [];
      expect(Object.keys(shown.attributes)).toEqual(expect.arrayContaining(names));
      const { text } = await lab.client.plain('GET', path);
      expect(text).toContain(`Category: ${term}; scheme="${infrastructure}#"; class="kind"`);
      const headers = (await lab.client.occi('GET', path)).headers.get('x-occi-attribute') ?? '';
      for (const name of names) {
        expect(text.split(`X-OCCI-Attribute: ${name}=`)).toHaveLength(2);
        expect(headers.split(`${name}=`)).toHaveLength(2);
      }
    }
  });

  it.each([
    ['compute', { 'occi.compute.architecture': 'sparc' }],
    ['compute', { 'occi.compute.cores': 0 }],
    ['compute', { 'occi.compute.cores': 1.5 }],
    ['compute', { 'occi.compute.cores': 'two' }],
    ['compute', { 'occi.compute.memory': 0 }],
    ['compute', { 'occi.compute.share': -1 }],
    ['network', { 'occi.network.vlan': 4096 }],
    ['network', { 'occi.network.label': 'two words' }],
    ['network', { 'occi.network.address': '10.0.0.0/8' }],
    ['storage', { 'occi.storage.size': 0 }],
    ['storage', {}],
  ])(
    '%s is not created with %j, and nothing else is [CORE-5.3.2-e] [CORE-5.3.2-g] [CORE-5.3.2-d] [X-3]',
    async (term, attributes) => {
      const before = await lab.everything();
      const refused = await lab.post(`/${term}/`, { kind: `${infrastructure}#${term}`, attributes });
      expect(refused.status, refused.text).toBe(400);
      expect(await lab.everything()).toBe(before);
    },
  );

  it('keep what clients may change, and 1.1 had [CORE-5.2-a] [CORE-5.2-b] [INF-06]', async () => {
    const attributes = {
      'occi.compute.architecture': 'x64',
      'occi.compute.cores': 2,
      'occi.compute.hostname': 'host.lab.test',
      'occi.compute.share': 512,
      'occi.compute.speed': 2.4,
      'occi.compute.memory': 1.5,
    };
    const path = await lab.create('compute', { attributes });
    expect((await lab.reach(path, 'active')).attributes).toEqual({ ...attributes, 'occi.compute.state': 'active' });
    const changes = { 'occi.compute.cores': 4, 'occi.compute.memory': 3.6, 'occi.compute.hostname': 'other.lab.test' };
    expect((await lab.post(path, { attributes: changes })).status).toBe(200);
    expect((await lab.reach(path, 'active')).attributes).toMatchObject({ ...attributes, ...changes });
  });

  it('have states that only the provider changes [CORE-5.2-c] [CORE-5.2-d]', async () => {
    const attributes = { 'occi.storage.state': 'degraded', 'occi.storage.size': 1 };
    const path = await lab.create('storage', { attributes });
    const before = await lab.reach(path, 'online');
    const refused = await lab.post(path, { attributes: { 'occi.storage.state': 'offline' } });
    expect([refused.status, refused.json()]).toMatchObject([403, { code: 'attribute-immutable' }]);
    expect(await lab.read(path)).toEqual(before);
  });
});

describe('GFD.224 §3.4.1 addresses of interfaces', () => {
  it('come from the range of the network, or from the client [INF-17] [INF-22] [INF-24]', async () => {
    const compute = await lab.create('compute');
    const network = await lab.create('network', office('192.168.7.0/24'));
    await lab.reach(network, 'active');
    const given = {
      mixins: [ipInterface],
      attributes: { 'occi.networkinterface.address': '192.168.7.77', 'occi.networkinterface.allocation': 'static' },
    };
    const fixed = await lab.reach(await lab.link('networkinterface', compute, network, given), 'active');
    expect(fixed.attributes).toMatchObject(given.attributes);
    const free = await lab.reach(await lab.link('networkinterface', compute, network), 'active');
    expect(free.mixins).toEqual([ipInterface]);
    expect(free.attributes['occi.networkinterface.address']).toMatch(/^192\.168\.7\.[0-9]+$/);
    expect(free.attributes['occi.networkinterface.address']).not.toBe('192.168.7.77');
    expect(free.attributes['occi.networkinterface.interface']).not.toBe(
      fixed.attributes['occi.networkinterface.interface'],
    );
    expect(free.attributes['occi.networkinterface.mac']).not.toBe(fixed.attributes['occi.networkinterface.mac']);
    const ends = { source: { location: compute }, target: { location: network } };
    const before = await lab.everything();
    for (const [address, status] of [
      ['192.168.7.77', 409],
      ['10.9.9.9', 400],
      ['somewhere', 400],
    ] as const) {
      const wish = { ...ends, mixins: [ipInterface], attributes: { 'occi.networkinterface.address': address } };
      const answer = await lab.post('/networkinterface/', { kind: `${infrastructure}#networkinterface`, ...wish });
      expect([address, answer.status]).toEqual([address, status]);
    }
    expect(await lab.everything()).toBe(before);
  });
});

describe('GFD.224 §3.4.2 volumes', () => {
  it('are on one machine at a time, under a device of their own [INF-26]', async () => {
    const compute = await lab.create('compute');
    const [first, second] = [await lab.create('storage', size), await lab.create('storage', size)];
    for (const path of [first, second]) await lab.reach(path, 'online');
    const wish = { attributes: { 'occi.storagelink.deviceid': '/dev/vdq', 'occi.storagelink.mountpoint': '/data' } };
    const link = await lab.link('storagelink', compute, first, wish);
    expect((await lab.reach(link, 'active')).attributes).toMatchObject(wish.attributes);
    const other = await lab.create('compute');
    const before = await lab.everything();
    for (const [source, target, attributes] of [
      [other, first, {}],
      [compute, second, wish.attributes],
    ] as const) {
      const answer = await lab.post('/storagelink/', {
        kind: `${infrastructure}#storagelink`,
        source: { location: source },
        target: { location: target },
        attributes,
      });
      expect([answer.status, answer.json()]).toMatchObject([409, { code: 'conflict' }]);
    }
    expect(await lab.everything()).toBe(before);
    expect((await lab.client.raw('DELETE', link)).status).toBe(200);
    await lab.reach(await lab.link('storagelink', other, first), 'active');
  });

  it('and networks in use take their links along when they go [CORE-5.4.2-a] [HTTP-10.4-a]', async () => {
    const compute = await lab.create('compute');
    const network = await lab.create('network');
    const storage = await lab.create('storage', size);
    await lab.reach(network, 'active');
    await lab.reach(storage, 'online');
    for (const [target, term] of [
      [storage, 'storagelink'],
      [network, 'networkinterface'],
    ] as const) {
      const link = await lab.link(term, compute, target);
      expect((await lab.client.raw('DELETE', target)).status).toBe(200);
      for (const gone of [target, link]) expect((await lab.client.raw('GET', gone)).status).toBe(404);
      expect(await lab.read(compute)).not.toHaveProperty('links');
    }
    await lab.reach(compute, 'active');
  });
});

describe('GFD.223 §10.3.1 a machine made in one request', () => {
  it('has its links, and takes them along [INF-26] [CORE-5.4.2-a]', async () => {
    const network = await lab.create('network');
    const storage = await lab.create('storage', size);
    await lab.reach(network, 'active');
    await lab.reach(storage, 'online');
    const body = [
      `Category: compute; scheme="${infrastructure}#"; class="kind"`,
      `Category: debian-13; scheme="${systems}"; class="mixin"`,
      `Link: <${network}>; rel="${infrastructure}#network"; category="${infrastructure}#networkinterface"`,
      `Link: <${storage}>; rel="${infrastructure}#storage"; category="${infrastructure}#storagelink"; occi.storagelink.mountpoint="/data"`,
    ];
    const made = await lab.client.plain('POST', '/compute/', body.join('\n'));
    expect(made.status, made.text).toBe(201);
    const path = pathOf(made.headers.get('location'));
    const { links = [] } = await lab.reach(path, 'active');
    expect(links.map(({ kind }) => kind.slice(infrastructure.length + 1)).toSorted()).toEqual([
      'networkinterface',
      'storagelink',
    ]);
    expect((await lab.client.raw('DELETE', path)).status).toBe(200);
    for (const term of ['networkinterface', 'storagelink']) {
      const left = (await lab.client.json('GET', `/${term}/`)).text;
      expect(left).not.toContain(path);
    }
    for (const target of [network, storage]) expect((await lab.client.raw('GET', target)).status).toBe(200);
  });
});
