import { describe, expect, it } from 'vitest';
import type { Category } from '../../src/occi/category.ts';
import { OcciError } from '../../src/occi/errors.ts';
import { Model } from '../../src/occi/model.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import { plainNumber } from '../../src/renderers/plain-number.ts';
import type { Problem } from '../../src/renderers/renderer.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import {
  bodyOf,
  collectionOf,
  contextAt,
  dataAt,
  favourite,
  home,
  L1,
  L2,
  lampWith,
  model,
  P1,
  refusal,
  S1,
  tagged,
} from './home-lab.ts';

/** The listings and entities of the home lab, by example and rendering, lines ending in LF. */
const expected = dataAt('renderings.json') as Readonly<Record<string, string>>;
const context = contextAt();
const headerText = textOcci({ maxHeaderBytes: 65_536 });

const headerLines = (headers: Readonly<Record<string, string>> = {}) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

describe('the examples', () => {
  const tag = 'http://lab.test/occi/tags/anna#favourite';
  const entities = { E09: L1, E10: P1 };
  it.each(['E09', 'E10'] as const)('%s, an entity', (id) => {
    const plain = textPlain.entity(entities[id], context, 'text/plain');
    expect(plain).toEqual({ contentType: 'text/plain; charset=utf-8', body: expected[`${id}-P`] });
    const occi = headerText.entity(entities[id], context, 'text/occi');
    expect(headerLines(occi.headers)).toBe(expected[`${id}-H`]);
    expect(occi).toMatchObject({ contentType: 'text/occi', body: 'OK' });
    const json = occiJson.entity(entities[id], context, 'application/occi+json');
    expect(json).toEqual({ contentType: 'application/occi+json', body: expected[`${id}-J`] });
  });

  const listings = {
    E14: collectionOf([L1, L2]),
    E17: collectionOf([L1, L2, S1, P1], 'mixed'),
    E18: collectionOf([tagged(L1, tag), tagged(P1, tag)], 'mixed'),
    E19: collectionOf([tagged(L2, tag)], 'mixed'),
  };
  it.each(['E14', 'E17', 'E18'] as const)('%s, a collection', async (id) => {
    expect(await bodyOf(textPlain.collection(listings[id], context, 'text/plain'))).toBe(expected[`${id}-P`]);
    const occi = await headerText.collection(listings[id], context, 'text/occi');
    expect(headerLines(occi.headers)).toBe(expected[`${id}-H`]);
    expect(await bodyOf(uriList.collection(listings[id], context, 'text/uri-list'))).toBe(expected[`${id}-U`]);
    const json = await occiJson.collection(listings[id], context, 'application/occi+json');
    expect(await bodyOf(json)).toBe(expected[`${id}-J`]);
  });

  it('E14, links alone, and E19, resources alone [JSON-3.3-c] [JSON-3.3-d]', async () => {
    const links = occiJson.collection(collectionOf([P1], 'links'), context, 'application/occi+json');
    expect(await bodyOf(links)).toBe(expected['E14-J-2']);
    const resources = occiJson.collection(listings.E19, context, 'application/occi+json');
    expect(await bodyOf(resources)).toBe(expected['E19-J']);
  });

  it('E01, the query interface', () => {
    // The example's core has neither descriptions nor the kinds of a link's ends.
    const plainly = <C extends Category>(category: C): C => ({
      ...category,
      attributes: category.attributes
        .filter(({ name }) => !/^occi\.core\..*\.kind$/.test(name))
        .map(({ description: _, ...definition }) => definition),
    });
    const kinds = model.kinds.map(plainly);
    const mixins = model.mixins.filter(({ origin }) => origin === 'provider').map(plainly);
    const categories = { kinds, mixins, actions: model.actions };
    const there = { ...context, model: new Model([categories]) };
    expect(textPlain.categories(categories, there, 'text/plain').body).toBe(expected['E01-P']);
    expect(occiJson.categories(categories, there, 'application/occi+json').body).toBe(expected['E01-J']);
    const { headers } = headerText.categories(categories, there, 'text/occi');
    expect(headers?.['Category']).toBe(expected['E01-P']?.replace(/^Category: /, '').replaceAll('\nCategory: ', ', '));
  });

  it('E04, a mixin that was added', () => {
    expect(occiJson.mixins([favourite], context, 'application/occi+json').body).toBe(expected['E04-J']);
    const line =
      'favourite; scheme="http://lab.test/occi/tags/anna#"; class="mixin"; title="Anna likes it"; location="/tag/favourite/"';
    expect(textPlain.mixins([favourite], context, 'text/plain').body).toBe(`Category: ${line}`);
    expect(headerText.mixins([favourite], context, 'text/occi').headers).toEqual({ Category: line });
  });
});

