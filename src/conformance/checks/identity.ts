import { core } from '../../occi/entity.ts';
import { entityKind, resourceKind } from '../../occi/kind.ts';
import { referenceTo } from '../../renderers/text-grammar.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { listed, lists, thing } from './thing.ts';

/** The id of a new entity. */
async function idOfNew(trial: Trial): Promise<unknown> {
  const { attributes } = await trial.read(await trial.make(trial.plainKind.id));
  return attributes[core.id];
}

/** Entities, and how they are identified (GFD.221 §5.3.3, §5.3.6, §5.3.8, §5.4). */
export const identityChecks: readonly Check[] = [
  {
    id: 'identity/created',
    proves: ['CORE-5-a', 'CORE-5.3.2-d', 'CORE-5.3.6-a'],
    title: 'The kind and what it says is required suffice to create an entity',
    renderings: everyRendering,
    async run(trial) {
      const kind = trial.plainKind;
      const attributes = trial.required(trial.catalogue.resolve(kind.id, 'kind'));
      const reply = await trial.ask({ method: 'POST', location: kind.location, says: { kind: kind.id, attributes } });
      if (reply.isSuccess) trial.madeAll(reply);
      if ([401, 403, 409, 503].includes(reply.status)) {
        throw new Inconclusive(`the server lets nobody create a ${kind.term} now: ${reply.status} ${reply.text}`);
      }
      const expected = `a ${kind.term} is created with what the query interface calls required`;
      trial.must(reply.isSuccess, expected, `${reply.status} ${reply.text}`);
    },
  },
  {
    id: 'identity/entity-is-abstract',
    proves: ['CORE-5.3.6-c'],
    title: 'Entity itself cannot be created',
    renderings: everyRendering,
    async run(trial) {
      const category = { ...referenceTo(entityKind), class: 'kind' } as const;
      const draft = { categories: [category], attributes: new Map(), links: [] };
      const says = { drafts: [draft], locations: [], plural: false };
      const reply = await trial.ask({ method: 'POST', location: trial.plainKind.location, says });
      if (reply.isSuccess) trial.madeAll(reply);
      trial.must(reply.status >= 400, 'the creation of an Entity is refused', `${reply.status}`);
    },
  },
  {
    id: 'identity/shows-kind',
    proves: ['CORE-5.4.1-b'],
    title: 'An entity shows its kind',
    renderings: everyRendering,
    async run(trial) {
      const { id, term } = trial.plainKind;
      const { kind } = await trial.read(await trial.make(id));
      trial.must(kind === id, `a ${term} shows the kind ${id}`, kind || 'none');
    },
  },
  {
    id: 'identity/kind-is-kept',
    proves: ['CORE-5.3.3-c'],
    title: 'No request changes the kind of an entity',
    renderings: everyRendering,
    async run(trial) {
      const { id, term } = trial.plainKind;
      const { kinds, model } = trial.catalogue;
      const others = kinds.filter((one) => one.location !== undefined && !model.descends(id, one.id));
      const other = others.find((one) => model.descends(one.id, resourceKind)) ?? others[0];
      if (other === undefined) throw new NotApplicable('the server has only one kind');
      const location = await trial.make(id);
      for (const method of ['POST', 'PUT']) {
        const reply = await trial.ask({
          method,
          location,
          says: { kind: other.id, attributes: trial.required(other) },
        });
        const { kind } = await trial.read(location);
        const expected = `a ${term} keeps its kind when ${method} names ${other.id}`;
        trial.must(kind === id, expected, `${reply.status}, and it is ${kind} now`);
      }
    },
  },
  {
    id: 'identity/has-id',
    proves: ['CORE-5.4-a'],
    title: 'Every entity has an id of its own',
    renderings: everyRendering,
    async run(trial) {
      const ids = [await idOfNew(trial), await idOfNew(trial)];
      const isId = (id: unknown) => typeof id === 'string' && id !== '';
      trial.must(ids.every(isId), `entities show ${core.id}`, ids.map((id) => JSON.stringify(id)).join(' and '));
      trial.must(ids[0] !== ids[1], 'two entities have two ids', `${ids[0]} twice`);
    },
  },
  {
    id: 'identity/id-is-urn',
    proves: ['CORE-5.4-b'],
    title: 'Ids are URNs',
    async run(trial) {
      const id = await idOfNew(trial);
      trial.must(/^urn:[a-z0-9][a-z0-9-]{0,31}:\S+$/i.test(String(id)), `${core.id} is a URN`, JSON.stringify(id));
    },
  },
  {
    id: 'identity/id-is-uri',
    proves: ['CORE-5.4-c'],
    title: 'Ids are URIs',
    async run(trial) {
      const id = String(await idOfNew(trial));
      // A bare UUID is a relative reference; a path is one, too, and servers of 1.1 have both.
      const isUri = /^[a-z][a-z0-9+.-]*:[^\s"<>\\^`{|}]+$/i.test(id);
      trial.must(isUri, `${core.id} is a URI with a scheme`, JSON.stringify(id));
    },
  },
  {
    id: 'identity/id-is-kept',
    proves: ['CORE-5.4.1-a'],
    title: 'No request changes the id of an entity',
    renderings: everyRendering,
    async run(trial) {
      const location = await trial.make(trial.plainKind.id);
      const { attributes } = await trial.read(location);
      const other = 'urn:uuid:00000000-0000-4000-8000-00000c0f0123';
      const reply = await trial.ask({ method: 'POST', location, says: { attributes: { [core.id]: other } } });
      const now = (await trial.read(location)).attributes[core.id];
      const expected = `an update to ${other} leaves the id ${attributes[core.id]} as it is`;
      trial.must(now === attributes[core.id], expected, `${reply.status}, and it is ${now} now`);
    },
  },
  {
    id: 'identity/in-collection',
    proves: ['CORE-5.3.8-a'],
    title: 'What was created is in the collection of its kind at once',
    renderings: everyRendering,
    async run(trial) {
      const { term, location } = trial.plainKind;
      const created = await thing(trial);
      const reply = await trial.ask({ location });
      trial.must(
        lists(trial, reply, created),
        `${location} lists the new ${term}`,
        `${listed(trial, reply).length} others`,
      );
    },
  },
  {
    id: 'identity/whole-item-part',
    proves: ['CORE-5.3.8-d'],
    title: 'A collection can be read as a whole, item by item, and in part',
    renderings: everyRendering,
    async run(trial) {
      const { scheme, term, location } = trial.plainKind;
      const title = trial.unique('part');
      const one = await thing(trial, { attributes: { [core.title]: title } });
      const other = await thing(trial);
      const whole = await trial.ask({ location });
      const has = [one, other].every((created) => lists(trial, whole, created));
      trial.must(has, `${location} lists both of its new members`, `${listed(trial, whole).length} members`);
      await trial.read(one.location);
      const filtered = await trial.ask({
        location,
        fields: [
          ['Content-Type', 'text/occi'],
          ['Category', `${term}; scheme="${scheme}"; class="kind"`],
          ['X-OCCI-Attribute', `${core.title}="${title}"`],
        ],
      });
      const isFiltered = filtered.isSuccess && lists(trial, filtered, one) && !lists(trial, filtered, other);
      if (isFiltered) return;
      const page = await trial.ask({ location, query: 'page=1&number=1' });
      const isPart = page.isSuccess && listed(trial, page).length === 1;
      trial.must(
        isPart,
        'a part of a collection can be read, by a filter or in pages',
        `${page.status}, and all of it`,
      );
    },
  },
];
