import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/occi/action.ts';
import type { AttributeDefinition } from '../../src/occi/attribute.ts';
import { splitTypeIdentifier } from '../../src/occi/category.ts';
import type { CategoryReference } from '../../src/occi/draft.ts';
import type { Kind } from '../../src/occi/kind.ts';
import type { Lifecycle } from '../../src/occi/lifecycle.ts';
import type { Mixin } from '../../src/occi/mixin.ts';
import { Model, type ModelFragment } from '../../src/occi/model.ts';

const base = 'http://lab.test/occi/home#';
const named = (term: string) => ({ id: base + term, scheme: base, term, attributes: [] });
const kind = (term: string, rest: Partial<Kind> = {}): Kind => ({
  class: 'kind',
  ...named(term),
  location: `/${term}/`,
  aliases: [],
  actions: [],
  ...rest,
});
const mixin = (term: string, rest: Partial<Mixin> = {}): Mixin => ({
  class: 'mixin',
  ...named(term),
  location: `/${term}/`,
  actions: [],
  depends: [],
  applies: [],
  origin: 'provider',
  ...rest,
});
const action = (term: string): Action => ({ class: 'action', ...named(term) });
const attribute = (name: string, rest: Partial<AttributeDefinition> = {}): AttributeDefinition => ({
  name,
  type: 'string',
  mutable: true,
  required: false,
  ...rest,
});
const model = (fragment: Partial<ModelFragment>) => new Model([{ kinds: [], mixins: [], actions: [], ...fragment }]);
const reference = (id: string, rest: Partial<CategoryReference> = {}): CategoryReference => ({
  id,
  ...splitTypeIdentifier(id),
  related: [],
  applies: [],
  attributes: [],
  actions: [],
  ...rest,
});
const ids = (categories: readonly { readonly id: string }[]) => categories.map(({ id }) => id.slice(base.length));

const switching: Lifecycle = {
  attribute: 'state',
  states: ['off', 'on'],
  initial: 'off',
  settled: 'off',
  transitions: [{ action: `${base}on`, from: ['off'], to: 'on' }],
};
const home = model({
  kinds: [
    kind('entity', { attributes: [attribute('id', { mutable: false }), attribute('title')] }),
    kind('resource', { parent: `${base}entity`, attributes: [attribute('summary')] }),
    kind('lamp', {
      parent: `${base}resource`,
      aliases: ['/light/lamp/'],
      attributes: [attribute('watts', { type: 'number', required: true }), attribute('colour', { default: 'white' })],
      actions: [`${base}on`, `${base}off`],
      lifecycle: switching,
    }),
    kind('desklamp', { parent: `${base}lamp`, actions: [`${base}bend`, `${base}on`] }),
    kind('socket', { parent: `${base}resource` }),
  ],
  mixins: [
    mixin('palette', { attributes: [attribute('palette')], actions: [`${base}mix`] }),
    mixin('warm', {
      attributes: [attribute('colour', { default: 'amber' })],
      depends: [`${base}palette`],
      applies: [`${base}lamp`],
    }),
    mixin('evening', { depends: [`${base}warm`], actions: [`${base}dim`, `${base}off`] }),
  ],
  actions: [action('on'), action('off'), action('bend'), action('mix'), action('dim')],
});

describe('GFD.221 §5.3.1 identity', () => {
  it('finds categories by scheme and term, and by nothing else [CORE-5.3.1-c]', () => {
    expect(home.kind(`${base}lamp`)?.term).toBe('lamp');
    expect(home.mixin(`${base}warm`)?.term).toBe('warm');
    expect(home.action(`${base}on`)?.term).toBe('on');
    expect(home.kind(`${base}warm`)).toBeUndefined();
    expect(home.mixin(`${base}lamp`)).toBeUndefined();
    expect(home.action(`${base}lamp`)).toBeUndefined();
    expect(home.kind(`${base}Lamp`)).toBeUndefined();
    expect(home.category(`${base}off`)?.class).toBe('action');
  });

  it('resolves what a request names, without its class and without the final # of its scheme [CORE-5.3.6-a]', () => {
    expect(home.resolve(reference(`${base}lamp`)).class).toBe('kind');
    expect(home.resolve(reference(`${base}warm`, { class: 'mixin' })).class).toBe('mixin');
    const hashless = { id: 'http://lab.test/occi/homeon', scheme: 'http://lab.test/occi/home', term: 'on' };
    expect(home.find(hashless)?.id).toBe(`${base}on`);
    expect(home.resolve(reference(hashless.id, hashless)).id).toBe(`${base}on`);
    expect(home.find(reference(`${base}torch`))).toBeUndefined();
  });

  it('refuses what it does not have, and a wrong class [CORE-5.3.6-a] [CORE-5.3.6-b]', () => {
    expect(() => home.resolve(reference(`${base}torch`))).toThrow(
      expect.objectContaining({
        code: 'unknown-category',
        message: `there is no category "${base}torch"; GET /-/ lists them`,
        details: { token: `${base}torch` },
      }),
    );
    expect(() => home.resolve(reference(`${base}lamp`, { class: 'mixin' }))).toThrow(
      expect.objectContaining({ code: 'unknown-category', message: `${base}lamp is a kind, not a mixin` }),
    );
  });

  it('gives the kind of an entity, which has to exist', () => {
    expect(home.kindOf({ kind: `${base}socket` }).term).toBe('socket');
    expect(() => home.kindOf({ kind: `${base}torch` })).toThrow(`${base}torch is not in the model`);
  });
});

