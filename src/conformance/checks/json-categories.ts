import { type Check, Inconclusive, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { excerpt, has, isObject, itemsOf, type JsonObject, type Members, objectIn } from './json-members.ts';

/** The keys of the query interface. */
export const keys = ['kinds', 'mixins', 'actions'] as const;
type Key = (typeof keys)[number];

const common = { term: 'string', scheme: 'string' } as const;

const kindMembers: Members = {
  required: common,
  optional: { title: 'string', attributes: 'object', parent: 'identifier', actions: 'identifiers', location: 'string' },
};

const mixinMembers: Members = {
  required: { ...common, location: 'string' },
  optional: {
    title: 'string',
    attributes: 'object',
    actions: 'identifiers',
    depends: 'identifiers',
    applies: 'identifiers',
  },
};

const actionMembers: Members = { required: common, optional: { title: 'string', attributes: 'object' } };

/** What stands under a key of the query interface. @throws Inconclusive when nothing does */
async function itemsUnder(trial: Trial, key: Key): Promise<readonly unknown[]> {
  const object = objectIn(trial, await trial.ask({ location: trial.queryInterface }));
  const items = itemsOf(object[key]);
  if (items.length > 0) return items;
  if (key === 'kinds') throw new Inconclusive('the query interface shows no kinds');
  throw new NotApplicable(`the query interface shows no ${key}`);
}

/** The categories under a key. @throws NotApplicable, Inconclusive when there are none */
export async function categoriesUnder(trial: Trial, key: Key): Promise<readonly JsonObject[]> {
  return (await itemsUnder(trial, key)).filter(isObject);
}

/** The type identifier of a category. */
export function idOf({ scheme, term }: JsonObject): string {
  return `${scheme}${term}`;
}

/** Says what members the categories under a key have. @throws Unmet, NotApplicable, Inconclusive */
async function each(trial: Trial, key: Key, members: Members): Promise<void> {
  for (const category of await categoriesUnder(trial, key)) has(trial, category, members, idOf(category));
}

/** Categories in JSON (GFD.226 §3.2, §3.4), as the query interface shows them. */
export const jsonCategoryChecks: readonly Check[] = [
  {
    id: 'json-category/keys',
    proves: ['JSON-3.4-a'],
    title: 'Categories are in arrays under kinds, mixins and actions',
    renderings: jsonRendering,
    async run(trial) {
      const object = objectIn(trial, await trial.ask({ location: trial.queryInterface }));
      trial.must(Array.isArray(object['kinds']), 'kinds is an array', excerpt(object['kinds']));
      const text = await trial.ask({ location: trial.queryInterface, accept: 'text/plain' });
      const classes = new Map(
        text.content.drafts.flatMap(({ categories }) => categories.map((one) => [one.id, one.class])),
      );
      for (const key of keys) {
        const isRight = object[key] === undefined || Array.isArray(object[key]);
        trial.must(isRight, `${key} is an array`, excerpt(object[key]));
        for (const category of itemsOf(object[key]).filter(isObject)) {
          const own = classes.get(idOf(category));
          const isHere = own === undefined || `${own}s` === key;
          trial.must(isHere, `${idOf(category)}, which text says is of class ${own}, is not under ${key}`);
        }
      }
      const all = keys.flatMap((key) => itemsOf(object[key]).filter(isObject).map(idOf));
      const missing = [...classes].find(([id, own]) => own === 'kind' && !all.includes(id));
      trial.must(missing === undefined, 'each kind is under a key', `${missing?.[0]} is not`);
    },
  },
  {
    id: 'json-category/objects',
    proves: ['JSON-3.2-a'],
    title: 'A category is an object',
    renderings: jsonRendering,
    async run(trial) {
      const object = objectIn(trial, await trial.ask({ location: trial.queryInterface }));
      const items = keys.flatMap((key) => itemsOf(object[key]));
      if (items.length === 0) throw new Inconclusive('the query interface shows no categories');
      const wrong = items.find((item) => !isObject(item));
      trial.must(wrong === undefined, 'each category is an object', excerpt(wrong));
    },
  },
  {
    id: 'json-category/no-class',
    proves: ['JSON-3.2-b'],
    title: 'No member names the class of a category',
    renderings: jsonRendering,
    async run(trial) {
      const wrong = (await categoriesUnder(trial, 'kinds')).find((one) => 'class' in one);
      trial.must(wrong === undefined, 'no category has a member class', excerpt(wrong));
    },
  },
  {
    id: 'json-category/kinds',
    proves: ['JSON-3.2.1-a'],
    title: 'A kind has term and scheme, and its other members are what they have to be',
    renderings: jsonRendering,
    run: (trial) => each(trial, 'kinds', kindMembers),
  },
  {
    id: 'json-category/kind-locations',
    proves: ['JSON-3.2.1-b'],
    title: 'Every kind but Entity has a location',
    renderings: jsonRendering,
    async run(trial) {
      const entity = 'http://schemas.ogf.org/occi/core#entity';
      const kinds = (await categoriesUnder(trial, 'kinds')).filter((kind) => idOf(kind) !== entity);
      const wrong = kinds.find(({ location }) => typeof location !== 'string' || location === '');
      trial.must(wrong === undefined, 'every kind but Entity has a location', wrong && `${idOf(wrong)} has none`);
    },
  },
  {
    id: 'json-category/mixins',
    proves: ['JSON-3.2.2-a'],
    title: 'A mixin has term, scheme and location, and its other members are what they have to be',
    renderings: jsonRendering,
    run: (trial) => each(trial, 'mixins', mixinMembers),
  },
  {
    id: 'json-category/actions',
    proves: ['JSON-3.2.3-a'],
    title: 'An action has term and scheme, and its other members are what they have to be',
    renderings: jsonRendering,
    run: (trial) => each(trial, 'actions', actionMembers),
  },
];
