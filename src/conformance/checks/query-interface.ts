import { referenceFrom } from '../../client/wording.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { naming, thing } from './thing.ts';
import { add, addedMixin, newMixin, remove } from './user-mixin.ts';

const wellKnown = '/.well-known/org/ogf/occi/-/';

/** The type identifiers of the categories that an answer lists, sorted. */
const categoriesIn = (reply: Reply): readonly string[] =>
  reply.content.drafts.flatMap(({ categories }) => categories.map(({ id }) => id)).toSorted();

/** A filter by a category: in header fields, whatever is spoken otherwise. */
const filterBy = (scheme: string, term: string, own: string) =>
  [
    ['Content-Type', 'text/occi'],
    ['Category', `${term}; scheme="${scheme}"; class="${own}"`],
  ] as const;

/** What the query interface lists, and what of it with a filter by a kind. @throws Inconclusive when it lists nothing */
async function filteredByKind(trial: Trial) {
  const { scheme, term } = trial.plainKind;
  const all = await trial.ask({ location: trial.queryInterface });
  const reply = await trial.ask({ location: trial.queryInterface, fields: filterBy(scheme, term, 'kind') });
  if (categoriesIn(all).length === 0) throw new Inconclusive('the query interface shows no categories');
  trial.answered(reply, [200], 'a filter is no fault');
  return { all: categoriesIn(all), filtered: categoriesIn(reply) };
}

