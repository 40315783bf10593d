import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects, everything, read, urlsIn } from './dialects.ts';
import { base, L1, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `${home}lamp`;

describe.each(dialects)('GFD.223 §11.3.1 creating with POST, in $type', ({ type, entity }) => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterAll(() => lab.close());

  const create = async (path: string, words: Parameters<typeof entity>[0]) => {
    const answer = await client.raw('POST', path, entity(words));
    expect(answer.status, answer.text).toBe(201);
    return { answer, path: pathOf(answer.headers.get('location')) };
  };

  it('answers 201 with the place of the entity and what it is [HTTP-11.3.1-a] [H11-3.4.4-d]', async () => {
    const { answer, path } = await create('/lamp/', { kind: lamp, attributes: { 'test.lab.watts': 7 } });
    expect(answer.headers.get('location')).toBe(base + path);
    expect(path).toMatch(/^\/lamp\/[^/]+$/);
    expect(answer.headers.get('content-type')).toMatch(type);
    if (type.startsWith('text/')) expect(urlsIn(answer)).toEqual([base + path]);
    else expect(answer.json()).toEqual(await read(lab, path));
    expect(await client.list('/lamp/')).toContain(base + path);
    expect(await client.list('/desklamp/')).not.toContain(base + path);
  });

  it('takes what the client may say and adds the rest [CORE-5.2-a] [CORE-5.2-c] [CORE-5.3.4-b] [CORE-5.3.6-b] [CORE-5.4-b] [CORE-5.4-c]', async () => {
    const { path } = await create('/lamp/', {
      kind: lamp,
      mixins: [`${home}dimmer`],
      attributes: {
        'occi.core.title': 'Desk',
        'occi.core.summary': 'left',
        'test.lab.watts': 40,
        'test.lab.colour': 'red',
      },
    });
    expect(await read(lab, path)).toMatchObject({
      kind: lamp,
      mixins: [`${home}dimmer`],
      title: 'Desk',
      summary: 'left',
      id: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      attributes: {
        'test.lab.watts': 40,
        'test.lab.colour': 'red',
        'test.lab.lit': false,
        'test.lab.state': 'off',
        'test.lab.level': 100,
      },
    });
    expect(await client.list('/dimmer/')).toContain(base + path);
  });

  it('fills in defaults: those of the client first, then of the mixin, then of the kind [CORE-5.3.2-h] [CORE-5.3.7-a] [CORE-5.3.7-b]', async () => {
    const colour = async (mixins: readonly string[], own: object) => {
      const { path } = await create('/lamp/', { kind: lamp, mixins, attributes: { 'test.lab.watts': 1, ...own } });
      return ((await read(lab, path))['attributes'] as Record<string, unknown>)['test.lab.colour'];
    };
    expect(await colour([], {})).toBe('white');
    expect(await colour([`${home}warm`], {})).toBe('amber');
    expect(await colour([`${home}warm`], { 'test.lab.colour': 'blue' })).toBe('blue');
    const { path } = await create('/socket/', { kind: `${home}socket` });
    expect(await read(lab, path)).toMatchObject({ attributes: { 'test.lab.volts': 230 } });
  });

  it('knows what a kind has from its parent [CORE-5.3.3-j] [CORE-5.3.3-f]', async () => {
    const { path } = await create('/desklamp/', {
      kind: `${home}desklamp`,
      attributes: { 'test.lab.watts': 9, 'test.lab.colour': 'red', 'test.lab.clamp': true },
    });
    const shown = await read(lab, path);
    expect(shown).toMatchObject({ attributes: { 'test.lab.colour': 'red', 'test.lab.clamp': true } });
    expect(shown['actions']).toEqual(['http://lab.test/occi/home/lamp/action#on']);
    const { kinds } = (await client.json('GET', '/-/')).json() as { kinds: { term: string; attributes: object }[] };
    const known = Object.keys(kinds.find(({ term }) => term === 'desklamp')?.attributes ?? {});
    for (const name of Object.keys(shown['attributes'] as object)) expect(known).toContain(name);
  });

  it('keeps immutable attributes to itself, whatever a client says [CORE-5.2-c]', async () => {
    const attributes = { 'test.lab.watts': 1, 'test.lab.state': 'on', 'test.lab.lit': true };
    const { path } = await create('/lamp/', { kind: lamp, attributes });
    expect(await read(lab, path)).toMatchObject({ attributes: { 'test.lab.state': 'off', 'test.lab.lit': false } });
  });

  const ends = { 'occi.core.source': L1, 'occi.core.target': S1 };
  it.each([
    ['no kind', '/lamp/', { attributes: { 'test.lab.watts': 1 } }],
    ['a kind that is none', '/lamp/', { kind: `${home}neon`, attributes: { 'test.lab.watts': 1 } }],
    ['a mixin that is none', '/lamp/', { kind: lamp, mixins: [`${home}neon`], attributes: { 'test.lab.watts': 1 } }],
    ['a mixin for other kinds', '/socket/', { kind: `${home}socket`, mixins: [`${home}dimmer`] }],
    ['the place of another kind', '/socket/', { kind: lamp, attributes: { 'test.lab.watts': 1 } }],
    [
      'the place of the parent',
      '/lamp/',
      { kind: `${home}desklamp`, attributes: { 'test.lab.watts': 1, 'test.lab.clamp': true } },
    ],
    ['the place of a mixin', '/dimmer/', { kind: lamp, attributes: { 'test.lab.watts': 1 } }],
    ['a required attribute missing', '/lamp/', { kind: lamp }],
    ['an unknown attribute', '/lamp/', { kind: lamp, attributes: { 'test.lab.watts': 1, 'test.lab.smell': 'x' } }],
    ['a value of another type', '/lamp/', { kind: lamp, attributes: { 'test.lab.watts': 'forty' } }],
    ['no target', '/plug/', { kind: `${home}plug`, attributes: { 'occi.core.source': L1 } }],
    [
      'a source elsewhere',
      '/plug/',
      { kind: `${home}plug`, attributes: { ...ends, 'occi.core.source': 'http://elsewhere.example/x' } },
    ],
    [
      'a source that is a link',
      '/plug/',
      { kind: `${home}plug`, attributes: { ...ends, 'occi.core.source': base + P1 } },
    ],
    [
      'a source that is not there',
      '/plug/',
      { kind: `${home}plug`, attributes: { ...ends, 'occi.core.source': '/lamp/none' } },
    ],
    [
      'a collection as its target',
      '/plug/',
      { kind: `${home}plug`, attributes: { ...ends, 'occi.core.target': '/lamp/' } },
    ],
  ])(
    'is refused with %s, and nothing is made [HTTP-11.3.1-a] [X-3] [CORE-5.3.4-c] [CORE-5.3.4-d] [CORE-5.4.3-a] [CORE-5.4.3-b]',
    async (_, path, words) => {
      const before = await everything(lab);
      const refused = await client.raw('POST', path, entity(words));
      expect(refused.status, refused.text).toBe(400);
      expect(await everything(lab)).toBe(before);
    },
  );
});