describe('GFD.223 §4 bound paths', () => {
  it('knows kinds and mixins by their locations and aliases, with and without the final slash', () => {
    expect(home.at('/lamp/')?.term).toBe('lamp');
    expect(home.at('/lamp')?.term).toBe('lamp');
    expect(home.at('/light/lamp/')?.term).toBe('lamp');
    expect(home.at('/warm')?.term).toBe('warm');
    expect(home.at('/')).toBeUndefined();
    expect(home.at('/lamp/1')).toBeUndefined();
  });
});

describe('GFD.221 §5.3.3 inheritance of kinds', () => {
  it('is transitive and starts at the kind itself [CORE-5.3.3-i]', () => {
    for (const ancestor of ['desklamp', 'lamp', 'resource', 'entity']) {
      expect(home.descends(`${base}desklamp`, base + ancestor)).toBe(true);
    }
    expect(home.descends(`${base}lamp`, `${base}desklamp`)).toBe(false);
    expect(home.descends(`${base}socket`, `${base}lamp`)).toBe(false);
    expect(home.descends(`${base}torch`, `${base}entity`)).toBe(false);
  });

  it('lists inherited attributes first, from the root down [CORE-5.3.3-f] [CORE-5.3.3-j]', () => {
    expect([...home.definitions(`${base}desklamp`, []).keys()]).toEqual(['id', 'title', 'summary', 'watts', 'colour']);
    expect(home.attributesOf(home.kindOf({ kind: `${base}resource` })).map(({ name }) => name)).toEqual([
      'id',
      'title',
      'summary',
    ]);
  });

  it('lists inherited actions first, each once [CORE-5.3.3-g] [CORE-5.3.3-j]', () => {
    const desklamp = home.kindOf({ kind: `${base}desklamp` });
    expect(home.actionIdsOf(desklamp)).toEqual([`${base}on`, `${base}off`, `${base}bend`]);
    expect(ids(home.actionsOf(desklamp.id, []))).toEqual(['on', 'off', 'bend']);
    expect(home.actionsOf(`${base}socket`, [])).toEqual([]);
  });

  it('gives a kind the nearest state machine', () => {
    const own: Lifecycle = { ...switching, initial: 'on' };
    const fancy = new Model([
      home,
      { kinds: [kind('fancy', { parent: `${base}lamp`, lifecycle: own })], mixins: [], actions: [] },
    ]);
    expect(fancy.lifecycleOf(`${base}fancy`)).toBe(own);
    expect(fancy.lifecycleOf(`${base}desklamp`)).toBe(switching);
    expect(fancy.lifecycleOf(`${base}socket`)).toBeUndefined();
    expect(fancy.lifecycleOf(`${base}torch`)).toBeUndefined();
  });

  it('lets a kind redefine what it inherits, in its place', () => {
    const child = kind('child', {
      parent: `${base}lamp`,
      attributes: [attribute('colour', { default: 'red' }), attribute('id', { mutable: true })],
    });
    const definitions = new Model([home, { kinds: [child], mixins: [], actions: [] }]).definitions(child.id, []);
    expect([...definitions.keys()]).toEqual(['id', 'title', 'summary', 'watts', 'colour']);
    expect(definitions.get('colour')?.default).toBe('red');
    expect(definitions.get('id')?.mutable).toBe(true);
  });
});

