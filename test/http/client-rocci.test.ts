import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valuesOf } from './grammar.ts';
import { type Lab, startLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const small = 'small;scheme="http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#";class="mixin"';
const debian = 'debian-13;scheme="http://localhost/occi/infrastructure/os_tpl#";class="mixin"';
const id = '77e5988e-528e-4e1e-925e-1b22714463f7';

/** What rOCCI-api 4.2, 4.3 and the `occi` command send, as recorded. */
describe.each(['text/plain,text/occi', 'text/plain', 'text/occi'])('rOCCI with %s', (type) => {
  let lab: Lab;
  let client: Speaker;
  beforeEach(async () => {
    lab = await startLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const agent = { 'user-agent': 'rOCCI-core/4.3.6 rOCCI-api/4.3.10 OCCI/1.1 ruby-x86_64-linux/2.3.1p112' };
  /** Lines in the body, or as folded headers, joined by commas without blanks. */
  const send = (method: string, path: string, lines: readonly string[] = []) => {
    const headers = { ...agent, accept: type, 'content-type': type };
    if (type !== 'text/occi')
      return client.raw(method, path, { headers, ...(lines.length ? { body: lines.join('\n') } : {}) });
    const fields = Map.groupBy(lines, (line) => line.slice(0, line.indexOf(':')));
    const folded = [...fields].map(([name, all]) => [name, all.map((line) => line.slice(name.length + 2)).join(',')]);
    return client.raw(method, path, { headers: { ...headers, ...Object.fromEntries(folded) } });
  };
  const get = async (path: string) => (await client.plain('GET', path)).text;
  const create = async (collection: string, lines: readonly string[]) => {
    const { status, headers, text } = await send('POST', collection, lines);
    expect(status, text).toBe(201);
    return pathOf(headers.get('location'));
  };
  const category = (term: string) => `Category: ${term};scheme="${infrastructure}";class="kind"`;

  it('T1: probes, and finds the model and its templates [A16]', async () => {
    const probe = await client.raw('GET', '/-/', { headers: { ...agent, accept: 'text/plain,text/occi;q=0.2' } });
    expect([probe.status, probe.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/plain']);
    expect((await client.raw('GET', '/', { headers: agent })).headers.get('accept')).toContain('text/plain');
    const line = /^Category: [^;]+; scheme="[^"]+"; class="mixin"; title="[^"]+"; rel="([^"]+)"; location="[^"]+"/gm;
    const related = [...probe.text.matchAll(line)].map(([, rel]) => rel);
    expect(related).toContain(`${infrastructure}os_tpl`);
    expect(related).toContain(`${infrastructure}resource_tpl`);
  });

  it('T1, T2: storage, network and a machine on them, with ids and guesses of its own', async () => {
    const storage = await create('/storage/', [category('storage'), 'X-OCCI-Attribute: occi.storage.size=0.006']);
    expect(attribute(await get(storage), 'occi.storage.size')).toBe('0.006');
    const network = await create('/network/', [category('network'), 'X-OCCI-Attribute: occi.core.title="net"']);
    const link = (kind: string, end: string, target: string) =>
      `Link: <${target}>;rel="${infrastructure}${end}";self="/${kind}/im-1";category="${infrastructure}${kind}";` +
      `occi.core.id="im-1";occi.core.target="${target}";occi.core.source="/compute/${id}"`;
    const machine = await create('/compute/', [
      category('compute'),
      `Category: ${debian}`,
      `Category: ${small}`,
      'Category: user_data;scheme="http://schemas.openstack.org/compute/instance#";class="mixin"',
      'Category: public_key;scheme="http://schemas.openstack.org/instance/credentials#";class="mixin"',
      `X-OCCI-Attribute: occi.core.id="${id}"`,
      'X-OCCI-Attribute: occi.core.title="My rOCCI VM"',
      'X-OCCI-Attribute: occi.compute.hostname="My rOCCI VM"',
      `X-OCCI-Attribute: org.openstack.compute.user_data="${btoa('#cloud-config')}"`,
      'X-OCCI-Attribute: org.openstack.credentials.publickey.data="ssh-rsa AAAA me@home"',
      link('storagelink', 'storage', storage),
      link('networkinterface', 'network', network),
    ]);
    expect(machine).toBe(`/compute/${id}`);
    const text = await get(machine);
    for (const target of [storage, network]) expect(text).toContain(`\nLink: <${target}>; `);
    expect(await client.list('/compute/', agent)).toEqual([`http://occi.lab.test${machine}`]);
    await expect.poll(async () => attribute(await get(machine), 'occi.compute.state')).toBe('"active"');
  });

  it('T1: starts, stops, saves and resizes a machine [A10]', async () => {
    const machine = await create('/compute/', [category('compute'), `Category: ${debian}`]);
    const state = async () => attribute(await get(machine), 'occi.compute.state');
    await expect.poll(state).toBe('"active"');
    const act = (term: string, ...more: readonly string[]) =>
      send('POST', `${machine}?action=${term}`, [`Category: ${term};scheme="${action}";class="action"`, ...more]);
    expect((await act('stop', 'X-OCCI-Attribute: method="acpioff"')).status).toBe(200);
    await expect.poll(state).toBe('"inactive"');
    expect((await act('start')).status).toBe(200);
    await expect.poll(state).toBe('"active"');
    expect((await send('POST', machine, [`Category: ${small}`])).status).toBe(200);
    expect(await get(machine)).toContain('\nCategory: small; ');
    await expect.poll(async () => attribute(await get(machine), 'occi.compute.state.message')).toBeUndefined();
    const saved = await act('save');
    expect(saved.status, saved.text).toBe(200);
    const template = type === 'text/occi' ? saved.headers.get('category') : valuesOf(saved.text, 'Category')[0];
    expect(template).toMatch(/^[^;]+; scheme="http:\/\/localhost\/occi\/infrastructure\/os_tpl#"; class="mixin"/);
    expect(await get('/-/')).toContain(template?.slice(0, template.indexOf('; class')));
  });

  it('T1: links, unlinks and deletes; then it is 404 [A9] [A19]', async () => {
    const machine = await create('/compute/', [category('compute')]);
    const network = await create('/network/', [category('network')]);
    const link = await create('/networkinterface/', [
      category('networkinterface'),
      `X-OCCI-Attribute: occi.core.source="${machine}"`,
      `X-OCCI-Attribute: occi.core.target="${network}"`,
    ]);
    expect(await get(machine)).toContain(`self="${link}"`);
    for (const path of [link, machine, network]) {
      expect((await send('DELETE', path)).status).toBe(200);
      expect((await send('GET', path)).status).toBe(404);
    }
  });
});

describe('rOCCI with application/occi+json', () => {
  it('T1: nested attributes, with the id inside and outside [JSON-X-b]', async () => {
    const lab = await startLab();
    const client = speakTo(lab);
    const attributes = { occi: { core: { id, title: 'spec' }, storage: { size: 0.006 } } };
    const { status, headers } = await client.json('POST', '/storage/', {
      resources: [{ kind: `${infrastructure}storage`, attributes, id }],
    });
    expect([status, pathOf(headers.get('location'))]).toEqual([201, `/storage/${id}`]);
    const { json } = await client.json('GET', `/storage/${id}`);
    expect(json()).toMatchObject({ title: 'spec', attributes: { 'occi.storage.size': 0.006 } });
    const compute = await client.json('POST', '/compute/', { resources: [{ kind: `${infrastructure}compute` }] });
    const path = pathOf(compute.headers.get('location'));
    const act = { action: `${action}start`, attributes: {} };
    expect((await client.json('POST', `${path}?action=start`, act)).status).toBe(200);
    await lab.close();
  });
});
