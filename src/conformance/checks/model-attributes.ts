import type { CategoryReference } from '../../occi/draft.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable, textRenderings } from '../check.ts';
import { mustAll } from './must-all.ts';
import { attributeNames, lineOf, offered } from './offered.ts';
import { infrastructure, standardTypes } from './standard-types.ts';

/** The names of types in descriptions of attributes, `string` when there is none (GFD.226 §3.5.1). */
const typeNames = ['string', 'number', 'boolean', 'array', 'object'];

/** The attributes that categories list (GFD.221 §5.3.1, §5.3.2). */
export const modelAttributeChecks: readonly Check[] = [
  {
    id: 'model/attributes-once',
    proves: ['CORE-5.3.1-e'],
    title: 'A category lists each of its attributes once',
    renderings: textRenderings,
    async run(trial) {
      const isOnce = (one: CategoryReference) => new Set(attributeNames(one)).size === one.attributes.length;
      const expected = 'a category lists each attribute once';
      mustAll(
        trial,
        await offered(trial),
        isOnce,
        expected,
        (one) => `${one.id} lists ${attributeNames(one).join(' ')}`,
      );
    },
  },
  {
    id: 'model/attributes-described',
    proves: ['CORE-5.3.2-a'],
    title: 'The description of an attribute says its type, and whether it is mutable and required',
    renderings: jsonRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const { kinds = [], mixins = [], actions = [] } = reply.json as Readonly<Record<string, readonly unknown[]>>;
      const described = [...kinds, ...mixins, ...actions].flatMap((category) => {
        const { attributes = {} } = category as { readonly attributes?: Readonly<Record<string, unknown>> };
        return Object.entries(attributes);
      });
      const expected = `an attribute has a type (one of ${typeNames.join(', ')}), and mutable and required are booleans`;
      mustAll(
        trial,
        described,
        ([, description]) => isDescribed(description),
        expected,
        ([name, description]) => {
          return `${name}: ${JSON.stringify(description)}`;
        },
      );
    },
  },
  {
    id: 'model/standard-attributes',
    proves: ['CORE-5.3.3-f', 'CORE-5.3.9-b'],
    title: 'The kinds of the infrastructure list the attributes of their types',
    renderings: everyRendering,
    async run(trial) {
      const kinds = await offered(trial);
      const types = standardTypes.flatMap(({ term, always, optional }) => {
        const kind = kinds.find(({ id }) => id === `${infrastructure}#${term}`);
        return kind === undefined ? [] : [...always, ...optional].map((name) => ({ kind, name }));
      });
      if (types.length === 0) throw new NotApplicable('the server has no kind of the infrastructure');
      const expected = 'a kind lists the attributes of its type';
      mustAll(
        trial,
        types,
        ({ kind, name }) => attributeNames(kind).includes(name),
        expected,
        ({ kind, name }) => {
          return `${kind.id} does not list ${name}`;
        },
      );
    },
  },
  {
    id: 'model/shown-is-described',
    proves: ['CORE-5.3.3-f'],
    title: 'An entity shows no attributes but those that its kind lists',
    renderings: everyRendering,
    async run(trial) {
      const { kind, attributes } = await trial.read(await trial.make(trial.plainKind.id));
      const all = await offered(trial);
      const line = lineOf({ ...trial.catalogue.resolve(kind, 'kind'), id: kind }, all);
      const listed = all.filter(({ id }) => line.includes(id)).flatMap(attributeNames);
      const own = Object.keys(attributes).filter((name) => !name.startsWith('occi.core.'));
      const expected = `the attributes of an entity are listed by ${kind} or the kinds above it`;
      mustAll(
        trial,
        own,
        (name) => listed.includes(name),
        expected,
        (name) => `${name} is not`,
      );
    },
  },
];

function isDescribed(description: unknown): boolean {
  if (typeof description !== 'object' || description === null) return false;
  const { type = 'string', mutable = false, required = false } = description as Readonly<Record<string, unknown>>;
  return typeNames.includes(String(type)) && typeof mutable === 'boolean' && typeof required === 'boolean';
}