describe('GFD.221 §5.3.4 mixins', () => {
  it('depend on each other at any distance [CORE-5.3.4-i]', () => {
    expect(home.depends(`${base}evening`, `${base}palette`)).toBe(true);
    expect(home.depends(`${base}evening`, `${base}evening`)).toBe(true);
    expect(home.depends(`${base}palette`, `${base}evening`)).toBe(false);
    expect(home.depends(`${base}torch`, `${base}palette`)).toBe(false);
  });

  it('bring the attributes and actions of what they depend on, after those of the kind [CORE-5.3.4-i]', () => {
    const mixins = [`${base}evening`, `${base}warm`];
    expect([...home.definitions(`${base}lamp`, mixins).keys()]).toEqual([
      'id',
      'title',
      'summary',
      'watts',
      'colour',
      'palette',
    ]);
    expect(ids(home.actionsOf(`${base}lamp`, mixins))).toEqual(['on', 'off', 'mix', 'dim']);
  });

  it('show only their own attributes and actions in the query interface', () => {
    const evening = home.mixin(`${base}evening`) as Mixin;
    expect(home.attributesOf(evening)).toEqual([]);
    expect(home.actionIdsOf(evening)).toEqual([`${base}dim`, `${base}off`]);
    expect(home.attributesOf(home.action(`${base}on`) as Action)).toEqual([]);
  });

  it('apply to the kinds they name and the descendants of these, or to all [CORE-5.3.4-c] [CORE-5.3.4-k]', () => {
    const warm = home.mixin(`${base}warm`) as Mixin;
    expect(home.applies(warm, `${base}lamp`)).toBe(true);
    expect(home.applies(warm, `${base}desklamp`)).toBe(true);
    expect(home.applies(warm, `${base}socket`)).toBe(false);
    expect(home.applies(home.mixin(`${base}palette`) as Mixin, `${base}socket`)).toBe(true);
  });

  it('override the defaults of the kind, in its place [CORE-5.3.7-b]', () => {
    expect(home.definitions(`${base}lamp`, []).get('colour')?.default).toBe('white');
    expect(home.definitions(`${base}lamp`, [`${base}warm`]).get('colour')?.default).toBe('amber');
  });

  it('override each other in the order of association, dependencies first', () => {
    const colours = ['red', 'green'].map((colour) =>
      mixin(colour, { attributes: [attribute('colour', { default: colour })], depends: [`${base}warm`] }),
    );
    const painted = home.withMixins(colours);
    const colour = (...mixins: string[]) =>
      painted
        .definitions(
          `${base}lamp`,
          mixins.map((term) => base + term),
        )
        .get('colour')?.default;
    expect(colour('red', 'green')).toBe('green');
    expect(colour('green', 'red')).toBe('red');
    expect(colour('red', 'warm')).toBe('red');
  });

  it('never hand an immutable attribute over to the client [CORE-5.2-d]', () => {
    const anyDefinition = fc.record({
      mutable: fc.boolean(),
      required: fc.boolean(),
      atCreation: fc.boolean(),
      default: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(anyDefinition, { minLength: 2, maxLength: 5 }), ([own, ...others]) => {
        const changed = model({
          kinds: [kind('lamp', { attributes: [attribute('lit', own)] })],
          mixins: others.map((other, index) => mixin(`m${index}`, { attributes: [attribute('lit', other)] })),
        });
        const chain = [own as AttributeDefinition, ...others];
        const result = changed
          .definitions(
            `${base}lamp`,
            others.map((_, index) => `${base}m${index}`),
          )
          .get('lit');
        const frozenAt = chain.findIndex(({ mutable }) => !mutable);
        expect(result?.default).toBe(chain.at(-1)?.default);
        expect(result?.mutable).toBe(frozenAt === -1);
        const decisive = frozenAt === -1 ? chain.at(-1) : chain[frozenAt];
        expect(result?.required).toBe(decisive?.required);
        expect(result?.atCreation).toBe(decisive?.atCreation);
      }),
    );
  });

  it('that an entity has but nobody knows any more bring nothing', () => {
    expect(home.definitions(`${base}socket`, [`${base}gone`])).toEqual(home.definitions(`${base}socket`, []));
  });

  it('may depend on each other in a circle: each counts once', () => {
    const circle = model({
      kinds: [kind('lamp')],
      mixins: [
        mixin('a', { attributes: [attribute('a')], depends: [`${base}b`] }),
        mixin('b', { attributes: [attribute('b')], depends: [`${base}c`, `${base}b`] }),
        mixin('c', { attributes: [attribute('c')], depends: [`${base}a`] }),
      ],
    });
    expect([...circle.definitions(`${base}lamp`, [`${base}a`]).keys()]).toEqual(['c', 'b', 'a']);
    expect(circle.depends(`${base}a`, `${base}c`)).toBe(true);
    expect(circle.depends(`${base}c`, `${base}b`)).toBe(true);
  });

  it('are remembered in combinations, but not in more of them than fit', () => {
    const many = model({
      kinds: [kind('lamp')],
      mixins: Array.from({ length: 150 }, (_, index) => mixin(`m${index}`, { attributes: [attribute(`a${index}`)] })),
    });
    const first = many.definitions(`${base}lamp`, [`${base}m0`]);
    const firstActions = many.actionsOf(`${base}lamp`, [`${base}m0`]);
    expect(many.definitions(`${base}lamp`, [`${base}m0`])).toBe(first);
    expect(many.actionsOf(`${base}lamp`, [`${base}m0`])).toBe(firstActions);
    for (let pair = 0; pair <= 10_001; pair += 1) {
      const mixins = [`${base}m${Math.floor(pair / 150)}`, `${base}m${pair % 150}`];
      many.definitions(`${base}lamp`, mixins);
      many.actionsOf(`${base}lamp`, mixins);
    }
    expect(many.definitions(`${base}lamp`, [`${base}m0`])).not.toBe(first);
    expect(many.definitions(`${base}lamp`, [`${base}m0`])).toEqual(first);
    expect(many.actionsOf(`${base}lamp`, [`${base}m0`])).not.toBe(firstActions);
  });
});

