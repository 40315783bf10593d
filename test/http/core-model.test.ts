import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { L1, L2, type Lab, P1, S1, startHomeLab, startLab } from './home-lab.ts';

const home = 'http://lab.test/occi/home#';
const coreScheme = 'http://schemas.ogf.org/occi/core#';
const json = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };

interface Category {
  readonly term: string;
  readonly scheme: string;
  readonly title?: string;
  readonly parent?: string;
  readonly location?: string;
  readonly attributes?: Readonly<Record<string, { mutable: boolean; required: boolean; type: string }>>;
  readonly actions?: readonly string[];
  readonly depends?: readonly string[];
  readonly applies?: readonly string[];
}
interface Model {
  readonly kinds: readonly Category[];
  readonly mixins: readonly Category[];
  readonly actions: readonly Category[];
}
const idOf = ({ scheme, term }: Category) => scheme + term;

let lab: Lab;
beforeAll(async () => {
  lab = await startHomeLab();
});
afterAll(() => lab.close());

const model = async (from: Lab = lab) => (await from.request('GET', '/-/', { headers: json })).json() as Model;
const send = (method: string, path: string, body: object) =>
  lab.request(method, path, { headers: json, body: JSON.stringify(body) });
const plain = (method: string, path: string, body: string) =>
  lab.request(method, path, { headers: { 'content-type': 'text/plain' }, body });
const entity = async (path: string) => (await lab.request('GET', path, { headers: json })).json();
const everything = async () => (await lab.request('GET', '/', { headers: json })).text;

