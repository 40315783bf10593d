import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, connect, type RemoteEntity, renderings } from '../../src/client/index.ts';
import { core } from '../../src/occi/entity.ts';
import { type ServedGateway, serveGateway } from './served-gateway.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const state = 'occi.compute.state';
const mine = { term: 'mine', scheme: 'http://lab.test/tags#', location: '/tag/mine/', title: 'What is "mine"; or not' };

const dialects: readonly Omit<ClientOptions, 'endpoint'>[] = [
  {},
  ...renderings.map((rendering) => ({ rendering })),
  { version: '1.1' },
  { version: '1.1', rendering: 'text/occi' },
  { version: '1.2' },
];

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(dialects)('the client and the gateway: $rendering $version', (dialect) => {
  let gateway: ServedGateway;
  let client: Client;
  beforeAll(async () => {
    gateway = await serveGateway({ prefix: '/occi' });
    client = await connect({ endpoint: `${gateway.url}/`, ...dialect });
  });
  afterEach(async () => {
    for (const kind of ['compute', 'network', 'storage']) await client.deleteAll(kind);
  });
  afterAll(async () => {
    client.close();
    await gateway.close();
  });

  const settled = async (url: string, states: readonly string[]): Promise<RemoteEntity | undefined> => {
    return (await all(client.settled(url, { states, intervalMs: 20 }))).at(-1);
  };

  it('finds out what is offered, and how it is spoken to', () => {
    const { catalogue } = client;
    const usual = dialect.version === '1.1' ? 'text/plain' : 'application/occi+json';
    expect(client.rendering).toBe(dialect.rendering ?? usual);
    expect(catalogue.versions).toEqual(['1.2', '1.1']);
    expect(catalogue.resolve('compute')).toMatchObject({ id: `${infrastructure}compute`, location: '/compute/' });
    expect(catalogue.find('/compute')).toBe(catalogue.find(`${infrastructure}compute`, 'kind'));
    expect(catalogue.find('start', 'action')?.id).toBe(`${infrastructure.slice(0, -1)}/compute/action#start`);
    expect(catalogue.osTemplates.map(({ term }) => term)).toContain('debian-13');
    expect(catalogue.resourceTemplates.map(({ term }) => term)).toContain('small');
    expect(catalogue.model.descends(`${infrastructure}storagelink`, 'http://schemas.ogf.org/occi/core#link')).toBe(
      true,
    );
    expect(catalogue.model.definitions(`${infrastructure}compute`, []).get('occi.compute.cores')?.type).toBe('number');
    expect(() => catalogue.resolve('lamp', 'kind')).toThrow(/no kind "lamp"; it has .*compute/);
  });

  it('creates a machine with links, acts on it, changes it and deletes it', async () => {
    const network = await client.create({ kind: 'network', attributes: { [core.title]: 'Ünder "ground"; \\ a, b=c' } });
    expect(network).toMatch(`${gateway.url}/network/`);
    const machine = await client.create({
      kind: 'compute',
      mixins: ['os_tpl#debian-13', 'resource_tpl#small'],
      attributes: { 'occi.core.title': 'One', 'occi.compute.hostname': 'one' },
      links: [{ target: network, attributes: { [core.title]: 'Plug' } }],
    });
    const active = await settled(machine, ['active']);
    expect(active).toMatchObject({
      url: machine,
      kind: `${infrastructure}compute`,
      attributes: { [core.title]: 'One', 'occi.compute.cores': 1, [state]: 'active' },
      links: [
        {
          target: network,
          targetKind: `${infrastructure}network`,
          kind: `${infrastructure}networkinterface`,
          attributes: { [core.title]: 'Plug' },
        },
      ],
    });
    expect(active?.mixins.map((id) => id.slice(id.indexOf('#') + 1))).toEqual(['debian-13', 'small']);
    expect(active?.actions).toContain(`${infrastructure.slice(0, -1)}/compute/action#stop`);
    const { entity } = await client.trigger(machine, 'stop', { method: 'graceful' });
    expect(entity?.url).toBe(machine);
    expect((await settled(machine, ['inactive']))?.attributes[state]).toBe('inactive');
    const updated = await client.update(machine, { attributes: { [core.title]: '' } });
    expect(updated.attributes[core.title] ?? '').toBe('');
    const replaced = await client.replace(machine, {
      mixins: ['os_tpl#debian-13', 'resource_tpl#small'],
      attributes: { [core.title]: 'Two' },
    });
    expect(replaced.attributes).toMatchObject({ [core.title]: 'Two' });
    expect(replaced.attributes['occi.compute.hostname']).not.toBe('one');
    expect((await client.describe(network)).attributes[core.title]).toBe('Ünder "ground"; \\ a, b=c');
    await client.delete(machine);
    await expect(client.describe(machine)).rejects.toMatchObject({ kind: 'refused', details: { status: 404 } });
  });

  it('lists, filters and pages', async () => {
    const made = new Map<string, string>();
    for (const title of ['a', 'b', 'c']) {
      const attributes = { [core.title]: title, 'occi.storage.size': 1.5 };
      made.set(title, await client.create({ kind: 'storage', attributes }));
    }
    const urls = [...made.values()];
    expect(await client.list('storage')).toEqual(urls);
    expect(await client.list(`${gateway.url}/storage/`)).toEqual(urls);
    expect(await client.list('/storage')).toEqual(urls);
    expect(await client.list('storage', { filter: { attributes: { [core.title]: 'b' } } })).toEqual([made.get('b')]);
    expect(await client.list('/', { filter: { categories: ['storage'] } })).toEqual(urls);
    expect(await client.list('storage', { page: 2, number: 2 })).toEqual([made.get('c')]);
    expect(await all(client.pages('storage', { number: 2 }))).toEqual([urls.slice(0, 2), urls.slice(2)]);
    const entities = await client.entities('storage');
    expect(entities.map(({ url }) => url)).toEqual(urls);
    expect(entities.map(({ attributes }) => attributes['occi.storage.size'])).toEqual([1.5, 1.5, 1.5]);
    await client.deleteAll('storage', { attributes: { [core.title]: 'a' } });
    expect(await client.list('storage')).toEqual(urls.slice(1));
    expect(await client.list('network')).toEqual([]);
    expect(await client.entities('network')).toEqual([]);
  });

  it('links and unlinks', async () => {
    const machine = await client.create({ kind: 'compute' });
    const storage = await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 2 } });
    const link = await client.link(machine, storage);
    expect(link).toMatch(`${gateway.url}/storagelink/`);
    const { attributes } = await client.describe(link);
    expect(new URL(String(attributes[core.source]), gateway.url).href).toBe(machine);
    expect(new URL(String(attributes[core.target]), gateway.url).href).toBe(storage);
    expect((await client.describe(machine)).links).toMatchObject([{ url: link, target: storage }]);
    await client.unlink(link);
    expect((await client.describe(machine)).links).toEqual([]);
  });

  it('brings mixins of its own, and tags with them', async () => {
    await client.addMixins([mine]);
    expect(client.catalogue.find('mine', 'mixin')).toMatchObject({ title: mine.title, location: mine.location });
    const first = await client.create({ kind: 'network' });
    const second = await client.create({ kind: 'network', mixins: ['mine'] });
    await client.tag('mine', [first]);
    expect(await client.list('mine')).toEqual(expect.arrayContaining([first, second]));
    await client.untag('mine', [second]);
    await client.untag('mine', []);
    expect(await client.list('mine')).toEqual([first]);
    await client.replaceTagged('mine', [second]);
    expect((await client.entities('mine')).map(({ url }) => url)).toEqual([second]);
    await expect(client.deleteAll('mine')).rejects.toMatchObject({ kind: 'not-offered' });
    await client.replaceTagged('mine', []);
    expect(await client.list('mine')).toEqual([]);
    await client.removeMixins(['mine']);
    expect(client.catalogue.find('mine')).toBeUndefined();
    expect((await client.list('network')).length).toBe(2);
  });

  it('acts on a collection', async () => {
    const machines = [await client.create({ kind: 'compute' }), await client.create({ kind: 'compute' })];
    for (const machine of machines) await settled(machine, ['active']);
    await client.trigger('compute', 'stop');
    for (const machine of machines) expect((await settled(machine, ['inactive']))?.attributes[state]).toBe('inactive');
  });

  it('means the action of the entity, where several have the same name', async () => {
    const storage = await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 2 } });
    await settled(storage, ['online']);
    const machine = await client.create({ kind: 'compute' });
    await settled(machine, ['active']);
    const ends = client.catalogue.actions.filter(({ term }) => term === 'resize' || term === 'offline');
    expect(ends.length).toBeGreaterThan(0);
    await client.trigger(storage, 'offline');
    expect((await settled(storage, ['offline']))?.attributes['occi.storage.state']).toBe('offline');
    await expect(client.trigger(machine, 'offline')).rejects.toMatchObject({ kind: 'refused' });
  });

  it('makes a template of a machine', async () => {
    const machine = await client.create({ kind: 'compute', mixins: ['os_tpl#debian-13'] });
    await settled(machine, ['active']);
    const { mixins } = await client.trigger(machine, 'save', { name: 'saved' });
    expect(mixins).toHaveLength(1);
    await client.refresh();
    expect(client.catalogue.osTemplates.map(({ id }) => id)).toContain(mixins[0]);
  });

  it('says what is refused, and why', async () => {
    await expect(client.create({ kind: 'storage' })).rejects.toMatchObject({
      kind: 'refused',
      details: { status: 400, said: expect.stringContaining('occi.storage.size') },
    });
    const network = await client.create({ kind: 'network' });
    const { etag = '' } = (await settled(network, ['active'])) ?? {};
    await client.update(network, { attributes: { [core.title]: 'first' } }, { ifMatch: etag });
    const late = client.update(network, { attributes: { [core.title]: 'late' } }, { ifMatch: etag });
    await expect(late).rejects.toMatchObject({ details: { status: 412 } });
    await expect(client.delete('/network/')).rejects.toMatchObject({ kind: 'not-offered' });
    const broken = client.create({ kind: 'network', attributes: { [core.title]: 'two\nlines' } });
    await expect(broken).rejects.toMatchObject({ name: 'ClientError' });
  });

  it('creates once what has an id of its own, and puts things where they are to be', async () => {
    const id = `urn:uuid:${randomUUID()}`;
    const creation = { kind: 'network', attributes: { [core.id]: id } };
    expect(await client.create(creation)).toBe(await client.create(creation));
    const url = await client.create({ kind: 'network', at: '/network/of/mine' });
    expect(url).toBe(`${gateway.url}/network/of/mine`);
    expect((await client.describe(url)).location).toBe('/network/of/mine');
    expect((await client.entities('network')).map((entity) => entity.url)).toContain(url);
  });
});
