import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab, startLab } from './home-lab.ts';
import * as rules from './json-rules.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const action = 'http://lab.test/occi/home/lamp/action#';

interface Described {
  readonly term: string;
  readonly location?: string;
  readonly parent?: string;
  readonly attributes?: Readonly<Record<string, { readonly mutable: boolean; readonly type: string }>>;
}
type Categories = Readonly<Record<'kinds' | 'mixins' | 'actions', readonly Described[]>>;

describe('GFD.226: what is sent as JSON', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const get = async (path: string) => (await client.json('GET', path)).json();

  it('has its media type, in UTF-8 without a mark [JSON-3-a] [D2]', async () => {
    const title = 'größer 💡';
    await client.json('POST', L1, { kind: `${home}lamp`, title });
    const { headers, text } = await client.json('GET', L1);
    expect(headers.get('content-type')).toMatch(/^application\/occi\+json(?:;|$)/);
    expect(text.startsWith('{')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ title });
  });

  it('answers application/json under its own name [JSON-3-a]', async () => {
    const { headers, json } = await client.raw('GET', L1, { headers: { accept: 'application/json' } });
    expect(headers.get('content-type')).toMatch(/^application\/json(?:;|$)/);
    rules.expectShape(rules.resource, json());
  });

  it('renders a resource with the members of §3.1.1 and no other [JSON-3.1-a] [JSON-3.1.1-a] [JSON-3.1.1-c]', async () => {
    await client.json('POST', L1, { kind: `${home}lamp`, mixins: [`${home}dimmer`], summary: 'by the sofa' });
    const lamp = await get(L1);
    rules.expectShape(rules.resource, lamp);
    expect(lamp).toMatchObject({
      kind: `${home}lamp`,
      id: `urn:uuid:${L1.slice(6)}`,
      title: 'Reading lamp',
      summary: 'by the sofa',
      mixins: [`${home}dimmer`],
      attributes: { 'test.lab.watts': 40, 'test.lab.level': 100, 'test.lab.lit': false },
    });
  });

  it('lets clients derive the URL from the location of the kind and the id [JSON-3.1.1-a]', async () => {
    const { id } = (await get(L1)) as { readonly id: string };
    expect(L1).toBe(`/lamp/${id.replace('urn:uuid:', '')}`);
  });

  it('lists the actions that are possible now [JSON-3.1.1-d]', async () => {
    expect(await get(L1)).toMatchObject({ actions: [`${action}on`] });
    expect(await get(L2)).toMatchObject({ actions: [`${action}off`] });
  });

  it('holds full link objects in links [JSON-3.1.1-e] [JSON-3.3-e]', async () => {
    const plug = await get(P1);
    expect(await get(L1)).toMatchObject({ links: [plug] });
    expect(await get('/lamp/')).toMatchObject({ resources: expect.arrayContaining([await get(L1)]) });
  });

  it('renders a link with the members of §3.1.2 and no other [JSON-3.1.2-a] [JSON-3.1.2.1-a]', async () => {
    const plug = await get(P1);
    rules.expectShape(rules.link, plug);
    expect(plug).toMatchObject({
      source: { location: L1, kind: `${home}lamp` },
      target: { location: S1, kind: `${home}socket` },
      attributes: { 'test.lab.amps': 2.5, 'test.lab.state': 'live' },
    });
  });

  it('has attribute names as opaque keys and typed values [JSON-3.5-a] [JSON-3.5-b]', async () => {
    const { attributes } = (await get(L1)) as { readonly attributes: object };
    expect(attributes).toEqual({
      'test.lab.watts': 40,
      'test.lab.colour': 'white',
      'test.lab.lit': false,
      'test.lab.state': 'off',
    });
  });

  it('renders collections under the key of their type [JSON-3.3-a] [JSON-3.3-b] [JSON-3.3-c]', async () => {
    rules.expectShape(rules.resourceCollection, await get('/lamp/'));
    rules.expectShape(rules.linkCollection, await get('/plug/'));
    expect(await get('/plug/')).toEqual({ links: [await get(P1)] });
  });

  it('renders empty collections with their key [JSON-3.3-d]', async () => {
    expect(await get('/desklamp/')).toEqual({ resources: [] });
    await client.json('DELETE', '/plug/');
    expect(await get('/plug/')).toEqual({ links: [] });
    expect(await get('/palette/')).toEqual({ resources: [], links: [] });
  });

  it('renders mixed collections under both keys [JSON-3.3-d] [H11-3.4.2-b]', async () => {
    const all = await get('/');
    rules.expectShape(rules.mixedCollection, all);
    expect(all).toMatchObject({ resources: { length: 3 }, links: { length: 1 } });
    await client.json('POST', '/-/', { mixins: [{ term: 'tag', scheme: 'http://lab.test/tags#', location: '/tag/' }] });
    await client.plain('POST', '/tag/', `X-OCCI-Location: ${base}${L1}\nX-OCCI-Location: ${base}${P1}`);
    const tagged = await get('/tag/');
    rules.expectShape(rules.mixedCollection, tagged);
    expect(tagged).toEqual({ resources: [await get(L1)], links: [await get(P1)] });
  });

  describe('categories', () => {
    it('are objects in three arrays [JSON-3.2-a] [JSON-3.2-b] [JSON-3.4-a] [JSON-3.2.1-a] [JSON-3.2.2-a] [JSON-3.2.3-a]', async () => {
      const categories = await get('/-/');
      rules.expectShape(rules.categories, categories);
      const { kinds, mixins, actions } = categories as Categories;
      expect([kinds.length, mixins.length, actions.length]).toEqual([7, 3, 3]);
      expect(mixins.find(({ term }) => term === 'dimmer')).toMatchObject({ applies: [`${home}lamp`] });
      expect(mixins.find(({ term }) => term === 'warm')).toMatchObject({ depends: [`${home}palette`] });
    });

    it('are valid in the infrastructure model, too [JSON-3.5.1-b] [JSON-3.5.1-c] [JSON-3.5.1-d]', async () => {
      const cloud = await startLab();
      rules.expectShape(rules.categories, (await speakTo(cloud).json('GET', '/-/')).json());
      await cloud.close();
    });

    it('have a location for every kind but Entity, which has no parent either [JSON-3.2.1-b] [D27] [D25]', async () => {
      const { kinds } = (await get('/-/')) as Categories;
      for (const { term, location, parent } of kinds) {
        expect([term, location === undefined, parent === undefined]).toEqual([
          term,
          term === 'entity',
          term === 'entity',
        ]);
      }
    });

    it('describe attributes with mutable and required written out [JSON-3.5.1-a] [D33] [D34]', async () => {
      const { kinds, mixins } = (await get('/-/')) as Categories;
      const lamp = kinds.find(({ term }) => term === 'lamp');
      expect(lamp?.attributes).toMatchObject({
        'test.lab.watts': { type: 'number', mutable: true, required: true },
        'test.lab.colour': { type: 'string', mutable: true, required: false, default: 'white' },
        'test.lab.lit': { type: 'boolean', mutable: false, required: false },
      });
      expect(mixins.find(({ term }) => term === 'warm')?.attributes).toMatchObject({
        'test.lab.colour': { default: 'amber' },
      });
    });

    it('have defaults that are used [JSON-3.5.1-e] [D32]', async () => {
      const plain = await client.json('POST', '/lamp/', { kind: `${home}lamp`, attributes: { 'test.lab.watts': 1 } });
      expect(plain.json()).toMatchObject({ attributes: { 'test.lab.colour': 'white' } });
      const warm = { kind: `${home}lamp`, mixins: [`${home}warm`], attributes: { 'test.lab.watts': 1 } };
      const made = await client.json('POST', '/lamp/', warm);
      expect(made.json()).toMatchObject({ attributes: { 'test.lab.colour': 'amber' } });
    });
  });

  it('sends errors as problem details with a code [X-2]', async () => {
    const { status, headers, json } = await client.json('GET', '/lamp/none');
    expect(headers.get('content-type')).toBe('application/problem+json');
    rules.expectShape(rules.problem, json());
    expect(json()).toMatchObject({ status, code: 'not-found' });
  });
});