describe('a mount prefix [HTTP-4-c]', () => {
  const mounted = contextAt('/occi');

  it('stands in links and absolute URLs, not in the location of categories', () => {
    const body = textPlain.entity(L1, mounted, 'text/plain').body;
    expect(body).toContain('Link: </occi/lamp/6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01?action=on>; rel=');
    expect(body).toContain('Link: </occi/socket/');
    expect(body).toContain('self="/occi/plug/');
    expect(body).toContain('occi.core.target="/occi/socket/');
    expect(JSON.parse(occiJson.entity(P1, mounted, 'application/json').body as string)).toMatchObject({
      source: { location: `/occi${L1.entity.location}` },
    });
    expect(textPlain.created(L1, mounted, 'text/plain').body).toBe(
      `X-OCCI-Location: http://occi.lab.test/occi${L1.entity.location}`,
    );
    expect(textPlain.categories({ kinds: model.kinds, mixins: [], actions: [] }, mounted, 'text/plain').body).toContain(
      'location="/lamp/"',
    );
  });
});

describe('answers of few words', () => {
  it('are OK, or an empty object [TEXT-7-b]', () => {
    expect(textPlain.done('text/occi+plain')).toEqual({ contentType: 'text/occi+plain; charset=utf-8', body: 'OK' });
    expect(headerText.done('text/occi')).toEqual({ contentType: 'text/occi', body: 'OK' });
    expect(occiJson.done('application/json')).toEqual({ contentType: 'application/json', body: '{}' });
  });

  it('name what was created', () => {
    const url = `http://occi.lab.test${L2.entity.location}`;
    expect(headerText.created(L2, context, 'text/occi')).toEqual({
      contentType: 'text/occi',
      headers: { 'X-OCCI-Location': url },
      body: 'OK',
    });
    expect(occiJson.created(P1, context, 'application/occi+json').body).toBe(expected['E10-J']);
  });

  it('are nothing for an empty collection, with the right key in JSON [TEXT-5.3-a] [JSON-3.3-d]', async () => {
    const json = (shape: 'resources' | 'links' | 'mixed') =>
      bodyOf(occiJson.collection(collectionOf([], shape), context, 'application/occi+json'));
    expect(await json('resources')).toBe('{"resources":[]}');
    expect(await json('links')).toBe('{"links":[]}');
    expect(await json('mixed')).toBe('{"resources":[],"links":[]}');
    expect(await bodyOf(textPlain.collection(collectionOf([]), context, 'text/plain'))).toBe('');
    expect(await bodyOf(uriList.collection(collectionOf([]), context, 'text/uri-list'))).toBe('');
    expect(await headerText.collection(collectionOf([]), context, 'text/occi')).toEqual({
      contentType: 'text/occi',
      headers: {},
      body: 'OK',
    });
  });
});

describe('text/uri-list', () => {
  it('can show nothing but listings [TEXT-8-b]', () => {
    const attempts = [
      () => uriList.entity(L1, context, 'text/uri-list'),
      () => uriList.created(L1, context, 'text/uri-list'),
      () => uriList.categories(model, context, 'text/uri-list'),
      () => uriList.mixins([], context, 'text/uri-list'),
      () => uriList.done('text/uri-list'),
    ];
    expect(attempts.map((attempt) => refusal(attempt).code)).toEqual(attempts.map(() => 'not-a-listing'));
  });
});

