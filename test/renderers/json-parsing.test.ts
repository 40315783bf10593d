import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/occi/attribute.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import { draftOf, parseBody, payload, refusal } from './home-lab.ts';

const parse = (value: unknown) => parseBody(occiJson, JSON.stringify(value));
const draft = (value: unknown) => draftOf(parse(value));
const json = (value: Value) => ({ form: 'json', value }) as const;
const attributes = (value: unknown) => Object.fromEntries(draft(value).attributes);

describe('GFD.226 §3.1 entities', () => {
  it('have kind, mixins, attributes and the members that are core attributes [JSON-3.1.1-a]', () => {
    const entity = {
      kind: 'a#k',
      mixins: ['b#m'],
      id: 'i',
      title: 't',
      summary: 's',
      attributes: { 'x.y': 1 },
      actions: ['c#d'],
    };
    const { categories, attributes: found } = draft(entity);
    expect(categories.map(({ id, class: own }) => [id, own])).toEqual([
      ['a#k', 'kind'],
      ['b#m', 'mixin'],
    ]);
    expect(Object.fromEntries(found)).toEqual({
      'x.y': json(1),
      'occi.core.id': json('i'),
      'occi.core.title': json('t'),
      'occi.core.summary': json('s'),
    });
  });

  it('may be a part of an entity', () => {
    expect(draft({})).toEqual({ categories: [], attributes: new Map(), links: [] });
    expect(draft({ mixins: ['b#m'] }).categories).toMatchObject([{ id: 'b#m', class: 'mixin' }]);
  });

  it('say it best in their members; an empty id is none [JSON-3.1.1-b] [JSON-3.1.1-c]', () => {
    expect(attributes({ title: 'a', attributes: { 'occi.core.title': 'b' } })).toEqual({
      'occi.core.title': json('a'),
    });
    expect(attributes({ id: '' })).toEqual({});
  });

  it('have attributes of all types, flat or nested at the dots [JSON-3.5-a]', () => {
    const flat = { 'a.n': 1, 'a.b': true, 'a.s': 'x', 'a.l': [1, { k: [] }], 'a.o': { p: { q: 1 } } };
    expect(attributes({ attributes: flat })).toEqual({
      'a.n': json(1),
      'a.b': json(true),
      'a.s': json('x'),
      'a.l': json([1, { k: [] }]),
      'a.o': json({ p: { q: 1 } }),
    });
    expect(attributes({ attributes: { occi: { core: { id: 'i' }, storage: { size: 0.006 } } } })).toEqual({
      'occi.core.id': json('i'),
      'occi.storage.size': json(0.006),
    });
    expect(refusal(() => parse({ attributes: { 'a.b': 1, a: { b: 2 } } })).message).toContain('twice');
  });

  it('have names that do no harm', () => {
    const found = draftOf(
      parseBody(occiJson, '{"attributes":{"__proto__":1,"a.b":{"__proto__":{"polluted":true}},"constructor":2}}'),
    );
    expect([...found.attributes.keys()]).toEqual(['__proto__', 'a.b', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('are links with source and target, as objects or strings [JSON-3.1.2.1-a]', () => {
    expect(attributes({ source: { location: '/l', kind: 'a#l' }, target: '/s', rel: 'x', location: '/y' })).toEqual({
      'occi.core.source': json('/l'),
      'occi.core.source.kind': json('a#l'),
      'occi.core.target': json('/s'),
    });
  });

  it('contain links, in full or by URI [JSON-3.1.1-e]', () => {
    const link = { kind: 'a#p', id: 'i', target: { location: '/s', kind: 'a#s' }, attributes: { 'x.y': 1 } };
    expect(draft({ kind: 'a#l', links: [link, '/p/1', { kind: 'a#p' }] }).links).toMatchObject([
      {
        target: '/s',
        rel: ['a#s'],
        self: 'i',
        categories: [{ id: 'a#p', class: 'kind' }],
        attributes: new Map([
          ['x.y', json(1)],
          ['occi.core.id', json('i')],
          ['occi.core.target.kind', json('a#s')],
        ]),
      },
      { target: '/p/1', self: '/p/1', rel: [], categories: [] },
      { target: '', rel: [] },
    ]);
  });

  it('are invocations of actions [JSON-3.1.1.1-a]', () => {
    const { categories, attributes: parameters } = draft({ action: 'a#on', attributes: { ramp: 2 } });
    expect(categories).toMatchObject([{ id: 'a#on', class: 'action' }]);
    expect(parameters).toEqual(new Map([['ramp', json(2)]]));
  });
});

describe('GFD.226 §3.3, §3.4 collections', () => {
  it('hold resources, links, or both, in full or by URI [JSON-3.3-f]', () => {
    const content = parse({ resources: [{ kind: 'a#l' }, '/l/1'], links: [{ kind: 'a#p' }] });
    expect(content.plural).toBe(true);
    expect(content.drafts.map(({ categories }) => categories[0]?.id)).toEqual(['a#l', 'a#p']);
    expect(content.locations).toEqual(['/l/1']);
    expect(parse({ links: [] })).toEqual({ drafts: [], locations: [], plural: true });
  });

  it('hold categories [JSON-3.4-a]', () => {
    const tag = {
      term: 't',
      scheme: 's#',
      location: '/t/',
      title: 'T',
      depends: ['x#y'],
      related: 'z#z',
      applies: ['k#k'],
      attributes: {},
    };
    const { categories } = draft({
      kinds: [],
      mixins: [tag, 's#u', { term: 'v', scheme: 's#', title: '', location: '', actions: ['a#b'] }],
    });
    expect(categories).toEqual([
      {
        id: 's#t',
        scheme: 's#',
        term: 't',
        class: 'mixin',
        title: 'T',
        location: '/t/',
        related: ['x#y', 'z#z'],
        applies: ['k#k'],
        attributes: [],
        actions: [],
      },
      { id: 's#u', scheme: 's#', term: 'u', class: 'mixin', related: [], applies: [], attributes: [], actions: [] },
      {
        id: 's#v',
        scheme: 's#',
        term: 'v',
        class: 'mixin',
        related: [],
        applies: [],
        attributes: [],
        actions: ['a#b'],
      },
    ]);
    const described = {
      'a.b': { mutable: false, required: true, type: 'number', pattern: { minimum: 1 }, default: 2 },
    };
    const nested = { a: { b: { mutable: false, description: 'B' }, c: {}, d: { default: null, type: 'string' } } };
    expect(draft({ mixins: [{ attributes: described }, { attributes: nested }] }).categories).toMatchObject([
      { attributes: [{ name: 'a.b', ...described['a.b'] }] },
      { attributes: [{ name: 'a.b', ...nested.a.b }, { name: 'a.c' }, { name: 'a.d', type: 'string' }] },
    ]);
    expect(draft({ mixins: [{ attributes: { a: {} } }] }).categories).toMatchObject([
      { id: '', attributes: [{ name: 'a' }] },
    ]);
  });
});

describe('JSON that is refused', () => {
  it.each([
    [[], 'must be a JSON object'],
    [null, 'must be a JSON object'],
    [1, 'must be a JSON object'],
    ['x', 'must be a JSON object'],
    [{ colour: 1 }, '"colour"'],
    [{ resources: [], colour: 1 }, '"colour"'],
    [{ resources: {} }, 'resources'],
    [{ resources: [1] }, 'resources'],
    [{ kinds: 1 }, 'kinds'],
    [{ kinds: [1] }, 'category'],
    [{ kinds: [], colour: [] }, '"colour"'],
    [{ mixins: [{ colour: 1 }] }, '"colour"'],
    [{ mixins: [{ depends: [1] }] }, 'depends'],
    [{ mixins: 'a#b' }, 'mixins'],
    [{ kind: null }, 'kind'],
    [{ id: 7 }, 'id'],
    [{ attributes: { 'a.b': null } }, '"a.b"'],
    [{ attributes: { 'a.b': [null] } }, '"a.b"'],
    [{ attributes: { 'a.b': { c: null } } }, '"a.b"'],
    [{ attributes: [] }, 'attributes'],
    [{ links: 'x', kind: 'a#b' }, 'links'],
    [{ links: [1], kind: 'a#b' }, 'link'],
    [{ source: 1 }, 'source'],
    [{ source: {} }, 'location'],
    [{ target: { location: '/a', colour: 1 } }, '"colour"'],
  ])('%j, naming what is wrong', (value, named) => {
    const error = refusal(() => parse(value));
    expect(error.code).toBe('syntax');
    expect(error.message).toContain(named);
    expect(error.details.token).toBeDefined();
  });

  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a" 1}', 1, 6],
    ['{"a":1 "b":2}', 1, 8],
    ['{"title":"a",}', 1, 14],
    ['{\n "title": "a",\n "title": "b"\n}', 3, 2],
    ['{"attributes":{"a.b":1,"a\\u002eb":2}}', 1, 24],
    ['[1 2]', 1, 4],
    ['[1,]', 1, 4],
    ['{"title":"a', 1, 10],
    ['{"title":"\\x"}', 1, 10],
    ['{"title":"\n"}', 1, 10],
    ['{"title":truth}', 1, 10],
    ['{"title":01}', 1, 11],
    ['{"a":1e999}', 1, 6],
    ['{} x', 1, 4],
    ["{'a':1}", 1, 2],
    [`${'['.repeat(33)}`, 1, 33],
    [`${'{"a":'.repeat(33)}`, 1, 161],
  ])('%j, with line and column [JSON-X-a] [JSON-X-d]', (text, line, column) => {
    const error = refusal(() => parseBody(occiJson, text));
    expect(error.code).toBe('syntax');
    expect(error.details.position).toEqual({ line, column });
  });

  it('but not for its blanks, escapes or nesting', () => {
    const deep = `${'['.repeat(30)}${']'.repeat(30)}`;
    const text = ` \r\n\t{ "title" : "\\u00e9\\n\\"" , "attributes" : { "a.b" : ${deep}, "a.c": -1.5e-3, "a.d": false } } `;
    expect(draftOf(parseBody(occiJson, text)).attributes.get('occi.core.title')).toEqual(json('é\n"'));
    expect(draftOf(parseBody(occiJson, `\ufeff${text}`)).attributes.get('a.c')).toEqual(json(-0.0015));
  });

  it('nor for a charset it names', () => {
    expect(occiJson.parse(payload('{}', 'utf-16')).drafts).toHaveLength(1);
  });
});
