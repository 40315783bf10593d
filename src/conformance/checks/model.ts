import { locationOf } from '../../client/location.ts';
import type { CategoryReference } from '../../occi/draft.ts';
import { type Check, everyRendering, NotApplicable, textRenderings } from '../check.ts';
import { mustAll } from './must-all.ts';
import { idsOf, offered } from './offered.ts';
import { infrastructure } from './standard-types.ts';

const coreScheme = 'http://schemas.ogf.org/occi/core#';

const isKind = (one: CategoryReference): boolean => one.class === 'kind';

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

/** Categories as the query interface shows them (GFD.221 §5.3). */
export const modelChecks: readonly Check[] = [
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
        // An empty collection may be 204 in 1.1.
        trial.answered(reply, trial.dialect.version === '1.1' ? [200, 204] : [200], `it is the collection of ${id}`);
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
      await trial.make(id);
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
      trial.must(read.isSuccess, 'a client of 1.1 reads what it has created', `${read.status}`);
      trial.must(/^Category: /im.test(read.text), 'it is shown in the text of 1.1', read.text);
      trial.must((await trial.remove(made)).isSuccess, 'a client of 1.1 deletes what it has created');
    },
  },
];