describe('a model that changes', () => {
  const tag = mixin('favourite', { origin: 'user', depends: ['http://nowhere.example#group'], applies: ['#nothing'] });

  it('is a new model with the mixins of users after the others; the old one stays [CORE-5.5.3-a]', () => {
    const tagged = home.withMixins([tag]);
    expect(tagged.mixin(tag.id)).toBe(tag);
    expect(tagged.at('/favourite/')).toBe(tag);
    expect(ids(tagged.mixins)).toEqual(['palette', 'warm', 'evening', 'favourite']);
    expect(home.mixin(tag.id)).toBeUndefined();
    const untagged = tagged.withoutMixin(tag.id);
    expect(untagged.mixin(tag.id)).toBeUndefined();
    expect(untagged.at('/favourite/')).toBeUndefined();
    expect(untagged.mixins).toEqual(home.mixins);
    expect(untagged.kinds).toEqual(home.kinds);
    expect(untagged.actions).toEqual(home.actions);
  });

  it('refuses a mixin whose id or location is taken [CORE-5.3-a]', () => {
    expect(() => home.withMixins([mixin('lamp')])).toThrow(`${base}lamp is defined twice`);
    expect(() => home.withMixins([mixin('on')])).toThrow(`${base}on is defined twice`);
    expect(() => home.withMixins([mixin('other', { location: '/lamp/' })])).toThrow(
      `${base}other and ${base}lamp have the same location /lamp/`,
    );
  });
});

describe('fragments that do not fit together', () => {
  it.each<[string, Partial<ModelFragment>]>([
    [`${base}lamp is defined twice`, { kinds: [kind('lamp'), kind('lamp', { location: '/other/' })] }],
    [`${base}lamp is defined twice`, { kinds: [kind('lamp')], mixins: [mixin('lamp', { location: '/other/' })] }],
    [`${base}on is defined twice`, { actions: [action('on'), action('on')] }],
    [
      `${base}b and ${base}a have the same location /x/`,
      { kinds: [kind('a', { location: '/x/' }), kind('b', { location: '/x/' })] },
    ],
    [
      `${base}b and ${base}a have the same location /x/`,
      { kinds: [kind('a', { aliases: ['/x/'] })], mixins: [mixin('b', { location: '/x/' })] },
    ],
    [
      `${base}lamp has the parent ${base}resource, which is not defined`,
      { kinds: [kind('lamp', { parent: `${base}resource` })] },
    ],
    [
      `${base}a inherits from itself`,
      { kinds: [kind('a', { parent: `${base}b` }), kind('b', { parent: `${base}a` })] },
    ],
    [
      `${base}lamp lists the action ${base}on, which is not defined`,
      { kinds: [kind('lamp', { actions: [`${base}on`] })] },
    ],
    [
      `${base}warm lists the action ${base}on, which is not defined`,
      { mixins: [mixin('warm', { actions: [`${base}on`] })] },
    ],
    [
      `${base}warm depends on ${base}palette, which is not defined`,
      { mixins: [mixin('warm', { depends: [`${base}palette`] })] },
    ],
    [
      `${base}warm applies to ${base}lamp, which is not defined`,
      { mixins: [mixin('warm', { applies: [`${base}lamp`] })] },
    ],
    [
      `${base}plug links from or to ${base}socket, which is not defined`,
      { kinds: [kind('lamp'), kind('plug', { ends: { source: `${base}lamp`, target: `${base}socket` } })] },
    ],
  ])('are refused: %s', (message, fragment) => {
    expect(() => model(fragment)).toThrow(new Error(message));
  });

  it('are accepted when a kind has no location, or an end of a link is open', () => {
    const { location, ...abstract } = kind('entity');
    const plug = kind('plug', { ends: { target: abstract.id } });
    expect(ids(model({ kinds: [abstract, plug] }).kinds)).toEqual(['entity', 'plug']);
    expect(location).toBe('/entity/');
  });
});
