import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Lab } from '../home-lab.ts';
import { person, startTenantsLab } from '../tenants-lab.ts';
import { type Client, client, infrastructure, iscsi, linkBetween, mixin, storageOf } from './export-lab.ts';

let lab: Lab;
let we: Client;
let others: Client;
beforeAll(async () => {
  lab = await startTenantsLab({ cdmi: true });
  we = client(lab, person(lab, 'ours'));
  others = client(lab, person(lab, 'theirs'));
});
afterAll(() => lab.close());

describe('ISO/IEC 17826 §13: containers exported to OCCI', () => {
  it('[CDMI-X1] [CDMI-X2] one given at creation names the storage that stands for it', async () => {
    const made = await we.cdmi('PUT', 'made/', { exports: { 'OCCI/iSCSI': { identifier: '' } } });
    expect(made.status, made.text).toBe(201);
    const { objectID, exports } = made.json() as Awaited<ReturnType<Client['container']>>;
    const storage = storageOf({ objectID, exports: exports ?? {}, children: [] });
    expect(exports).toEqual({
      'OCCI/iSCSI': { identifier: objectID, permissions: [], storage: `${base}${storage}` },
    });
    expect(await we.show(storage)).toMatchObject({
      kind: `${infrastructure}storage`,
      title: 'made',
      mixins: [mixin],
      attributes: {
        'occi.storage.state': 'online',
        'cdmi.objectid': objectID,
        'cdmi.uri': `/cdmi/cdmi_objectid/${objectID}/`,
        'cdmi.protocols': 'OCCI/iSCSI',
      },
    });
    expect((await we.cdmi('GET', `cdmi_objectid/${objectID}/`)).json()).toMatchObject({ exports });
  });

  it('[CDMI-X1] [CDMI-C8] an update exports it, changes how, and takes that away; one that says nothing leaves it', async () => {
    const update = async (value: object) => expect((await we.cdmi('PUT', 'later/', value)).status).toBe(204);
    expect((await we.cdmi('PUT', 'later/', {})).status).toBe(201);
    expect(await we.container('later/')).not.toHaveProperty('exports');
    await update({ exports: iscsi });
    const storage = storageOf(await we.container('later/'));
    await update({ metadata: { a: '1' } });
    await update({ exports: { ...iscsi, 'OCCI/NFSv4': { permissions: 'http://elsewhere.test/compute/7' } } });
    const { exports = {} } = await we.container('later/');
    expect(exports['OCCI/NFSv4']?.permissions).toEqual(['http://elsewhere.test/compute/7']);
    expect(storageOf(await we.container('later/'))).toBe(storage);
    expect((await we.show(storage)).attributes['cdmi.protocols']).toBe('OCCI/iSCSI OCCI/NFSv4');
    await update({ exports });
    expect((await we.container('later/')).exports).toEqual(exports);
    await update({ exports: {} });
    expect(await we.container('later/')).not.toHaveProperty('exports');
    expect((await we.occi('GET', storage)).status).toBe(404);
  });

  it('[CDMI-X7] exports are selected, also by protocol', async () => {
    await we.cdmi('PUT', 'both/', { exports: { ...iscsi, 'OCCI/NFSv4': {} } });
    const names = async (query: string) => {
      const shown = (await we.cdmi('GET', `both/?${query}`)).json() as Awaited<ReturnType<Client['container']>>;
      expect(Object.keys(shown)).toEqual(['exports']);
      return Object.keys(shown.exports ?? {});
    };
    expect(await names('exports')).toEqual(['OCCI/iSCSI', 'OCCI/NFSv4']);
    expect(await names('exports:protocol=OCCI/NFSv4,user=anna')).toEqual(['OCCI/NFSv4']);
  });

  it.each([
    ['another protocol', { 'Network/Gopher': {} }],
    ['another standard', { 'OCCI/Gopher': {} }],
    ['no object', { 'OCCI/iSCSI': 'all' }],
    ['another ID', { 'OCCI/iSCSI': { identifier: '00007ED90010D891022876A8DE0BC0FD' } }],
    ['a machine that is not linked', { 'OCCI/iSCSI': { permissions: [`${base}/compute/x`] } }],
    ['no URI', { 'OCCI/iSCSI': { permissions: ['not one'] } }],
    ['a number', { 'OCCI/iSCSI': { permissions: [7] } }],
  ])('[CDMI-X4] %s is 400, and nothing is made', async (_, exports) => {
    const before = await we.storages();
    expect((await we.cdmi('PUT', 'not/', { exports })).status).toBe(400);
    expect((await we.cdmi('GET', 'not/')).status).toBe(404);
    expect(await we.storages()).toEqual(before);
  });

  it('[CDMI-X8] neither a copy nor a data object is exported', async () => {
    await we.exported('source/');
    expect((await we.cdmi('PUT', 'copy/', { copy: '/cdmi/source/' })).status).toBe(201);
    expect(await we.container('copy/')).not.toHaveProperty('exports');
    expect((await we.cdmi('PUT', 'o', { value: 'x', exports: iscsi }, 'object')).status).toBe(400);
  });

  it('[CDMI-X8] neither is a snapshot, which cannot be linked; what is serialized tells of exports', async () => {
    const source = await we.exported('model/');
    expect((await we.cdmi('PUT', 'model/', { snapshot: 's' })).status).toBe(204);
    const image = 'model/cdmi_snapshots/s/';
    expect(await we.container(image)).not.toHaveProperty('exports');
    const linked = await we.occi('POST', '/storagelink/', linkBetween(await we.compute(), `/cdmi/${image}`));
    expect(linked.status).toBe(400);
    const storages = await we.storages();
    expect((await we.cdmi('PUT', image, { exports: iscsi })).status).toBe(403);
    expect((await we.cdmi('PUT', 'model/', { snapshot: 's' })).status).toBe(204);
    expect(await we.storages()).toEqual(storages);
    expect((await we.cdmi('PUT', 'text', { serialize: '/cdmi/model/' }, 'object')).status).toBe(201);
    const { text } = await lab.request('GET', '/cdmi/text', { headers: { 'x-who': 'anna ours member' } });
    expect(JSON.parse(text)).toMatchObject({ objectID: source.objectID, exports: source.exports });
    expect((await we.cdmi('PUT', 'again/', { deserialize: '/cdmi/text' })).status).toBe(201);
    expect(await we.container('again/')).not.toHaveProperty('exports');
  });

  it('a container that is moved keeps its storage', async () => {
    const before = await we.exported('here/');
    await we.cdmi('PUT', 'top/', {});
    expect((await we.cdmi('PUT', 'top/there/', { move: '/cdmi/here/' })).status).toBe(201);
    const after = await we.container('top/there/');
    expect(after.exports).toEqual(before.exports);
    expect((await we.cdmi('GET', `cdmi_objectid/${before.objectID}/`)).status).toBe(200);
  });

  it('deleting a container takes the storage of all that is in it along', async () => {
    await we.cdmi('PUT', 'tree/', {});
    await we.cdmi('PUT', 'tree/branch/', {});
    const storages = [await we.exported('tree/branch/leaf/'), await we.exported('tree/other/')].map((one) =>
      storageOf(one),
    );
    const stays = storageOf(await we.exported('beside/'));
    expect(await we.storages()).toEqual(expect.arrayContaining(storages));
    expect((await we.cdmi('DELETE', 'tree/')).status).toBe(204);
    const left = await we.storages();
    expect(left.filter((one) => storages.includes(one))).toEqual([]);
    expect(left).toContain(stays);
  });
});

