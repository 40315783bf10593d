import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { listed, lists, naming, thing } from './thing.ts';
import { untilGone } from './until-gone.ts';
import { addedMixin } from './user-mixin.ts';

/**
 * Makes a resource below a path that nobody else uses, for which clients have to be free in their choice.
 *
 * @throws NotApplicable
 */
async function apart(trial: Trial) {
  const { id, ...kind } = trial.plainKind;
  const path = `/${trial.unique('conformance')}/`;
  const location = `${path}${crypto.randomUUID()}`;
  const says = { kind: id, attributes: trial.required({ id, ...kind }) };
  const reply = await trial.ask({ method: 'PUT', location, says });
  if (!reply.isSuccess) throw new NotApplicable(`no entity can be below a path of its own: ${reply.status}`);
  trial.deleteLater(location);
  return { path, location };
}

/** Where things are, and what is listed there (GFD.223 §4 and §11, GFD.185 §3.3.1, §3.4.2 and §3.4.3). */
export const collectionChecks: readonly Check[] = [
  {
    id: 'location/each',
    proves: ['HTTP-4-a'],
    title: 'Each mixin, and each kind to be instantiated, has a location that nothing else has',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const all = reply.content.drafts.flatMap((draft) => draft.categories);
      const parents = new Set(all.flatMap(({ class: own, related }) => (own === 'kind' ? related : [])));
      // A kind that others inherit from need not be one to be instantiated; one that nothing inherits from has to be.
      const homeless = all.find(
        ({ id, class: own, location }) =>
          location === undefined && (own === 'mixin' || (own === 'kind' && !parents.has(id))),
      );
      trial.must(homeless === undefined, 'each category with members has a location', `${homeless?.id} has none`);
      const places = new Map<string, string>();
      for (const { id, location } of all) {
        if (location === undefined) continue;
        const path = trial.locationOf(location);
        const other = places.get(path);
        trial.must(
          other === undefined || other === id,
          `the location ${path} is that of one category`,
          `${other}, ${id}`,
        );
        places.set(path, id);
      }
    },
  },
  {
    id: 'location/syntax',
    proves: ['HTTP-4-c'],
    title: 'Locations are URI references or URI templates',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      for (const { id, location } of reply.content.drafts.flatMap((draft) => draft.categories)) {
        if (location === undefined) continue;
        trial.must(/^[^\s"<>\\^`|]+$/.test(location), `the location of ${id} is a URI reference`, location);
      }
    },
  },
  {
    id: 'location/none-of-entity',
    proves: ['HTTP-4-d'],
    title: 'The kind entity has no location',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const all = reply.content.drafts.flatMap((draft) => draft.categories);
      const entity = all.find(({ id }) => id === 'http://schemas.ogf.org/occi/core#entity');
      trial.must(
        entity?.location === undefined,
        'core#entity, which has no instances, has no location',
        entity?.location,
      );
    },
  },
  {
    id: 'location/slash',
    proves: ['H11-3.3.1-c'],
    versions: ['1.1'],
    title: 'Locations end with a slash',
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const all = reply.content.drafts.flatMap((draft) => draft.categories);
      const bare = all.find(({ location }) => location !== undefined && !location.endsWith('/'));
      trial.must(bare === undefined, 'the locations of kinds and mixins end with a slash', bare?.location);
    },
  },
  {
    id: 'location/bound',
    proves: ['HTTP-4.1-a'],
    title: 'The locations of kinds and mixins are collections',
    async run(trial) {
      const { kinds, mixins } = trial.catalogue;
      const places = [...kinds.slice(0, 4), ...mixins.slice(0, 4)].flatMap(({ location = [] }) => location);
      for (const location of places) {
        const reply = await trial.ask({ location, query: 'page=1&number=1' });
        // An empty collection may be 204 in 1.1.
        trial.answered(reply, trial.dialect.version === '1.1' ? [200, 204] : [200], 'it is the location of a category');
      }
    },
  },
  {
    id: 'collection/list',
    proves: ['HTTP-11.1-a'],
    title: 'GET on the location of a kind lists its entities',
    renderings: everyRendering,
    async run(trial) {
      const [one, two] = [await thing(trial), await thing(trial)];
      const reply = await trial.ask({ location: trial.plainKind.location });
      trial.answered(reply, [200], 'the collection has members');
      for (const member of [one, two]) {
        trial.must(lists(trial, reply, member), `the collection lists ${member.location}`, 'it does not');
      }
      const names = listed(trial, reply);
      trial.must(new Set(names).size === names.length, 'the collection lists each member once');
    },
  },
  {
    id: 'collection/empty',
    proves: ['HTTP-11.1-a'],
    title: 'GET on a collection without members is answered with an empty collection',
    renderings: everyRendering,
    async run(trial) {
      const { location } = await addedMixin(trial);
      const reply = await trial.ask({ location });
      trial.answered(reply, trial.dialect.version === '1.1' ? [200, 204] : [200], 'it is a collection');
      trial.must(listed(trial, reply).length === 0, 'an empty collection lists nothing', reply.text);
    },
  },
  {
    id: 'collection/no-put',
    proves: ['HTTP-11.2-a'],
    title: 'PUT on the location of a kind is refused',
    async run(trial) {
      const { location } = trial.plainKind;
      const says = naming(trial, [await thing(trial)]);
      const reply = await trial.ask({ method: 'PUT', location, says });
      trial.must(reply.isRefused, 'only the collections of mixins can be replaced', `${reply.status}`);
    },
    // A server that takes it might take the others away.
    isDestructive: true,
  },
  {
    id: 'collection/delete',
    proves: ['HTTP-11.4.1-a'],
    title: 'DELETE on the location of a kind deletes its entities',
    renderings: everyRendering,
    isDestructive: true,
    async run(trial) {
      const { location } = await thing(trial);
      const reply = await trial.ask({ method: 'DELETE', location: trial.plainKind.location });
      trial.answered(reply, [200, 204], 'the entities of a kind were deleted');
      trial.answered(await untilGone(trial, location), [404, 410], 'it was deleted with its collection');
    },
  },
  {
    id: 'path/list',
    proves: ['H11-3.4.2-a', 'H11-3.4.2-b'],
    versions: ['1.1'],
    title: 'GET on a path that is no location lists all entities below it',
    renderings: everyRendering,
    async run(trial) {
      const member = await thing(trial);
      const reply = await trial.ask({ location: '/' });
      trial.answered(reply, [200], 'there are entities below it');
      trial.must(lists(trial, reply, member), `${member.location}, which is below /, is listed there`, 'it is not');
    },
  },
  {
    id: 'path/filter',
    proves: ['H11-3.4.2-c'],
    versions: ['1.1'],
    title: 'The listing of a path that is no location can be filtered by kind and attribute',
    renderings: everyRendering,
    async run(trial) {
      const title = trial.unique('wanted');
      const [wanted, other] = [await thing(trial, { attributes: { [core.title]: title } }), await thing(trial)];
      const { scheme, term } = trial.plainKind;
      const byKind = ['Category', `${term}; scheme="${scheme}"; class="kind"`] as const;
      const byTitle = ['X-OCCI-Attribute', `${core.title}="${title}"`] as const;
      const strange = trial.catalogue.kinds.find(
        ({ id, location }) => location !== undefined && /infrastructure#(?:compute|storage)$/.test(id),
      );
      const ask = (...fields: readonly (readonly [string, string])[]) =>
        trial.ask({ location: '/', fields: [['Content-Type', 'text/occi'], ...fields] });
      const titled = await ask(byTitle);
      trial.answered(titled, [200], 'a filter is no fault');
      const isRight = lists(trial, titled, wanted) && !lists(trial, titled, other);
      trial.must(isRight, `only what has the title ${title} is listed`, listed(trial, titled).join(', ') || 'nothing');
      const ofKind = await ask(byKind);
      trial.must(lists(trial, ofKind, wanted), `what is of the kind ${term} is listed`, 'it is not');
      if (strange === undefined || strange.id === trial.plainKind.id) return;
      const foreign = await ask(['Category', `${strange.term}; scheme="${strange.scheme}"; class="kind"`]);
      trial.must(!lists(trial, foreign, wanted), `what is not of the kind ${strange.term} is left out`, 'it is listed');
    },
  },
  {
    id: 'path/delete',
    proves: ['H11-3.4.2-d'],
    versions: ['1.1'],
    title: 'DELETE on a path that is no location deletes all entities below it',
    async run(trial) {
      const { path, location } = await apart(trial);
      trial.answered(await trial.ask({ method: 'DELETE', location: path }), [200, 204], 'there is an entity below it');
      trial.answered(await untilGone(trial, location), [404, 410], 'it was deleted with all that is below its path');
    },
  },
];
