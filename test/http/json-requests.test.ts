import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import * as rules from './json-rules.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const action = 'http://lab.test/occi/home/lamp/action#';
const attributes = { 'test.lab.watts': 9 };
const lamp = { kind: `${home}lamp`, attributes };
const uuid = 'f3b6b2d2-7f2e-4b67-8a4e-2d1c5b9a0e01';

describe('GFD.226: what is read as JSON', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const create = (value: unknown) => client.json('POST', '/lamp/', value);

  it('is an entity without an id, which then gets one [JSON-3.1.1-b]', async () => {
    for (const value of [lamp, { ...lamp, id: '' }]) {
      const { status, json, headers } = await create(value);
      expect(status).toBe(201);
      rules.expectEntity(json());
      expect(json()).toMatchObject({ id: `urn:uuid:${pathOf(headers.get('location')).slice(6)}` });
    }
  });

  it('is an entity with an id: a UUID is adopted, another one replaced [JSON-3.1.1-b]', async () => {
    const adopted = await create({ ...lamp, id: `urn:uuid:${uuid}` });
    expect(adopted.headers.get('location')).toBe(`${base}/lamp/${uuid}`);
    const other = await create({ ...lamp, id: 'Lamp_1700000000' });
    expect(other.status).toBe(201);
    expect(other.json()).toMatchObject({ id: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/) });
    const taken = await create({ ...lamp, id: `urn:uuid:${uuid}`, title: 'not the same' });
    expect(taken.status).toBe(409);
  });

  it('is the top-level members, and their copies among the attributes where they agree [JSON-3.1.1-c]', async () => {
    const { status, json } = await create({
      ...lamp,
      title: 'a',
      attributes: { ...attributes, 'occi.core.title': 'a' },
    });
    expect(status).toBe(201);
    expect(json()).toMatchObject({ title: 'a' });
  });

  it('may carry what is derived, which is ignored [JSON-3.1.1-d] [JSON-3.1.1-e]', async () => {
    const { status, json } = await create({ ...lamp, actions: [`${action}off`], location: '/lamp/mine' });
    expect(status).toBe(201);
    expect(json()).toMatchObject({ actions: [`${action}on`] });
  });

  it.each([
    ['without id and source', { kind: `${home}plug`, target: { location: S1 } }],
    ['with a string as target', { kind: `${home}plug`, target: S1 }],
    ['with rel, as a draft had it', { kind: `${home}plug`, target: { location: base + S1 }, rel: `${home}socket` }],
  ])('creates the links inside of a resource, %s [JSON-3.1.1-e] [JSON-3.1.2-a] [JSON-3.1.2.1-a]', async (_, link) => {
    const { status, json, headers, text } = await create({ ...lamp, links: [link] });
    expect(status, text).toBe(201);
    const source = { location: pathOf(headers.get('location')), kind: `${home}lamp` };
    expect(json()).toMatchObject({ links: [{ source, target: { location: S1, kind: `${home}socket` } }] });
    rules.expectEntity(json());
  });

  it('is an action invocation: action, and attributes [JSON-3.1.1.1-a]', async () => {
    const on = await client.json('POST', `${L1}?action=on`, { action: `${action}on`, attributes: { ramp: 2 } });
    expect(on.status).toBe(200);
    expect(on.json()).toMatchObject({ attributes: { 'test.lab.state': 'on' } });
    for (const value of [{}, { attributes: { ramp: 2 } }, { action: `${action}on` }, { action: 'off' }]) {
      expect((await client.json('POST', `${L1}?action=off`, value)).status).toBe(400);
    }
  });

  it('creates several entities at once, links among them, or nothing [JSON-3.3-f] [D12] [D37] [H11-3.6.4-a]', async () => {
    const socket = { kind: `${home}socket`, id: `urn:uuid:${uuid}` };
    const plug = { kind: `${home}plug`, source: { location: L1 }, target: { location: `/socket/${uuid}` } };
    const both = await client.json('POST', '/', { resources: [socket], links: [plug] });
    expect(both.status, both.text).toBe(200);
    rules.expectShape(rules.mixedCollection, both.json());
    expect(await client.list('/plug/')).toHaveLength(2);
    const before = await client.list('/');
    const half = await create({ resources: [lamp, { kind: `${home}lamp` }] });
    expect(half.status).toBe(400);
    expect(await client.list('/')).toEqual(before);
  });

  it('creates one entity from a collection of one, with its location [JSON-3.3-f]', async () => {
    const { status, headers } = await create({ resources: [lamp] });
    expect(status).toBe(201);
    expect(headers.get('location')).toMatch(`${base}/lamp/`);
    const plug = { kind: `${home}plug`, source: { location: L2 }, target: { location: S1 } };
    expect((await client.json('POST', '/plug/', { links: [plug] })).status).toBe(201);
  });

  it('names members of a collection by id [JSON-3.3-f]', async () => {
    await client.json('POST', '/-/', { mixins: [{ term: 'tag', scheme: 'http://lab.test/tags#', location: '/tag/' }] });
    const id = `urn:uuid:${L1.slice(6)}`;
    const { status, json } = await client.json('POST', '/tag/', { resources: [{ kind: `${home}lamp`, id }] });
    expect(status).toBe(200);
    expect(json()).toMatchObject({ resources: [{ id }] });
  });

  it('adds mixins to an entity without naming its kind [JSON-3.3-f]', async () => {
    const { status, json } = await client.json('POST', L1, { mixins: [`${home}dimmer`] });
    expect(status).toBe(200);
    expect(json()).toMatchObject({ mixins: [`${home}dimmer`], attributes: { 'test.lab.level': 100 } });
  });

  it('may nest attributes by their dots, as drafts did [JSON-3.5-a] [JSON-X-b]', async () => {
    const { status, json } = await create({ kind: `${home}lamp`, attributes: { test: { lab: { watts: 5 } } } });
    expect(status).toBe(201);
    expect(json()).toMatchObject({ attributes: { 'test.lab.watts': 5 } });
  });

  it('adds and removes user mixins [JSON-3.2.2-a] [D40]', async () => {
    const tag = { term: 'tag', scheme: 'http://lab.test/tags#', location: '/tag/' };
    const added = await client.json('POST', '/-/', { mixins: [{ ...tag, depends: ['http://lab.test/none#none'] }] });
    expect(added.status, added.text).toBe(200);
    rules.expectShape(rules.mixinCollection, added.json());
    const removed = await client.json('DELETE', '/-/', { mixins: [{ term: tag.term, scheme: tag.scheme }] });
    expect(removed.status, removed.text).toBe(200);
    expect(removed.json()).toEqual({});
    expect((await client.json('GET', '/tag/')).status).toBe(404);
  });

  it.each([
    ['a number as text', { ...lamp, attributes: { 'test.lab.watts': '40' } }],
    ['text as a number', { ...lamp, attributes: { ...attributes, 'test.lab.colour': 1 } }],
    ['null', { ...lamp, attributes: { ...attributes, 'test.lab.colour': null } }],
    ['an array for a string', { ...lamp, attributes: { ...attributes, 'test.lab.colour': ['red'] } }],
    ['a title that is no string', { ...lamp, title: 1 }],
    ['attributes that are no object', { ...lamp, attributes: [1] }],
    ['mixins that are no array', { ...lamp, mixins: `${home}dimmer` }],
    ['an unknown member', { ...lamp, colour: 'red' }],
    ['an unknown attribute', { ...lamp, attributes: { ...attributes, 'test.lab.smell': 'none' } }],
    ['no kind', { attributes }],
    ['a kind that is none', { ...lamp, kind: `${home}dimmer` }],
    ['an array', [lamp]],
    ['a string', 'lamp'],
    ['no members', {}],
  ])('is refused with %s, and nothing is created [JSON-3.5-b] [JSON-X-c] [JSON-X-e]', async (_, value) => {
    const before = await client.list('/lamp/');
    const { status, json } = await create(value);
    expect(status).toBe(400);
    rules.expectShape(rules.problem, json());
    expect(await client.list('/lamp/')).toEqual(before);
  });

  it.each([
    ['a comma too few', `{"kind":"${home}lamp" "attributes":{}}`],
    ['a key twice', `{"kind":"${home}lamp","attributes":{"test.lab.watts":1,"test.lab.watts":2}}`],
    ['an end too early', `{"kind":"${home}lamp"`],
    ['something after it', `{"kind":"${home}lamp"}}`],
    ['nothing at all', ''],
    ['deep nesting', '{"a":'.repeat(100_000)],
  ])('is refused with %s, and told where [JSON-X-a] [JSON-X-d]', async (_, body) => {
    const headers = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };
    const { status, json } = await client.raw('POST', '/lamp/', { headers, body });
    expect(status).toBe(400);
    rules.expectShape(rules.problem, json());
    expect(json()).toMatchObject(body === '' ? { status } : { code: 'syntax', line: 1, column: expect.any(Number) });
  });

  it('refuses links of links [H11-3.4.4-j]', async () => {
    const links = [{ kind: `${home}plug`, target: { location: S1 } }];
    expect((await client.json('POST', P1, { kind: `${home}plug`, links })).status).toBe(400);
    const line = `Link: <${S1}>; rel="${home}socket"; category="${home}plug"`;
    expect((await client.plain('POST', P1, line)).status).toBe(400);
    expect(await client.list('/plug/')).toEqual([base + P1]);
  });
});