describe('GFD.224 §3.4.3: links to containers', () => {
  let machine: string;
  beforeAll(async () => {
    machine = await we.compute();
  });

  it('[CDMI-X3] [INF-28] [INF-29] a link has the object ID, and permits the machine for as long as it is there', async () => {
    const { objectID, exports } = await we.exported('linked/');
    const storage = storageOf({ objectID, exports: exports ?? {}, children: [] });
    const link = await we.link(machine, storage);
    expect(await we.show(link)).toMatchObject({
      attributes: { 'occi.storagelink.deviceid': objectID, 'occi.storagelink.state': 'active' },
      target: { location: storage },
    });
    const permitted = async () => (await we.container('linked/')).exports?.['OCCI/iSCSI']?.permissions;
    expect(await permitted()).toEqual([base + machine]);
    // Who goes by the standard's own example says so himself, which changes nothing.
    const repeated = { 'OCCI/iSCSI': { identifier: objectID, permissions: `${base}${machine}/` } };
    expect((await we.cdmi('PUT', 'linked/', { exports: repeated })).status).toBe(204);
    expect(await permitted()).toEqual([base + machine]);
    const without = { 'OCCI/iSCSI': { permissions: [] } };
    expect((await we.cdmi('PUT', 'linked/', { exports: without })).status).toBe(409);
    expect((await we.occi('DELETE', link)).status).toBe(200);
    expect(await permitted()).toEqual([]);
  });

  it.each([
    [
      'the URI of the container',
      (id: string) => linkBetween(machine, '/cdmi/named/', { 'occi.storagelink.deviceid': id }),
    ],
    ['its absolute URI by ID', (id: string) => linkBetween(machine, `${base}/cdmi/cdmi_objectid/${id}/`)],
    ['nothing but the object ID', (id: string) => linkBetween(machine, undefined, { 'occi.storagelink.deviceid': id })],
  ])('[INF-29] the target can be named by %s', async (_, linkTo) => {
    const container = await we.exported('named/');
    const made = await we.occi('POST', '/storagelink/', linkTo(container.objectID));
    expect(made.status, made.text).toBe(201);
    expect(made.json()).toMatchObject({
      target: { location: storageOf(container) },
      attributes: { 'occi.storagelink.deviceid': container.objectID },
    });
    const { location } = made.json() as { location?: string };
    const path = location ?? new URL(made.headers.get('location') as string).pathname;
    expect((await we.occi('DELETE', path)).status).toBe(200);
    expect((await we.cdmi('DELETE', 'named/')).status).toBe(204);
  });

  it('a link that says two things, or leads to what is not exported, is refused', async () => {
    const one = await we.exported('one/');
    await we.cdmi('PUT', 'plain/', {});
    const two = { 'occi.storagelink.deviceid': '/dev/vdb' };
    for (const link of [
      linkBetween(machine, storageOf(one), two),
      linkBetween(machine, '/cdmi/plain/'),
      linkBetween(machine, '/cdmi/nowhere/'),
    ]) {
      const answer = await we.occi('POST', '/storagelink/', link);
      expect(answer.status, answer.text).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'bad-reference' });
    }
  });

  it('a machine that comes with its link is linked; when it goes, so does the link', async () => {
    const container = await we.exported('together/');
    const made = await we.occi('POST', '/compute/', {
      kind: `${infrastructure}compute`,
      links: [{ kind: `${infrastructure}storagelink`, target: { location: storageOf(container) } }],
    });
    expect(made.status, made.text).toBe(201);
    const path = new URL(made.headers.get('location') as string).pathname;
    const permitted = async () => (await we.container('together/')).exports?.['OCCI/iSCSI']?.permissions;
    expect(await permitted()).toEqual([base + path]);
    expect((await we.occi('DELETE', path)).status).toBe(200);
    expect(await permitted()).toEqual([]);
  });

  it('[CDMI-G17] while a machine is linked neither the export nor the container can go', async () => {
    const container = await we.exported('kept/');
    const link = await we.link(machine, storageOf(container));
    for (const answer of [await we.cdmi('PUT', 'kept/', { exports: {} }), await we.cdmi('DELETE', 'kept/')]) {
      expect(answer.status).toBe(409);
      expect(answer.text).toContain(link);
    }
    expect((await we.container('kept/')).exports).toBeDefined();
    await we.occi('DELETE', link);
    expect((await we.cdmi('DELETE', 'kept/')).status).toBe(204);
  });
});