describe('GFD.221 §5 the core model', () => {
  it('is announced with all that OCCI 1.2 consists of, in every rendering alike [CORE-0-a] [CORE-0-c]', async () => {
    const { kinds, mixins, actions } = await model();
    const ids = [...kinds, ...mixins, ...actions].map(idOf);
    const text = await lab.request('GET', '/-/', { headers: { accept: 'text/plain' } });
    const header = await lab.request('GET', '/-/', { headers: { accept: 'text/occi' } });
    const read = (categories: string) =>
      [...categories.matchAll(/([a-z_-]+); scheme="([^"]+)"; class="/g)].map(([, term, scheme]) => `${scheme}${term}`);
    expect(read(text.text)).toEqual(ids);
    expect(read(header.headers.get('category') ?? '')).toEqual(ids);
    const list = await lab.request('GET', '/lamp/', { headers: { accept: 'text/uri-list' } });
    expect(list.status).toBe(200);
    expect(text.headers.get('server')).toMatch(/OCCI\/1\.2 OCCI\/1\.1/);
  });

  it('tells a client that knows nothing enough to use an extension [CORE-5-a]', async () => {
    const { kinds } = await model();
    const kind = kinds.find(({ scheme, parent }) => scheme !== coreScheme && parent === `${coreScheme}resource`);
    expect(kind).toBeDefined();
    const samples: Record<string, unknown> = { string: 'x', number: 1, boolean: true };
    const required = Object.entries(kind?.attributes ?? {}).filter(([, one]) => one.required && one.mutable);
    const attributes = Object.fromEntries(required.map(([name, { type }]) => [name, samples[type]]));
    const made = await send('POST', String(kind?.location), { kind: kind && idOf(kind), attributes });
    expect(made.status).toBe(201);
    const location = new URL(made.headers.get('location') as string).pathname;
    expect((await lab.request('DELETE', location)).status).toBe(200);
  });

  it('gives each type one kind, in a tree that ends at entity [CORE-5.3.3-b] [CORE-5.3-b]', async () => {
    const { kinds } = await model();
    expect(new Set(kinds.map(idOf)).size).toBe(kinds.length);
    for (const kind of kinds) {
      const line = [idOf(kind)];
      for (let next = kind.parent; next !== undefined; ) {
        expect(line).not.toContain(next);
        line.push(next);
        next = kinds.find((one) => idOf(one) === line.at(-1))?.parent;
      }
      expect(line.at(-1)).toBe(`${coreScheme}entity`);
    }
  });

  it('has categories with a term, a scheme and at most one title, which clients cannot change [CORE-5.3.1-b]', async () => {
    const before = await model();
    for (const { term, scheme, title } of [...before.kinds, ...before.mixins, ...before.actions]) {
      expect(term).toMatch(/^[a-z][a-z0-9_-]*$/);
      expect(scheme).toMatch(/^[a-z][a-z0-9+.-]*:.+#$/);
      expect(title).not.toBe('');
    }
    const changed = await plain(
      'POST',
      '/-/',
      `Category: lamp; scheme="${home}"; class="mixin"; title="Mine"; location="/x/"`,
    );
    expect(changed.status).toBe(409);
    expect(await model()).toEqual(before);
  });

  it('keeps the schemes of OCCI for its documents [CORE-5.3.1-d]', async () => {
    const published = [coreScheme, 'http://schemas.ogf.org/occi/infrastructure'];
    const other = await startLab();
    const { kinds, mixins, actions } = await model(other);
    await other.close();
    for (const { scheme } of [...kinds, ...mixins, ...actions]) {
      if (!scheme.startsWith('http://schemas.ogf.org/occi/')) continue;
      expect(published.some((base) => scheme.startsWith(base))).toBe(true);
    }
    const mixin = 'Category: mine; scheme="http://schemas.ogf.org/occi/mine#"; class="mixin"; location="/mine/"';
    expect((await plain('POST', '/-/', mixin)).status).toBe(400);
    expect((await lab.request('GET', '/mine/')).status).toBe(404);
  });

  it('shows the properties of attributes that it enforces [CORE-5.3.2-d] [CORE-5.3.2-f]', async () => {
    const before = await everything();
    const { kinds } = await model();
    const lamp = kinds.find((kind) => idOf(kind) === `${home}lamp`);
    expect(lamp?.attributes?.['test.lab.watts']).toMatchObject({ required: true, mutable: true, type: 'number' });
    expect((await lab.request('GET', '/-/')).text).toContain('test.lab.watts{required}');
    const missing = await send('POST', '/lamp/', { kind: `${home}lamp` });
    expect([missing.status, missing.json()]).toMatchObject([
      400,
      { code: 'attribute-required', token: 'test.lab.watts' },
    ]);
    const mistyped = await send('POST', '/lamp/', { kind: `${home}lamp`, attributes: { 'test.lab.watts': 'forty' } });
    expect([mistyped.status, mistyped.json()]).toMatchObject([400, { code: 'attribute-value' }]);
    const frozen = await send('POST', L1, { attributes: { 'test.lab.state': 'broken' } });
    expect([frozen.status, frozen.json()]).toMatchObject([403, { code: 'attribute-immutable' }]);
    expect(await everything()).toBe(before);
  });

  it('binds an entity to its kind for life [CORE-5.3.3-c] [C11-4.4.2-b] [INF-04]', async () => {
    const before = await everything();
    for (const [method, other] of [
      ['POST', 'socket'],
      ['PUT', 'socket'],
      ['PUT', 'desklamp'],
    ] as const) {
      const body = { kind: home + other, attributes: { 'test.lab.watts': 40 } };
      expect((await send(method, L1, method === 'POST' ? { kind: home + other } : body)).status).toBe(400);
    }
    expect(await everything()).toBe(before);
    expect((await send('POST', L1, { kind: `${home}lamp`, title: 'Reading lamp' })).status).toBe(200);
  });

  it('does not instantiate entity, nor actions and mixins [CORE-5.3.6-c] [CORE-5.4.1-a]', async () => {
    const before = await everything();
    const body = (term: string, scheme: string, own: string) => `Category: ${term}; scheme="${scheme}"; class="${own}"`;
    for (const bad of [
      body('entity', coreScheme, 'kind'),
      body('dimmer', home, 'mixin'),
      body('on', 'http://lab.test/occi/home/lamp/action#', 'action'),
    ]) {
      expect((await plain('POST', '/', bad)).status).toBe(400);
    }
    expect(await everything()).toBe(before);
  });
});