/** The query interface (GFD.223 §9, GFD.185 §3.4.1). */
export const queryInterfaceChecks: readonly Check[] = [
  {
    id: 'query-interface/is-there',
    proves: ['HTTP-9-a', 'HTTP-9.1-b'],
    title: 'GET /-/ is answered with 200 and the categories of the server',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: '/-/' });
      trial.answered(reply, [200], 'it is the query interface');
      const ids = categoriesIn(reply);
      for (const term of ['entity', 'resource', 'link']) {
        const id = `http://schemas.ogf.org/occi/core#${term}`;
        trial.must(ids.includes(id), `the query interface lists ${id}`, `${ids.length} categories without it`);
      }
    },
  },
  {
    id: 'query-interface/well-known',
    proves: ['HTTP-9-b'],
    title: `${wellKnown} shows the same`,
    renderings: everyRendering,
    async run(trial) {
      const [short, long] = [await trial.ask({ location: '/-/' }), await trial.ask({ location: wellKnown })];
      if (long.status === 404) throw new NotApplicable('the server has no well-known path, and need not have it');
      trial.answered(long, [200], 'it is the well-known path of the query interface');
      const [here, there] = [categoriesIn(short), categoriesIn(long)];
      trial.must(
        here.join() === there.join(),
        'both paths list the same categories',
        `${here.length} and ${there.length}`,
      );
    },
  },
  {
    id: 'query-interface/well-known-change',
    proves: ['HTTP-9-b'],
    title: `A mixin can be removed at ${wellKnown}, too`,
    async run(trial) {
      const long = await trial.ask({ location: wellKnown });
      if (long.status === 404) throw new NotApplicable('the server has no well-known path, and need not have it');
      const mixin = await addedMixin(trial);
      const reply = await remove(trial, mixin, wellKnown);
      trial.answered(reply, [200], 'the well-known path does what /-/ does');
      const now = categoriesIn(await trial.ask({ location: '/-/' }));
      trial.must(!now.includes(mixin.id), 'a mixin that was removed at one path is not listed at the other');
    },
  },
  {
    id: 'query-interface/complete',
    proves: ['H11-3.4.1-c'],
    versions: ['1.1'],
    title: 'What listed kinds and mixins name as their parents and actions is listed, too',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const categories = reply.content.drafts.flatMap((draft) => draft.categories);
      const ids = new Set(categories.map(({ id }) => id));
      for (const { id, class: own, actions, related } of categories) {
        const named = own === 'kind' ? [...related, ...actions] : actions;
        const missing = named.find((one) => !ids.has(one));
        trial.must(missing === undefined, `what ${id} names is listed, too`, `${missing} is not`);
      }
    },
  },
  {
    id: 'query-interface/filter',
    proves: ['HTTP-7.1-a', 'HTTP-7-a'],
    title: 'The query interface takes a filter by category',
    renderings: everyRendering,
    async run(trial) {
      const { all, filtered } = await filteredByKind(trial);
      trial.must(
        filtered.length < all.length,
        'a filter makes the list shorter',
        `${filtered.length} categories as before`,
      );
    },
  },
  {
    id: 'query-interface/filter-exact',
    proves: ['HTTP-7.1-b'],
    title: 'A filter by category leaves out what is not related to it, and nothing else',
    renderings: everyRendering,
    async run(trial) {
      const { id } = trial.plainKind;
      const { all, filtered } = await filteredByKind(trial);
      const isIgnored = filtered.length === all.length && trial.dialect.version !== '1.1';
      if (isIgnored) throw new NotApplicable('the query interface takes no filters, and need not');
      trial.must(filtered.includes(id), `the category asked for, ${id}, is listed`, filtered.join(', ') || 'nothing');
      const { model, kinds } = trial.catalogue;
      const strangers = kinds.filter((one) => !model.descends(one.id, id) && !model.descends(id, one.id));
      const stray = strangers.find((one) => filtered.includes(one.id));
      trial.must(stray === undefined, `what is not related to ${id} is left out`, `${stray?.id} is listed`);
    },
  },
  {
    id: 'query-interface/filter-alone',
    proves: ['H11-3.4.1-d'],
    versions: ['1.1'],
    title: 'A filter by category shows this category completely, and nothing else',
    renderings: everyRendering,
    async run(trial) {
      const { scheme, term, id } = trial.plainKind;
      const all = await trial.ask({ location: trial.queryInterface });
      const attributes = all.content.drafts
        .flatMap((draft) => draft.categories)
        .find((one) => one.id === id)?.attributes;
      const reply = await trial.ask({ location: trial.queryInterface, fields: filterBy(scheme, term, 'kind') });
      trial.must(
        categoriesIn(reply).join() === id,
        `only ${id} is listed`,
        categoriesIn(reply).join(', ') || 'nothing',
      );
      const shown = reply.content.drafts.flatMap((draft) => draft.categories)[0]?.attributes ?? [];
      const missing = attributes?.find(({ name }) => !shown.some((one) => one.name === name));
      trial.must(missing === undefined, `${id} is shown with all its attributes`, `${missing?.name} is missing`);
    },
  },
  {
    id: 'query-interface/filter-unknown',
    proves: ['HTTP-7.1-c'],
    title: 'A filter by a category that does not exist shows none',
    async run(trial) {
      const fields = filterBy('http://conformance.example.org/occi/nothing#', trial.unique('none'), 'mixin');
      const reply = await trial.ask({ location: trial.queryInterface, fields });
      if (reply.isRefused) return;
      trial.must(
        categoriesIn(reply).length === 0,
        'the answer is 404, or shows nothing',
        `${reply.status} with categories`,
      );
    },
  },
  {
    id: 'query-interface/put',
    proves: ['HTTP-9.2-a'],
    title: 'PUT is refused',
    async run(trial) {
      const reply = await trial.ask({ method: 'PUT', location: trial.queryInterface, says: newMixin(trial).content });
      trial.must(reply.isRefused, 'PUT on the query interface is refused', `${reply.status}`);
    },
  },
  {
    id: 'query-interface/add',
    proves: ['HTTP-9.3-a'],
    title: 'POST of a mixin is answered with 200, and the mixin is listed with its location',
    renderings: everyRendering,
    async run(trial) {
      const mixin = newMixin(trial);
      trial.answered(await add(trial, mixin), [200], 'a mixin was added');
      const now = await trial.ask({ location: trial.queryInterface });
      const categories = now.content.drafts.flatMap((draft) => draft.categories);
      const found = categories.find(({ id }) => id === mixin.id);
      trial.must(found !== undefined, 'a mixin that was added is listed');
      trial.must(found?.class === 'mixin', 'a mixin that was added is listed as a mixin', found?.class);
    },
  },
  {
    id: 'query-interface/add-again',
    proves: ['HTTP-9.3-b'],
    title: 'A mixin that is added twice is listed once',
    async run(trial) {
      const mixin = await addedMixin(trial);
      const again = await trial.ask({ method: 'POST', location: trial.queryInterface, says: mixin.content });
      trial.answered(again, [200, 409], 'the mixin is there already');
      const now = categoriesIn(await trial.ask({ location: trial.queryInterface })).filter((id) => id === mixin.id);
      trial.must(now.length === 1, 'a mixin that was added twice is listed once', `${now.length} times`);
    },
  },
  {
    id: 'query-interface/remove',
    proves: ['HTTP-9.4-a'],
    title: 'DELETE of a mixin is answered with 200, and the mixin is not listed any more',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      trial.answered(await remove(trial, mixin), [200], 'a mixin was removed');
      const now = categoriesIn(await trial.ask({ location: trial.queryInterface }));
      trial.must(!now.includes(mixin.id), 'a mixin that was removed is not listed any more');
    },
  },
  {
    id: 'query-interface/remove-from-members',
    proves: ['H11-3.4.1-i'],
    versions: ['1.1'],
    title: 'A mixin that is removed is taken off the entities that have it, which live on',
    async run(trial) {
      const mixin = await addedMixin(trial);
      const member = await thing(trial);
      const tagging = await trial.ask({ method: 'POST', location: mixin.location, says: naming(trial, [member]) });
      if (!tagging.isSuccess) throw new Inconclusive(`no entity can be associated with a mixin: ${tagging.status}`);
      const reply = await remove(trial, mixin);
      if (!reply.isSuccess) throw new Inconclusive(`the mixin cannot be removed: ${reply.status}`);
      const { mixins } = await trial.read(member.location);
      trial.must(!mixins.includes(mixin.id), 'an entity does not show a mixin that was removed');
    },
  },
  {
    id: 'query-interface/remove-foreign',
    proves: ['H11-3.4.1-h'],
    versions: ['1.1'],
    title: 'DELETE of a mixin of the provider is answered with 403',
    isDestructive: true,
    async run(trial) {
      const [mixin] = trial.catalogue.mixins.filter(({ scheme }) => scheme.startsWith('http://schemas.ogf.org/'));
      if (mixin === undefined) throw new NotApplicable('the server has no mixins of the standard');
      const draft = { categories: [referenceFrom(mixin)], attributes: new Map(), links: [] };
      const says = { drafts: [draft], locations: [], plural: false };
      const reply = await trial.ask({ method: 'DELETE', location: trial.queryInterface, says });
      trial.answered(reply, [403], `${mixin.id} is the provider's`);
    },
  },
];