describe('storage that stands for a container', () => {
  it('goes on the side of OCCI: the container stays, without its export', async () => {
    const container = await we.exported('stays/');
    const machine = await we.compute();
    const link = await we.link(machine, storageOf(container));
    expect((await we.occi('DELETE', storageOf(container))).status).toBe(200);
    expect((await we.occi('GET', link)).status).toBe(404);
    expect(await we.container('stays/')).not.toHaveProperty('exports');
    expect((await we.cdmi('PUT', 'stays/', { exports: iscsi })).status).toBe(204);
    expect(storageOf(await we.container('stays/'))).not.toBe(storageOf(container));
  });

  it('has no actions: what holds already is well, and nothing else is possible', async () => {
    const path = storageOf(await we.exported('still/'));
    expect((await we.show(path)).actions ?? []).toEqual([]);
    const act = (term: string) =>
      we.occi('POST', `${path}?action=${term}`, {
        action: `http://schemas.ogf.org/occi/infrastructure/storage/action#${term}`,
        ...(term === 'resize' && { attributes: { size: 5 } }),
      });
    expect((await act('online')).status).toBe(200);
    for (const term of ['offline', 'snapshot', 'resize']) expect((await act(term)).status).toBe(409);
    expect((await we.show(path)).attributes['occi.storage.state']).toBe('online');
  });

  it('can be renamed, and not resized', async () => {
    const path = storageOf(await we.exported('large/'));
    expect((await we.occi('POST', path, { title: 'Larger' })).status).toBe(200);
    expect((await we.show(path)).title).toBe('Larger');
    const answer = await we.occi('POST', path, { attributes: { 'occi.storage.size': 20 } });
    expect(answer.status).toBe(403);
  });

  it('can be put back as it was shown', async () => {
    const path = storageOf(await we.exported('echoed/'));
    const shown = await we.show(path);
    const answer = await we.occi('PUT', path, shown);
    expect(answer.status, answer.text).toBe(200);
    expect(await we.show(path)).toEqual(shown);
  });

  it('has a mixin that clients neither put on anything nor take off', async () => {
    const path = storageOf(await we.exported('mixed/'));
    const volume = { kind: `${infrastructure}storage`, attributes: { 'occi.storage.size': 1 } };
    const made = await we.occi('POST', '/storage/', volume);
    const other = new URL(made.headers.get('location') as string).pathname;
    for (const answer of [
      await we.occi('POST', '/storage/', { ...volume, mixins: [mixin] }),
      await we.occi('POST', other, { mixins: [mixin] }),
      await we.occi('POST', '/cdmi_container/', { resources: [{ ...volume, location: other, id: other.slice(9) }] }),
      await we.occi('DELETE', '/cdmi_container/'),
      await we.occi('PUT', path, { ...volume, title: 'x' }),
    ]) {
      expect(answer.status, answer.text).toBe(400);
    }
    expect((await we.show(path)).mixins).toEqual([mixin]);
    expect((await we.show(other)).mixins ?? []).toEqual([]);
  });
});

