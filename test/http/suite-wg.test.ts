import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementsOf } from './grammar.ts';
import { type Lab, startLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const compute = `compute; scheme="${infrastructure}"`;
const start = 'start; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"';
const wellKnown = '/.well-known/org/ogf/occi/-/';

/**
 * The compliance tests of the OCCI working group (`test_occi_11.py`) and doyouspeakOCCI, which asks the same with
 * other names, as sequences. Everything is text/occi unless said otherwise, and only 200 counts for most steps.
 */
describe.each([
  {
    suite: 'working group',
    id: 'my_stuff; scheme="http://example.com/occi/my_stuff#"',
    rel: 'http://example.com/occi/something_else#mixin',
    location: '/my_stuff/',
    hostname: 'foo bar baz',
  },
  {
    suite: 'doyouspeakOCCI',
    id: 'i_do; scheme="http://doyouspeakocci.appspot.com/mixin#"',
    rel: 'http://doyouspeakocci.appspot.com/mixin#do_you',
    location: '/dyso/',
    hostname: 'dyso::6f0a4bd1',
  },
])('the $suite suite [H11-4-a]', ({ id, rel, location, hostname }) => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startLab({ fakeDelayMs: 100 });
    client = speakTo(lab);
  });
  afterAll(() => lab.close());

  const mixin = `${id}; class="mixin"; rel="${rel}"; location="${location}"`;
  const status = async (...request: Parameters<Speaker['occi']>) => (await client.occi(...request)).status;
  const create = async (headers: Readonly<Record<string, string>>) => {
    const answer = await client.occi('POST', '/', headers);
    expect([200, 201]).toContain(answer.status);
    return answer.headers.get('location') ?? '';
  };

  it('3.4.1 query interface: retrieval, filter, adding and removing a mixin', async () => {
    expect(
      (await client.raw('GET', wellKnown, { headers: { accept: 'text/plain', 'content-type': 'text/occi' } })).status,
    ).toBe(200);
    const filtered = await client.occi('GET', wellKnown, { category: compute });
    expect(filtered.status).toBe(200);
    expect(filtered.headers.get('category')).not.toContain(',');
    expect(filtered.headers.get('category')).toMatch(/^compute; /);
    const inText = { accept: 'text/plain' };
    expect(await status('POST', wellKnown, { ...inText, category: mixin })).toBe(200);
    expect(await status('DELETE', wellKnown, { ...inText, category: `${mixin};` })).toBe(200);
  });

  it('3.4.2, 3.4.3 paths and collections', async () => {
    const first = await create({ category: `compute;scheme="${infrastructure}"` });
    const second = await create({ category: compute, 'x-occi-attribute': `occi.compute.hostname="${hostname}"` });
    const listed = (await client.occi('GET', '/compute/')).headers.get('x-occi-location')?.split(', ') ?? [];
    expect(listed.toSorted()).toEqual([first, second].toSorted());
    const lines = (await client.raw('GET', '/compute/', { headers: { accept: 'text/uri-list' } })).text.split('\n');
    expect(lines.map((line) => line.trim())).toEqual(listed);

    expect(await status('POST', '/compute/?action=start', { category: start })).toBe(200);

    expect(await status('POST', '/-/', { category: mixin })).toBe(200);
    expect(await status('POST', location, { 'x-occi-location': first })).toBe(200);
    const entity = await client.occi('GET', pathOf(first));
    expect(entity.headers.get('category')).toContain(id.split(';')[0]);
    expect((await client.occi('GET', '/')).headers.get('x-occi-location')).toBeTruthy();
    expect(await status('PUT', location, { 'x-occi-location': second })).toBe(200);
    expect((await client.occi('GET', location)).headers.get('x-occi-location')).toBe(second);
    const byMixin = await client.occi('GET', '/compute/', { category: mixin });
    expect(byMixin.headers.get('x-occi-location')).toBe(second);
    const byName = await client.occi('GET', '/compute/', { 'x-occi-attribute': `occi.compute.hostname="${hostname}"` });
    expect(byName.headers.get('x-occi-location')).toBe(second);
    expect(await status('DELETE', location, { 'x-occi-location': second })).toBe(200);
    expect(await status('DELETE', '/-/', { category: mixin })).toBe(200);
    expect(await status('DELETE', '/compute/')).toBe(200);
    expect((await client.occi('GET', '/compute/')).headers.get('x-occi-location')).toBeNull();
  });

  it('3.4.4 entities', async () => {
    const path = pathOf(await create({ category: compute }));
    const link = (await client.occi('GET', path)).headers.get('link') ?? '';
    // The suite takes the text of the first link, from the second character on, as a path below the server.
    const action = link.slice(1, link.indexOf('>'));
    expect(action).toBe(`${path}?action=start`);
    expect(await status('POST', action, { category: start })).toBe(200);
    expect(await status('POST', path, { 'x-occi-attribute': 'occi.compute.hostname="foobar"' })).toBe(200);
    const put = { category: compute, 'x-occi-attribute': 'foo="bar"' };
    expect([200, 201, 400]).toContain(await status('PUT', '/123', put));
    expect(await status('PUT', path, { category: compute, 'x-occi-attribute': 'occi.core.title="updated"' })).toBe(200);
    expect((await client.occi('GET', path)).headers.get('x-occi-attribute')).toContain('occi.core.title="updated"');
    expect(await status('DELETE', path)).toBe(200);
  });

  it('3.4.5 links', async () => {
    const machine = await create({ category: compute });
    const network = await create({ category: `network; scheme="${infrastructure}"` });
    const interface1 = await create({
      category: `networkinterface; scheme="${infrastructure}"`,
      'x-occi-attribute': `occi.core.source="${machine}", occi.core.target="${network}"`,
    });
    const attributes = (await client.occi('GET', pathOf(interface1))).headers.get('x-occi-attribute');
    expect(attributes).toContain(`occi.core.source="${pathOf(machine)}"`);
    expect(attributes).toContain(`occi.core.target="${pathOf(network)}"`);
    expect(await status('DELETE', pathOf(machine))).toBe(200);
    const linked = await create({
      category: compute,
      link: `<${network}>; rel="${infrastructure}network"; category="${infrastructure}networkinterface";`,
    });
    expect((await client.occi('GET', pathOf(linked))).headers.get('link')).toContain(`<${pathOf(network)}>`);
    expect(await status('DELETE', pathOf(linked))).toBe(200);
    expect(await status('DELETE', pathOf(network))).toBe(200);
  });

  it('3.5 syntax: categories as a regular expression sees them, and escaped quotes', async () => {
    const strict = /^\w+; \bscheme=[a-z:./#"]*; \bclass="(?:action|kind|mixin)"/;
    const second = (await client.plain('GET', '/-/')).text.split('\n')[1] ?? '';
    expect(second).toMatch(/^Category: \S/);
    expect(second.slice('Category: '.length)).toMatch(strict);
    expect((await client.occi('GET', '/-/')).headers.get('category')).toMatch(strict);
    const title = `Quote escaping m'kay? \\", occi.compute.memory=1.0`;
    const path = pathOf(
      await create({ category: compute, 'x-occi-attribute': `occi.compute.memory=3.6, occi.core.title="${title}"` }),
    );
    const { text } = await client.plain('GET', path);
    expect(Number(attribute(text, 'occi.compute.memory'))).toBe(3.6);
    expect(attribute(text, 'occi.core.title')).toBe(`"${title}"`);
  });

  it('3.6 version, types, RFC 5785', async () => {
    expect((await client.plain('GET', '/')).headers.get('server')).toContain('OCCI/1.1');
    const type = async (accept: string) =>
      (await client.raw('GET', '/-/', { headers: { accept } })).headers.get('content-type')?.split(';')[0];
    expect([await type('text/plain'), await type('text/occi')]).toEqual(['text/plain', 'text/occi']);
    const [here, there] = [await client.occi('GET', '/-/'), await client.occi('GET', wellKnown)];
    expect(here.headers.get('category')).toBe(there.headers.get('category'));
  });

  it('GFD.184: the infrastructure of OCCI 1.1 is all there [D2]', async () => {
    const categories = elementsOf((await client.occi('GET', '/-/')).headers.get('category'));
    const named = (term: string) => categories.find((category) => category.startsWith(`${term};`)) ?? '';
    const attributes: Readonly<Record<string, readonly string[]>> = {
      compute: ['architecture', 'cores', 'hostname', 'speed', 'memory', 'state'].map((name) => `occi.compute.${name}`),
      network: ['vlan', 'label', 'state'].map((name) => `occi.network.${name}`),
      storage: ['size', 'state'].map((name) => `occi.storage.${name}`),
      storagelink: ['deviceid', 'mountpoint', 'state'].map((name) => `occi.storagelink.${name}`),
      networkinterface: ['interface', 'mac', 'state'].map((name) => `occi.networkinterface.${name}`),
      ipnetwork: ['address', 'gateway', 'allocation'].map((name) => `occi.network.${name}`),
    };
    for (const [term, names] of Object.entries(attributes))
      for (const name of names) expect(named(term)).toContain(name);
    for (const term of [
      'start',
      'stop',
      'restart',
      'suspend',
      'up',
      'down',
      'online',
      'offline',
      'backup',
      'snapshot',
      'resize',
    ]) {
      expect(named(term)).toContain('class="action"');
    }
    expect(named('ipnetwork')).not.toContain('rel=');
  });
});
