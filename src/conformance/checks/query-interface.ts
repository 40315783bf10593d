import type { Content } from '../../occi/draft.ts';
import { referenceTo } from '../../renderers/text-grammar.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

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

/** A mixin of this run, as a request defines it. */
function mixinOf(trial: Trial): { readonly id: string; readonly content: Content } {
  const term = trial.unique('conformance');
  const id = `http://conformance.example.org/occi/run#${term}`;
  const category = {
    ...referenceTo(id),
    class: 'mixin',
    title: 'Conformance',
    location: `/conformance/${term}/`,
  } as const;
  return {
    id,
    content: { drafts: [{ categories: [category], attributes: new Map(), links: [] }], locations: [], plural: false },
  };
}

/** Adds a mixin, which is removed when the run is over. @throws Inconclusive when the server takes none */
async function addedMixin(trial: Trial) {
  const mixin = mixinOf(trial);
  const reply = await trial.ask({ method: 'POST', location: trial.queryInterface, says: mixin.content });
  if (!reply.isSuccess) throw new Inconclusive(`no mixin can be added: ${reply.status} ${reply.text}`);
  trial.later(mixin.id, () => removed(trial, mixin.content));
  return mixin;
}

async function removed(trial: Trial, content: Content): Promise<string | undefined> {
  const reply = await trial.ask({ method: 'DELETE', location: trial.queryInterface, says: content });
  return reply.isSuccess || reply.status === 404 ? undefined : `DELETE answers ${reply.status}`;
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
    id: 'query-interface/filter',
    proves: ['HTTP-7.1-a', 'HTTP-7.1-b', 'HTTP-7-a'],
    title: 'A filter by category leaves the others out',
    renderings: everyRendering,
    async run(trial) {
      const { scheme, term, id } = trial.plainKind;
      const reply = await trial.ask({ location: trial.queryInterface, fields: filterBy(scheme, term, 'kind') });
      trial.answered(reply, [200], 'a filter is no fault');
      const ids = categoriesIn(reply);
      trial.must(ids.includes(id), `the category asked for, ${id}, is listed`, ids.join(', ') || 'nothing');
      const { model, kinds } = trial.catalogue;
      const strangers = kinds.filter((one) => !model.descends(one.id, id) && !model.descends(id, one.id));
      const stray = strangers.find((one) => ids.includes(one.id));
      trial.must(stray === undefined, `what is not related to ${id} is left out`, `${stray?.id} is listed`);
    },
  },
  {
    id: 'query-interface/put',
    proves: ['HTTP-9.2-a'],
    title: 'PUT is refused',
    async run(trial) {
      const reply = await trial.ask({ method: 'PUT', location: trial.queryInterface, says: mixinOf(trial).content });
      trial.must(reply.status >= 400 && reply.status < 600, 'PUT on the query interface is refused', `${reply.status}`);
    },
  },
  {
    id: 'query-interface/add',
    proves: ['HTTP-9.3-a'],
    title: 'POST of a mixin is answered with 200, and the mixin is listed',
    renderings: everyRendering,
    async run(trial) {
      const { id, content } = mixinOf(trial);
      const reply = await trial.ask({ method: 'POST', location: trial.queryInterface, says: content });
      if (reply.status === 403 || reply.status === 405 || reply.status === 501) {
        throw new NotApplicable(`the server takes no mixins of clients: ${reply.status}`);
      }
      trial.later(id, () => removed(trial, content));
      trial.answered(reply, [200], 'a mixin was added');
      const now = categoriesIn(await trial.ask({ location: trial.queryInterface }));
      trial.must(now.includes(id), 'a mixin that was added is listed');
    },
  },
  {
    id: 'query-interface/remove',
    proves: ['HTTP-9.4-a'],
    title: 'DELETE of a mixin is answered with 200, and the mixin is not listed any more',
    renderings: everyRendering,
    async run(trial) {
      const { id, content } = await addedMixin(trial);
      const reply = await trial.ask({ method: 'DELETE', location: trial.queryInterface, says: content });
      trial.answered(reply, [200], 'a mixin was removed');
      const now = categoriesIn(await trial.ask({ location: trial.queryInterface }));
      trial.must(!now.includes(id), 'a mixin that was removed is not listed any more');
    },
  },
];
