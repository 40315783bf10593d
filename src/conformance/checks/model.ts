import { locationOf } from '../../client/location.ts';
import type { CategoryReference } from '../../occi/draft.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { attributeNames, offered } from './offered.ts';
import { infrastructure, standardTypes } from './standard-types.ts';

const coreScheme = 'http://schemas.ogf.org/occi/core#';
const entity = `${coreScheme}entity`;
const coreKinds = [entity, `${coreScheme}resource`, `${coreScheme}link`];

const isKind = (one: CategoryReference): boolean => one.class === 'kind';
const idsOf = (categories: readonly CategoryReference[]): readonly string[] => categories.map(({ id }) => id);

/** The categories of the core and of the infrastructure, by the schemes that nobody else defines categories in. */
const published: ReadonlyMap<string, readonly string[]> = new Map([
  [coreScheme, ['entity', 'resource', 'link']],
  [
    `${infrastructure}#`,
    ['compute', 'network', 'storage', 'networkinterface', 'storagelink', 'os_tpl', 'resource_tpl'],
  ],
  [`${infrastructure}/compute/action#`, ['start', 'stop', 'restart', 'suspend', 'save']],
  [`${infrastructure}/network/action#`, ['up', 'down']],
  [`${infrastructure}/storage/action#`, ['online', 'offline', 'backup', 'snapshot', 'resize']],
  [`${infrastructure}/network#`, ['ipnetwork', 'ipnetworking']],
  [`${infrastructure}/networkinterface#`, ['ipnetworkinterface']],
  [`${infrastructure}/credentials#`, ['ssh_key']],
  [`${infrastructure}/compute#`, ['user_data']],
]);

/** The mixins of the standard. */
const standardMixins: readonly string[] = [
  `${infrastructure}#os_tpl`,
  `${infrastructure}#resource_tpl`,
  `${infrastructure}/network#ipnetwork`,
  `${infrastructure}/networkinterface#ipnetworkinterface`,
  `${infrastructure}/credentials#ssh_key`,
  `${infrastructure}/compute#user_data`,
];

/** The names of types in descriptions of attributes, `string` when there is none (GFD.226 §3.5.1). */
const typeNames = ['string', 'number', 'boolean', 'array', 'object'];

/** Says what has to be so of all. @throws Unmet naming the first of which it is not */
function mustAll<T>(
  trial: Trial,
  all: readonly T[],
  isSo: (one: T) => boolean,
  expected: string,
  name: (one: T) => string,
) {
  const stray = all.find((one) => !isSo(one));
  trial.must(stray === undefined, expected, stray === undefined ? undefined : name(stray));
}

/** The kinds from one up to the last that is listed. */
function lineOf(kind: CategoryReference, kinds: readonly CategoryReference[]): readonly string[] {
  const line: string[] = [];
  for (let next: string | undefined = kind.id; next !== undefined && !line.includes(next); ) {
    const current: string = next;
    line.push(current);
    next = kinds.find(({ id }) => id === current)?.related[0];
  }
  return line;
}