describe('large collections', () => {
  const views = Array.from({ length: 3000 }, (_, index) => (index % 3 === 2 ? P1 : index % 3 === 1 ? L2 : L1));

  it('are streamed in pieces that bound the memory they need', async () => {
    const { body } = await textPlain.collection(collectionOf(views), context, 'text/plain');
    const sizes: number[] = [];
    for await (const piece of body as AsyncIterable<string>) sizes.push(piece.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(2 * 65_536);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(
      (await bodyOf(textPlain.collection(collectionOf(views, 'mixed', 3000), context, 'text/plain'))).length,
    );
  });

  it('have resources before links in JSON, whatever their order', async () => {
    const read = async (some: typeof views) =>
      JSON.parse(await bodyOf(occiJson.collection(collectionOf(some, 'mixed'), context, 'application/occi+json')));
    const all = await read(views);
    expect(Object.keys(all)).toEqual(['resources', 'links']);
    expect([all.resources.length, all.links.length]).toEqual([2000, 1000]);
    expect(Object.keys(await read(views.filter((view) => view !== P1)))).toEqual(['resources']);
    expect((await read(views.filter((view) => view === P1))).links).toHaveLength(1000);
  });

  it('stop reading when the client goes away', async () => {
    let closed = false;
    const { views: pages, locations, shape } = collectionOf(views);
    async function* watched() {
      try {
        yield* locations();
      } finally {
        closed = true;
      }
    }
    const rendered = await uriList.collection({ shape, views: pages, locations: watched }, context, 'text/uri-list');
    const iterator = (rendered.body as AsyncIterable<string>)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(closed).toBe(true);
  });

  it('are refused in headers when they need too many bytes, never shortened [TEXT-7-g]', async () => {
    const small = textOcci({ maxHeaderBytes: 1000 });
    await expect(small.collection(collectionOf(views), context, 'text/occi')).rejects.toMatchObject({
      code: 'header-overflow',
    });
    expect(refusal(() => small.categories(model, context, 'text/occi')).code).toBe('header-overflow');
  });

  it('count bytes, not characters', () => {
    const view = lampWith({ 'occi.core.title': '☂'.repeat(300) });
    expect(refusal(() => textOcci({ maxHeaderBytes: 900 }).entity(view, context, 'text/occi')).code).toBe(
      'header-overflow',
    );
  });
});

describe('GFD.229 §4.3 attribute values', () => {
  const line = (value: Parameters<typeof lampWith>[0][string]) =>
    (textPlain.entity(lampWith({ 'test.lab.x': value }), context, 'text/plain').body as string)
      .split('\n')
      .find((one) => one.startsWith('X-OCCI-Attribute: '))
      ?.slice('X-OCCI-Attribute: '.length);

  it.each([
    [40, '40'],
    [7.5, '7.5'],
    [-0, '0'],
    [-3, '-3'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.25e-7, '-0.000000125'],
    [true, 'true'],
    ['say "ho", a\\b; é', '"say \\"ho\\", a\\\\b; é"'],
    [[1, 'a'], '"[1,\\"a\\"]"'],
    [{ a: 1 }, '"{\\"a\\":1}"'],
  ])('writes %j as %s [TEXT-4.3-a] [TEXT-4.3-c]', (value, text) => {
    expect(line(value)).toBe(`test.lab.x=${text}`);
  });

  it('leaves out what is empty, which parsers in the field cannot read', () => {
    expect(line('')).toBeUndefined();
  });

  it('writes every finite number so that it reads back the same', () => {
    for (const value of [Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, 0.1 + 0.2, -1.7e-300]) {
      expect(plainNumber(value)).toMatch(/^-?[0-9]+(\.[0-9]+)?$/);
      expect(Number(plainNumber(value))).toBe(value);
    }
  });

  it.each(['a\nb', 'a\rb', '\0', '\u007f', '\u001b', '\ud800'])('never writes %j, and names the attribute', (value) => {
    const error = refusal(() => line(value));
    expect(error.code).toBe('not-acceptable');
    expect(error.message).toContain('test.lab.x');
  });
});

describe('categories and links with little to say', () => {
  it('never have an empty quoted value', () => {
    const bare = { ...favourite, title: '', depends: [] };
    expect(textPlain.mixins([bare], context, 'text/plain').body).not.toContain('""');
  });

  it('describe attributes in JSON completely [JSON-3.5.1-a]', () => {
    const definition = {
      name: 'test.lab.x',
      type: 'number',
      mutable: false,
      required: true,
      pattern: { minimum: 1 },
      default: 2,
      description: 'how many',
    } as const;
    const { body } = occiJson.mixins([{ ...favourite, attributes: [definition] }], context, 'application/json');
    expect(body).toContain(
      '"test.lab.x":{"mutable":false,"required":true,"type":"number","pattern":{"minimum":1},"default":2,"description":"how many"}',
    );
    const text = textPlain.mixins([{ ...favourite, attributes: [definition] }], context, 'text/plain').body;
    expect(text).toContain('attributes="test.lab.x{immutable required}"');
  });

  it('keep the URL of a target elsewhere, and call it a resource when its kind is unknown [TEXT-4.2-a]', () => {
    const attributes = {
      'occi.core.id': 'urn:uuid:d27f09b3-4c8e-4e66-a1f4-7be0985c0c01',
      'occi.core.source': L1.entity.location,
      'occi.core.target': 'https://else.test/a>; x,<b',
    };
    const link = { ...P1.entity, attributes };
    const body = textPlain.entity({ entity: L1.entity, links: [link] }, context, 'text/plain').body as string;
    expect(body).toContain(
      'Link: <https://else.test/a%3E;%20x,%3Cb>; rel="http://schemas.ogf.org/occi/core#resource"; self=',
    );
    expect(body).toContain('occi.core.target="https://else.test/a>; x,<b"');
    const json = JSON.parse(occiJson.entity({ entity: link, links: [] }, context, 'application/json').body as string);
    expect(json.target).toEqual({ location: 'https://else.test/a>; x,<b' });
  });

  it('leave out a mixin that the model has lost, and show summary and title', () => {
    const { entity } = tagged(L1, `${home}gone`);
    expect(textPlain.entity({ entity, links: [] }, context, 'text/plain').body).not.toContain('gone');
    const both = lampWith({ 'occi.core.summary': 'old', 'occi.core.title': 'lamp' });
    const json = JSON.parse(occiJson.entity(both, context, 'application/json').body as string);
    expect(Object.keys(json)).toEqual(['kind', 'actions', 'summary', 'title']);
    const endless = { ...P1.entity, attributes: { 'occi.core.source': L1.entity.location } };
    expect(textPlain.entity({ entity: L1.entity, links: [endless] }, context, 'text/plain').body).toContain(
      'Link: <>;',
    );
    expect(occiJson.entity({ entity: endless, links: [] }, context, 'application/json').body).toContain(
      '"target":{"location":""}',
    );
  });
});

describe('errors [X-2]', () => {
  const problem = (error: OcciError): Problem => ({ error, status: 400, title: 'Bad Request', requestId: 'r1' });
  const located = problem(
    new OcciError('syntax', 'a quoted\nstring is not closed', {
      position: { line: 2, column: 14 },
      token: '"Category',
    }),
  );

  it('are one line of text with the place', () => {
    const line = 'a quoted string is not closed (line 2, column 14, near "\\"Category")';
    for (const renderer of [textPlain, uriList]) {
      expect(renderer.error(located, renderer.mediaTypes[0])).toEqual({
        contentType: 'text/plain; charset=utf-8',
        body: line,
      });
    }
    expect(headerText.error(located, 'text/occi')).toEqual({ contentType: 'text/occi', body: line });
  });

  it('name the header, and nothing they do not know', () => {
    const inHeader = new OcciError('syntax', 'no', { position: { line: 1, column: 3, field: 'Link' } });
    expect(textPlain.error(problem(inHeader), 'text/plain').body).toBe('no (header Link, column 3)');
    expect(textPlain.error(problem(new OcciError('conflict', 'no')), 'text/plain').body).toBe('no');
  });

  it('are problem details in JSON (RFC 9457)', () => {
    const { contentType, body } = occiJson.error(located, 'application/json');
    expect(contentType).toBe('application/problem+json');
    expect(JSON.parse(body as string)).toEqual({
      type: 'urn:occi-gateway:error:syntax',
      title: 'Bad Request',
      status: 400,
      detail: 'a quoted\nstring is not closed',
      instance: 'urn:occi-gateway:request:r1',
      code: 'syntax',
      line: 2,
      column: 14,
      token: '"Category',
    });
    expect(
      JSON.parse(occiJson.error(problem(new OcciError('conflict', 'no')), 'application/json').body as string),
    ).not.toHaveProperty('line');
  });
});