describe('GFD.221 §5.3.4 mixins', () => {
  it('are put on entities and never on types [CORE-5.3.4-e] [C11-4.4.3-d]', async () => {
    const before = await everything();
    for (const target of ['/lamp/', '/dimmer/', '/-/']) {
      expect((await plain('POST', '/dimmer/', `X-OCCI-Location: ${target}`)).status).toBe(400);
    }
    expect(await everything()).toBe(before);
  });

  it('hold no values: those of one entity are its own [CORE-5.3.4-f] [CORE-5.3-c]', async () => {
    const before = await model();
    expect((await plain('POST', '/dimmer/', `X-OCCI-Location: ${L1}\nX-OCCI-Location: ${L2}`)).status).toBe(200);
    expect((await send('POST', L1, { attributes: { 'test.lab.level': 20 } })).status).toBe(200);
    expect(await entity(L1)).toMatchObject({ attributes: { 'test.lab.level': 20 } });
    expect(await entity(L2)).toMatchObject({ attributes: { 'test.lab.level': 100 } });
    expect(await model()).toEqual(before);
    expect((await lab.request('DELETE', '/dimmer/')).status).toBe(200);
    expect(await entity(L1)).not.toHaveProperty(['attributes', 'test.lab.level']);
  });

  it('have members that clients change, as kinds have not [CORE-5.3.4-l] [CORE-5.3.8-c]', async () => {
    await plain('POST', '/-/', 'Category: t; scheme="http://lab.test/tags#"; class="mixin"; location="/t/"');
    const members = async () => (await lab.request('GET', '/t/', { headers: { accept: 'text/uri-list' } })).text;
    expect((await plain('POST', '/t/', `X-OCCI-Location: ${L1}`)).status).toBe(200);
    expect(await members()).toBe(`http://occi.lab.test${L1}`);
    expect((await plain('PUT', '/t/', `X-OCCI-Location: ${S1}`)).status).toBe(200);
    expect(await members()).toBe(`http://occi.lab.test${S1}`);
    expect((await lab.request('DELETE', '/t/')).status).toBe(200);
    expect(await members()).toBe('');
    expect((await plain('PUT', '/lamp/', `X-OCCI-Location: ${L1}`)).status).toBe(405);
    expect((await plain('POST', '/lamp/', `X-OCCI-Location: ${L1}`)).status).toBe(400);
  });
});

describe('GFD.221 §5.4 entities, resources and links', () => {
  it('are in the collection of their kind at once, under the very URL of Location [CORE-5.3.8-a] [C11-4.4.5-a]', async () => {
    const made = await plain('POST', '/socket/', `Category: socket; scheme="${home}"; class="kind"`);
    const url = made.headers.get('location') as string;
    const list = await lab.request('GET', '/socket/', { headers: { accept: 'text/uri-list' } });
    expect(list.text.split('\n')).toContain(url);
    expect((await lab.request('DELETE', url)).status).toBe(200);
    expect((await lab.request('GET', '/socket/')).text).not.toContain(url);
  });

  it('have an id and a kind that stay, a title and mixins that change [CORE-5.4.1-a] [CORE-5.4-a]', async () => {
    expect((await send('POST', S1, { title: 'By the window' })).status).toBe(200);
    expect((await send('POST', S1, { id: 'urn:uuid:00000000-0000-4000-8000-000000000000' })).status).toBe(403);
    expect(await entity(S1)).toMatchObject({ title: 'By the window', id: `urn:uuid:${S1.slice(8)}` });
    expect((await send('POST', S1, { title: 'Socket by the door' })).status).toBe(200);
  });

  it('a resource has a summary and owns the links that start at it [CORE-5.4.2-a] [C11-4.5.2-a]', async () => {
    expect((await send('POST', L1, { summary: 'In the corner' })).json()).toMatchObject({ summary: 'In the corner' });
    expect(await entity(L1)).toMatchObject({ links: [{ id: `urn:uuid:${P1.slice(6)}` }] });
    const made = await send('POST', '/plug/', {
      kind: `${home}plug`,
      source: { location: L2 },
      target: { location: S1 },
    });
    const link = new URL(made.headers.get('location') as string).pathname;
    expect(await entity(L2)).toMatchObject({ links: [{ target: { location: S1, kind: `${home}socket` } }] });
    expect((await lab.request('DELETE', link)).status).toBe(200);
    expect(await entity(L2)).not.toHaveProperty('links');
  });

  it('a link can point elsewhere where its kind leaves that open [CORE-5.4.3-c] [CORE-5.4.3-d]', async () => {
    const target = { location: 'https://elsewhere.example/lamp/1', kind: `${home}lamp` };
    const made = await send('POST', '/link/', { kind: `${coreScheme}link`, source: { location: S1 }, target });
    expect(made.status).toBe(201);
    expect(made.json()).toMatchObject({ source: { location: S1, kind: `${home}socket` }, target });
    const text = (await lab.request('GET', S1)).text;
    expect(text).toContain('Link: <https://elsewhere.example/lamp/1>; rel="http://lab.test/occi/home#lamp"');
    const wrong = { location: S1, kind: `${home}lamp` };
    const bad = await send('POST', '/link/', { kind: `${coreScheme}link`, source: { location: L1 }, target: wrong });
    expect(bad.status).toBe(400);
    expect((await lab.request('DELETE', new URL(made.headers.get('location') as string).pathname)).status).toBe(200);
  });

  it('takes along what is attached to it when it goes [CORE-5.4.2-a]', async () => {
    const own = await startHomeLab();
    expect((await own.request('DELETE', S1)).status).toBe(200);
    expect((await own.request('GET', P1)).status).toBe(404);
    expect((await own.request('GET', L1)).text).not.toContain('/plug/');
    await own.close();
  });
});