/** The core model as the query interface shows it (GFD.221 §5.3). */
export const modelChecks: readonly Check[] = [
  {
    id: 'model/core-kinds',
    proves: ['CORE-5.1-a', 'CORE-5.3.3-a', 'CORE-5.3.3-d'],
    title: 'Entity, Resource and Link are there, as kinds',
    renderings: everyRendering,
    async run(trial) {
      const kinds = idsOf((await offered(trial)).filter(isKind));
      mustAll(
        trial,
        coreKinds,
        (id) => kinds.includes(id),
        'the kinds of the core are listed as kinds',
        (id) => `${id} is not`,
      );
    },
  },
  {
    id: 'model/unique',
    proves: ['CORE-5.3-a', 'CORE-5.3.3-b'],
    title: 'No two categories have the same scheme and term',
    renderings: everyRendering,
    async run(trial) {
      const ids = idsOf(await offered(trial));
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      trial.must(twice === undefined, 'each category is listed once', `${twice} is listed twice`);
    },
  },
  {
    id: 'model/classes',
    proves: ['CORE-5.3.1-a'],
    title: 'Every category is a kind, a mixin or an action',
    renderings: textRenderings,
    async run(trial) {
      const all = await offered(trial);
      const expected = 'the class of every category is kind, mixin or action';
      mustAll(
        trial,
        all,
        (one) => one.class !== undefined,
        expected,
        ({ id }) => `${id} has none of them`,
      );
    },
  },
  {
    id: 'model/mixins',
    proves: ['CORE-5.3.4-a'],
    title: 'The mixins of the standard are mixins',
    renderings: everyRendering,
    async run(trial) {
      const there = (await offered(trial)).filter(({ id }) => standardMixins.includes(id));
      if (there.length === 0) throw new NotApplicable('the server has none of the mixins of the standard');
      const expected = 'what the standard defines as mixin is listed as one';
      mustAll(
        trial,
        there,
        (one) => one.class === 'mixin',
        expected,
        ({ id, class: own }) => `${id} is ${own}`,
      );
    },
  },
  {
    id: 'model/identifiers',
    proves: ['CORE-5.3.1-b'],
    title: 'Every category has a term and a scheme',
    renderings: everyRendering,
    async run(trial) {
      const isIdentified = ({ term, scheme }: CategoryReference) => term !== '' && /^[a-z][a-z0-9+.-]*:/i.test(scheme);
      const expected = 'every category has a term, and a scheme that is a URI';
      mustAll(trial, await offered(trial), isIdentified, expected, ({ term, scheme }) => {
        return `the term ${JSON.stringify(term)} in the scheme ${JSON.stringify(scheme)}`;
      });
    },
  },
  {
    id: 'model/inheritance',
    proves: ['CORE-5.3-b', 'CORE-5.3.3-h'],
    title: 'Every kind leads to Entity, from parent to parent',
    renderings: everyRendering,
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      const expected = 'the line of parents of every kind is listed, and ends at Entity';
      mustAll(
        trial,
        kinds,
        (kind) => lineOf(kind, kinds).at(-1) === entity,
        expected,
        (kind) => {
          return `that of ${kind.id} ends at ${lineOf(kind, kinds).at(-1)}`;
        },
      );
    },
  },
  {
    id: 'model/parents',
    proves: ['CORE-5.3.3-i'],
    title: 'The parent of a kind is the kind of the type that its own type extends',
    renderings: everyRendering,
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      const parents = new Map([
        ...coreKinds.slice(1).map((id) => [id, entity] as const),
        ...standardTypes.map(({ term, parent }) => [`${infrastructure}#${term}`, parent] as const),
      ]);
      const known = kinds.filter(({ id }) => parents.has(id));
      const expected = 'kinds of the standard have the parents that the standard gives them';
      mustAll(
        trial,
        known,
        ({ id, related }) => related.includes(parents.get(id) as string),
        expected,
        (kind) => {
          return `${kind.id} has ${kind.related.join(' ') || 'none'} and not ${parents.get(kind.id)}`;
        },
      );
    },
  },
  {
    id: 'model/one-parent',
    proves: ['CORE-5.3.3-e'],
    title: 'A kind has at most one parent',
    renderings: everyRendering,
    versions: ['1.2'],
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      mustAll(
        trial,
        kinds,
        ({ related }) => related.length <= 1,
        'a kind has at most one parent',
        ({ id, related }) => {
          return `${id} has ${related.join(' ')}`;
        },
      );
    },
  },
  {
    id: 'model/references',
    proves: ['CORE-5.3.1-c', 'CORE-5.3.9-a'],
    title: 'Parents, and the kinds that mixins apply to, are named by their identifiers, and listed',
    renderings: everyRendering,
    async run(trial) {
      const all = await offered(trial);
      const ids = idsOf(all);
      const named = all.flatMap((one) => [...(isKind(one) ? one.related : []), ...one.applies]);
      const expected = 'a category that another one names is listed, by scheme and term';
      mustAll(
        trial,
        named,
        (id) => ids.includes(id),
        expected,
        (id) => `${id} is not`,
      );
    },
  },
  {
    id: 'model/actions',
    proves: ['CORE-5.3.5-a', 'CORE-5.3.3-g'],
    title: 'The actions that kinds and mixins name are listed as actions',
    renderings: everyRendering,
    async run(trial) {
      const all = await offered(trial);
      const named = all.flatMap(({ actions }) => actions);
      if (named.length === 0) throw new NotApplicable('no category has an action');
      const actions = idsOf(all.filter((one) => one.class === 'action'));
      mustAll(
        trial,
        named,
        (id) => actions.includes(id),
        'an action that is named is listed as one',
        (id) => `${id} is not`,
      );
    },
  },
  {
    id: 'model/actions-have-owners',
    proves: ['CORE-5.3.5-b'],
    title: 'Every action belongs to a kind or a mixin',
    renderings: everyRendering,
    async run(trial) {
      const all = await offered(trial);
      const actions = all.filter((one) => one.class === 'action');
      if (actions.length === 0) throw new NotApplicable('the server has no actions');
      const named = new Set(all.flatMap((one) => one.actions));
      const expected = 'every action is named by a kind or a mixin';
      mustAll(
        trial,
        actions,
        ({ id }) => named.has(id),
        expected,
        ({ id }) => `nobody names ${id}`,
      );
    },
  },
  {
    id: 'model/reserved-schemes',
    proves: ['CORE-5.3.1-d'],
    title: 'The schemes of the standard hold categories of the standard only',
    async run(trial) {
      const all = (await offered(trial)).filter(({ scheme }) => published.has(scheme));
      const isPublished = ({ scheme, term }: CategoryReference) => published.get(scheme)?.includes(term) === true;
      mustAll(
        trial,
        all,
        isPublished,
        'schemes of the standard hold nothing else',
        ({ id }) => `${id} is in no document`,
      );
    },
  },
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
    id: 'model/collections',
    proves: ['CORE-5.3-e', 'CORE-5.3.3-e'],
    title: 'Every kind and every mixin has a collection',
    async run(trial) {
      const all = await offered(trial);
      const bound = all.filter(({ class: own, location }) => own !== 'action' && location !== undefined);
      const others = all.filter(({ class: own, location }) => own === 'mixin' && location === undefined);
      mustAll(
        trial,
        others,
        () => false,
        'every mixin has a location',
        ({ id }) => `${id} has none`,
      );
      for (const { id, location = '' } of bound) {
        const reply = await trial.ask({ location: locationOf(trial.space, location) });
        trial.answered(reply, [200], `it is the collection of ${id}`);
      }
    },
  },
  {
    id: 'model/same-in-all-renderings',
    proves: ['CORE-0-a'],
    title: 'A server of OCCI 1.2 shows the same model in text and in JSON',
    versions: ['1.2'],
    async run(trial) {
      if (!trial.catalogue.versions.includes('1.2')) throw new NotApplicable('the server does not announce OCCI 1.2');
      const shown: string[] = [];
      for (const accept of everyRendering) {
        const reply = await trial.ask({ location: trial.queryInterface, accept });
        trial.answered(reply, [200], `OCCI 1.2 is spoken in ${accept}`);
        trial.must(reply.type === accept, `the answer is in ${accept}`, reply.type || 'no Content-Type');
        const categories = reply.content.drafts.flatMap((draft) => draft.categories);
        shown.push([...new Set(idsOf(categories))].toSorted().join(' '));
      }
      trial.must(
        new Set(shown).size === 1,
        'the categories are the same in every rendering',
        shown.map((one) => one.split(' ').length).join(', '),
      );
    },
  },
  {
    id: 'model/serves-1.1',
    proves: ['CORE-0-c'],
    title: 'A client of OCCI 1.1 can create, read and delete',
    versions: ['1.2'],
    async run(trial) {
      const { id, location, scheme, term } = trial.plainKind;
      const userAgent = 'occi-conformance OCCI/1.1';
      const attributes = Object.entries(trial.required(trial.catalogue.resolve(id, 'kind')));
      const created = await trial.ask({
        method: 'POST',
        location,
        accept: 'text/plain',
        fields: [['Content-Type', 'text/plain']],
        userAgent,
        body: [
          `Category: ${term}; scheme="${scheme}"; class="kind"`,
          ...attributes.map(([name, value]) => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}`),
        ].join('\n'),
      });
      trial.must(created.isSuccess, `a client of 1.1 creates a ${term}`, `${created.status} ${created.text}`);
      const made = trial.made(created);
      const read = await trial.ask({ location: made, accept: 'text/plain', userAgent });
      trial.answered(read, [200], 'a client of 1.1 reads what it has created');
      trial.must(/^Category: /im.test(read.text), 'it is shown in the text of 1.1', read.text);
      trial.must((await trial.remove(made)).isSuccess, 'a client of 1.1 deletes what it has created');
    },
  },
  {
    id: 'model/infrastructure',
    proves: ['CORE-0-b'],
    title: 'The infrastructure is offered',
    async run(trial) {
      const ids = idsOf(await offered(trial));
      const isThere = standardTypes.some(({ term }) => ids.includes(`${infrastructure}#${term}`));
      trial.must(isThere, 'kinds of the infrastructure are listed', 'none is');
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