describe('what belongs to another project', () => {
  it('cannot be linked, named, or found out', async () => {
    const theirs = await others.exported('secret/');
    const machine = await we.compute();
    const id = { 'occi.storagelink.deviceid': theirs.objectID };
    const none = '00007ED90010D891022876A8DE0BC0FD';
    const answers = [
      await we.occi('POST', '/storagelink/', linkBetween(machine, storageOf(theirs))),
      await we.occi('POST', '/storagelink/', linkBetween(machine, `/cdmi/cdmi_objectid/${theirs.objectID}/`)),
      await we.occi('POST', '/storagelink/', linkBetween(machine, '/cdmi/secret/')),
      await we.occi('POST', '/storagelink/', linkBetween(machine, undefined, id)),
    ];
    for (const answer of answers) expect(answer.status, answer.text).toBe(400);
    const missing = await we.occi(
      'POST',
      '/storagelink/',
      linkBetween(machine, undefined, { 'occi.storagelink.deviceid': none }),
    );
    const told = (answer: { json(): unknown }) => (answer.json() as { detail: string }).detail;
    expect(told(answers[3] as { json(): unknown }).replace(theirs.objectID, none)).toBe(told(missing));
    const foreign = { 'OCCI/iSCSI': { permissions: [base + (await others.compute())] } };
    expect((await we.cdmi('PUT', 'mine/', { exports: foreign })).status).toBe(400);
    expect((await others.container('secret/')).exports?.['OCCI/iSCSI']?.permissions).toEqual([]);
  });
});

describe('where exports are told of', () => {
  it('[CDMI-X4] the capabilities and the query interface name them', async () => {
    const capabilities = async (path: string) =>
      ((await we.cdmi('GET', `cdmi_capabilities/${path}`, undefined, 'capability')).json() as { capabilities: object })
        .capabilities;
    expect(await capabilities('')).toMatchObject({ cdmi_export_occi_iscsi: 'true' });
    expect(await capabilities('container/')).toMatchObject({ cdmi_export_container_occi: 'true' });
    const { mixins } = (await we.occi('GET', '/-/')).json() as { mixins: { scheme: string; term: string }[] };
    expect(mixins.filter(({ scheme, term }) => scheme + term === mixin)).toHaveLength(1);
  });

  it('neither does where they are off', async () => {
    const without = await startTenantsLab({ cdmi: true, cdmiExports: [] });
    const off = await startTenantsLab();
    try {
      const one = client(without);
      expect((await one.cdmi('PUT', 'k/', { exports: iscsi })).status).toBe(400);
      const tree = await one.cdmi('GET', 'cdmi_capabilities/', undefined, 'capability');
      expect(tree.text).not.toContain('export');
      expect((await client(off).occi('GET', '/-/')).text).not.toContain('cdmi');
    } finally {
      await Promise.all([without.close(), off.close()]);
    }
  });
});
