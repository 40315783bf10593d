import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything } from './dialects.ts';
import { type Lab, startHomeLab, startLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const core = 'http://schemas.ogf.org/occi/core#';
const actionScheme = 'http://lab.test/occi/home/lamp/action#';
const wellKnown = '/.well-known/org/ogf/occi/-/';
const types = ['text/plain', 'text/occi', 'application/occi+json'];

interface Category {
  readonly term: string;
  readonly scheme: string;
  readonly location?: string;
  readonly parent?: string;
  readonly actions?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly depends?: readonly string[];
  readonly applies?: readonly string[];
}
type Model = Readonly<Record<'kinds' | 'mixins' | 'actions', readonly Category[]>>;
const idOf = ({ scheme, term }: Category) => scheme + term;

describe.each([
  ['the home lab', startHomeLab],
  ['the infrastructure', startLab],
] as const)('GFD.223 §9.1 the query interface of %s', (_, start) => {
  let lab: Lab;
  let client: Speaker;
  let model: Model;
  beforeAll(async () => {
    lab = await start();
    client = speakTo(lab);
    model = (await client.json('GET', '/-/')).json() as Model;
  });
  afterAll(() => lab.close());

  it('is there in three renderings, at both of its paths [HTTP-9-a] [HTTP-9-b] [HTTP-9.1-b] [CORE-5.3.9-a]', async () => {
    for (const accept of types) {
      const [here, there] = await Promise.all(
        ['/-/', wellKnown].map((path) => client.raw('GET', path, { headers: { accept } })),
      );
      expect([here?.status, here?.headers.get('content-type')?.split(';')[0]]).toEqual([200, accept]);
      expect([there?.text, there?.headers.get('category')]).toEqual([here?.text, here?.headers.get('category')]);
    }
    for (const path of ['/-/', wellKnown]) {
      const refused = await client.raw('GET', path, { headers: { accept: 'text/uri-list' } });
      expect(refused.status).toBe(400);
    }
  });

  it('gives each kind that can be instantiated and each mixin a path of its own [HTTP-4-a] [HTTP-4-c] [HTTP-4-d] [H11-3.3.1-b] [H11-3.3.1-c] [CORE-5.3-e]', async () => {
    const bound = [...model.kinds, ...model.mixins].filter((category) => idOf(category) !== `${core}entity`);
    const locations = bound.map(({ location }) => location ?? '(none)');
    expect(new Set(locations).size).toBe(locations.length);
    for (const location of locations) {
      expect(location).toMatch(/^\/(?:[^\s?#{}]+\/)+$/);
      expect((await client.raw('GET', location)).status).toBe(200);
    }
    expect(model.kinds.find((kind) => idOf(kind) === `${core}entity`)).not.toHaveProperty('location');
  });

  it('names nothing that it does not define [CORE-5.3.9-a] [CORE-5.3.9-b] [CORE-5.3.5-a] [CORE-5.3.5-b] [CORE-5.3.3-e] [CORE-5.3.3-g]', () => {
    const kinds = model.kinds.map(idOf);
    const mixins = model.mixins.map(idOf);
    const actions = model.actions.map(idOf);
    const ids = [...kinds, ...mixins, ...actions];
    expect(new Set(ids).size).toBe(ids.length);
    for (const { parent, term } of model.kinds) expect(kinds, term).toContain(parent ?? `${core}entity`);
    for (const { depends = [] } of model.mixins) for (const id of depends) expect(mixins).toContain(id);
    for (const { applies = [] } of model.mixins) for (const id of applies) expect(kinds).toContain(id);
    const owned = [...model.kinds, ...model.mixins].flatMap(({ actions: own = [] }) => own);
    expect(new Set(owned)).toEqual(new Set(actions));
    for (const action of model.actions)
      for (const member of ['parent', 'location', 'actions']) expect(action).not.toHaveProperty(member);
  });

  it('repeats in a kind what its parent has [CORE-5.3.3-f] [CORE-5.3.3-g] [CORE-5.3.3-h] [CORE-5.3.3-j]', () => {
    for (const { parent, attributes = {}, actions = [] } of model.kinds) {
      const above = model.kinds.find((kind) => idOf(kind) === parent);
      expect(Object.keys(attributes)).toEqual(expect.arrayContaining(Object.keys(above?.attributes ?? {})));
      expect(actions).toEqual(expect.arrayContaining([...(above?.actions ?? [])]));
    }
  });

  it('tells in Accept what can be read [HTTP-5.2-a] [H11-3.6.6-b]', async () => {
    const accept = (await client.raw('GET', '/-/')).headers.get('accept')?.split(', ');
    expect(accept).toEqual(expect.arrayContaining([...types, 'text/uri-list', 'text/occi+plain']));
    expect(accept?.[0]).toBe('text/plain');
  });
});

describe('GFD.224 in the query interface', () => {
  it('is what the gateway offers when it is told nothing else [CORE-0-b] [INF-01] [INF-02] [INF-03]', async () => {
    const lab = await startLab();
    const { kinds } = (await speakTo(lab).json('GET', '/-/')).json() as Model;
    const scheme = 'http://schemas.ogf.org/occi/infrastructure#';
    const offered = kinds.filter((kind) => kind.scheme === scheme).map(({ term, parent }) => [term, parent]);
    expect(Object.fromEntries(offered)).toEqual({
      compute: `${core}resource`,
      network: `${core}resource`,
      storage: `${core}resource`,
      networkinterface: `${core}link`,
      storagelink: `${core}link`,
    });
    await lab.close();
  });
});

describe('GFD.223 §7.1 filtering the query interface', () => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterAll(() => lab.close());

  const found = async (category: string, headers = {}) => {
    const { status, json } = await client.json('GET', '/-/', undefined, { category, ...headers });
    const { kinds, mixins, actions } = json() as Model;
    return [status, ...[...kinds, ...mixins, ...actions].map(({ term }) => term)];
  };

  it.each([
    [`lamp; scheme="${home}"; class="kind"`, ['lamp']],
    [`lamp; scheme="${home}"`, ['lamp']],
    [`palette; scheme="${home}"; class="mixin"`, ['palette']],
    [`fade; scheme="http://lab.test/occi/home/dimmer/action#"`, ['fade']],
    [`plug; scheme="${home}", on; scheme="${actionScheme}", lamp; scheme="${home}";`, ['lamp', 'plug', 'on']],
  ])('%s gives exactly that [HTTP-7-a] [HTTP-7.1-a] [HTTP-7.1-b]', async (category, terms) => {
    expect(await found(category)).toEqual([200, ...terms]);
    for (const type of ['text/plain', 'text/occi', 'text/plain,text/occi'])
      expect(await found(category, { 'content-type': type })).toEqual([200, ...terms]);
    const plain = await client.plain('GET', wellKnown, undefined, { category });
    expect(plain.text.match(/^Category: [^;]+/gm)).toEqual(terms.map((term) => `Category: ${term}`));
  });

  it('by a category that is none finds nothing, and says so [HTTP-7.1-c]', async () => {
    for (const category of [`neon; scheme="${home}"`, `lamp; scheme="${home}", neon; scheme="${home}"`]) {
      const refused = await client.plain('GET', '/-/', undefined, { category });
      expect([refused.status, refused.text]).toEqual([404, expect.stringContaining('neon')]);
    }
  });

  it('by what is no category is refused [HTTP-7.1-b]', async () => {
    for (const category of ['lamp; scheme="', 'lamp scheme=x', '; scheme="x:y#"'])
      expect((await client.plain('GET', '/-/', undefined, { category })).status).toBe(400);
  });
});

describe('GFD.223 §9.2 PUT on the query interface', () => {
  it('is not defined at either path and changes nothing [HTTP-9.2-a]', async () => {
    const lab = await startHomeLab();
    const before = await everything(lab);
    const body = 'Category: x; scheme="http://lab.test/x#"; class="mixin"; location="/x/"';
    for (const path of ['/-/', wellKnown]) {
      const { status, headers } = await speakTo(lab).plain('PUT', path, body);
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS']);
    }
    expect(await everything(lab)).toBe(before);
    await lab.close();
  });
});