describe.each(dialects)('GFD.223 §10.2.1 creating with PUT, in $type', ({ entity }) => {
  it('makes the entity where the client wants it, and replaces it the next time [HTTP-10.2-a] [HTTP-10.2.1-a]', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    const words = { kind: lamp, attributes: { 'test.lab.watts': 5 } };
    for (const path of ['/lamp/hall-2', '/123', '/rooms/attic/lamp']) {
      const made = await client.raw('PUT', path, entity(words));
      expect([made.status, made.headers.get('location')]).toEqual([201, base + path]);
      const shown = await read(lab, path);
      expect(await client.list('/lamp/')).toContain(base + path);
      const again = await client.raw('PUT', path, entity(words));
      expect(again.status).toBe(200);
      expect(await read(lab, path)).toEqual(shown);
    }
    await lab.close();
  });

  it('makes nothing at a bound path, without a kind, or with something unknown [HTTP-10.2.1-a] [X-3]', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    const before = await everything(lab);
    for (const [path, words, status] of [
      ['/lamp/', { kind: lamp, attributes: { 'test.lab.watts': 5 } }, 405],
      ['/new/', { kind: lamp, attributes: { 'test.lab.watts': 5 } }, 405],
      ['/-/x', { kind: lamp, attributes: { 'test.lab.watts': 5 } }, 404],
      ['/new', { attributes: { 'test.lab.watts': 5 } }, 400],
      ['/new', { kind: lamp }, 400],
      ['/new', { kind: lamp, attributes: { 'test.lab.watts': 5, 'example.test': 1 } }, 400],
    ] as const) {
      const refused = await client.raw('PUT', path, entity(words));
      expect([path, refused.status]).toEqual([path, status]);
    }
    expect(await everything(lab)).toBe(before);
    await lab.close();
  });
});

describe('GFD.221 §5.3.6 what names a kind', () => {
  it('is its scheme and term; the class is not needed, and a wrong one is refused [CORE-5.3.6-a]', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    const send = (category: string) =>
      client.occi('POST', '/lamp/', { category, 'x-occi-attribute': 'test.lab.watts=40' });
    expect((await send(`lamp; scheme="${home}"`)).status).toBe(201);
    expect((await send(`lamp; scheme="${home}"; class="mixin"`)).status).toBe(400);
    expect((await send(`LAMP; scheme="${home}"`)).status).toBe(400);
    const both = `lamp; scheme="${home}"; class="kind", socket; scheme="${home}"; class="kind"`;
    expect((await send(both)).status).toBe(400);
    await lab.close();
  });
});

describe('creating with a client-chosen id', () => {
  const id = 'urn:uuid:11111111-2222-4333-8444-555555555555';
  const body = { kind: lamp, id, attributes: { 'test.lab.watts': 5 } };

  it('finds what is there already at the path where it is [H11-3.4.4-d] [CORE-5.4-a]', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    expect((await client.json('PUT', '/attic/lamp', body)).status).toBe(201);
    const again = await client.json('POST', '/lamp/', body);
    expect([again.status, again.headers.get('location')]).toEqual([201, `${base}/attic/lamp`]);
    expect(again.json()).toEqual(await read(lab, '/attic/lamp'));
    const elsewhere = await client.json('PUT', '/cellar/lamp', body);
    expect([elsewhere.status, elsewhere.json()]).toMatchObject([409, { code: 'exists', token: id }]);
    expect((await client.raw('GET', '/cellar/lamp')).status).toBe(404);
    await lab.close();
  });

  it('finds the links inside of it, too', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    const link = { kind: `${home}plug`, id: id.replace('1111', '2222'), target: { location: S1 } };
    const first = await client.json('POST', '/lamp/', { ...body, links: [link] });
    expect(first.status, first.text).toBe(201);
    const before = await everything(lab);
    const second = await client.json('POST', '/lamp/', { ...body, links: [link] });
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(await everything(lab)).toBe(before);
    await lab.close();
  });

  it('cannot be done twice in one request [CORE-5.4-a] [X-3]', async () => {
    const lab = await startHomeLab();
    const client = speakTo(lab);
    const before = await everything(lab);
    const twice = await client.json('POST', '/lamp/', { resources: [body, body] });
    expect([twice.status, twice.json()]).toMatchObject([409, { code: 'exists', token: id }]);
    expect(await everything(lab)).toBe(before);
    await lab.close();
  });
});
