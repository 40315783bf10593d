import { entitiesIn } from '../../client/remote-entity.ts';
import { worded } from '../../client/wording.ts';
import type { Attributes } from '../../occi/attribute.ts';
import type { Content } from '../../occi/draft.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { lists, nowhere, thing } from './thing.ts';
import { untilGone } from './until-gone.ts';
import { plain, whole } from './whole.ts';

/** What the standard has for answers to creation and change: 200 with the rendering, 201 with the location. */
function tells(trial: Trial, reply: Reply, location: string, why: string): void {
  trial.answered(reply, [200, 201], why);
  if (reply.status === 200) {
    reply.entity(location);
  } else {
    trial.must(reply.locations.length > 0, `the answer to ${reply.request} says where the entity is`, '201 without it');
  }
}

/** Puts an entity that was made of attributes in place of itself, changed. */
async function replaced(
  trial: Trial,
  location: string,
  made: Attributes,
  change: (attributes: Attributes) => Attributes,
): Promise<Reply> {
  const now = await whole(trial, location);
  const says = { ...now, attributes: change(now.attributes) };
  const reply = await trial.ask({ method: 'PUT', location, says });
  // A server may show what it does not take, which is not what this is about; so it is told what made the entity, too.
  return reply.isRefused ? trial.ask({ method: 'PUT', location, says: plain(trial, change(made)) }) : reply;
}

/** Attributes without one of them. */
function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([own]) => own !== name));
}

/** A request without any category. */
function unclassified(content: Content): Content {
  return { ...content, drafts: content.drafts.map((draft) => ({ ...draft, categories: [] })) };
}

/** Entities: made, shown, changed, replaced and deleted (GFD.223 §10 and §11.3.1, GFD.185 §3.4.4). */
export const entityChecks: readonly Check[] = [
  {
    id: 'create/post',
    proves: ['HTTP-11.3.1-a'],
    title: 'POST on the location of a kind creates an entity, and says where or what it is',
    renderings: everyRendering,
    async run(trial) {
      const title = trial.unique('created');
      const { location } = trial.plainKind;
      const reply = await trial.ask({ method: 'POST', location, says: plain(trial, { [core.title]: title }) });
      trial.answered(reply, [200, 201], 'a complete description is enough for an entity');
      const made = trial.made(reply);
      tells(trial, reply, made, 'an entity was created');
      const { attributes } = await trial.read(made);
      trial.must(attributes[core.title] === title, `the entity has the title ${title}`, `${attributes[core.title]}`);
    },
  },
  {
    id: 'create/location',
    proves: ['H11-3.4.4-d'],
    versions: ['1.1'],
    title: 'The header Location has the URL of a new entity',
    renderings: everyRendering,
    async run(trial) {
      const { location } = trial.plainKind;
      const reply = await trial.ask({ method: 'POST', location, says: plain(trial, {}) });
      trial.answered(reply, [200, 201], 'a complete description is enough for an entity');
      const made = trial.made(reply);
      trial.must(reply.header('location') !== undefined, 'the answer to a creation has the header Location', 'none');
      trial.answered(await trial.ask({ location: made }), [200], 'the entity is where Location says');
    },
  },
  {
    id: 'create/several',
    proves: ['HTTP-11.3.1-a'],
    title: 'A collection of entities is created in one request',
    renderings: jsonRendering,
    async run(trial) {
      const titles = [trial.unique('one'), trial.unique('two')];
      const drafts = titles.flatMap((title) => worded(trial.session, plain(trial, { [core.title]: title })).drafts);
      const { location } = trial.plainKind;
      const reply = await trial.ask({ method: 'POST', location, says: { drafts, locations: [], plural: true } });
      if (reply.isRefused) throw new NotApplicable(`the server creates one entity at a time: ${reply.status}`);
      trial.answered(reply, [200, 201], 'two entities were created');
      trial.madeAll(reply);
      const { content } = await trial.ask({ location });
      const missing = titles.find(
        (title) => !entitiesIn(trial.session, content).some(({ attributes }) => attributes[core.title] === title),
      );
      trial.must(missing === undefined, 'both entities are in the collection of their kind', `${missing} is not`);
    },
  },
  {
    id: 'create/one-kind',
    proves: ['H11-3.4.4-b'],
    versions: ['1.1'],
    title: 'A request without a kind, and one with two, creates nothing',
    async run(trial) {
      const { id, location } = trial.plainKind;
      const wording = plain(trial, {});
      const none = await trial.ask({ method: 'POST', location, says: unclassified(worded(trial.session, wording)) });
      if (none.isSuccess) trial.made(none);
      trial.must(none.isRefused, 'a creation without a kind is refused', `${none.status}`);
      const other = trial.catalogue.kinds.find((kind) => kind.location !== undefined && kind.id !== id);
      if (other === undefined) return;
      const two = [wording, { kind: other.id }].map((one) => worded(trial.session, one).drafts[0]?.categories ?? []);
      const [draft] = worded(trial.session, wording).drafts;
      if (draft === undefined) return;
      const says: Content = { drafts: [{ ...draft, categories: two.flat() }], locations: [], plural: false };
      const both = await trial.ask({ method: 'POST', location, says });
      if (both.isSuccess) trial.made(both);
      trial.must(both.isRefused, 'a creation with two kinds is refused', `${both.status}`);
    },
  },
  {
    id: 'entity/read',
    proves: ['HTTP-10.1-a'],
    title: 'GET on an entity is answered with 200, its kind and its attributes',
    renderings: everyRendering,
    async run(trial) {
      const title = trial.unique('read');
      const { id: kind } = trial.plainKind;
      const location = await trial.make(kind, { attributes: { [core.title]: title } });
      const reply = await trial.ask({ location });
      trial.answered(reply, [200], 'it was created');
      const entity = reply.entity(location);
      trial.must(entity.kind === kind, `the entity is of the kind ${kind}`, entity.kind || 'no kind');
      trial.must(
        entity.attributes[core.title] === title,
        `${core.title} is ${title}`,
        `${entity.attributes[core.title]}`,
      );
      trial.must(entity.attributes[core.id] !== undefined, `${core.id} is shown`, 'it is not');
    },
  },
  {
    id: 'entity/path',
    proves: ['H11-3.4.4-a'],
    versions: ['1.1'],
    title: 'The path of an entity does not end with a slash',
    async run(trial) {
      const { location } = await thing(trial);
      trial.must(!location.endsWith('/'), 'the path of an entity does not end with a slash', location);
    },
  },
  {
    id: 'put/creates',
    proves: ['HTTP-10.2-a', 'HTTP-10.2.1-a'],
    title: 'PUT on a free path creates an entity there',
    renderings: everyRendering,
    async run(trial) {
      const location = nowhere(trial);
      const title = trial.unique('put');
      const reply = await trial.ask({ method: 'PUT', location, says: plain(trial, { [core.title]: title }) });
      if (trial.dialect.version === '1.1' && reply.isRefused) {
        throw new NotApplicable(`the server chooses the paths of entities itself: ${reply.status}`);
      }
      trial.answered(reply, [200, 201], 'nothing was there, so it is created');
      trial.deleteLater(location);
      tells(trial, reply, location, 'an entity was created');
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.title] === title, `the entity has the title ${title}`, `${attributes[core.title]}`);
    },
  },
  {
    id: 'put/replaces',
    proves: ['HTTP-10.2-a', 'HTTP-10.2.2-b'],
    title: 'PUT on an entity replaces it, and the answer has its rendering or its location',
    renderings: everyRendering,
    async run(trial) {
      const made = { [core.title]: trial.unique('before') };
      const { location } = await thing(trial, { attributes: made });
      const title = trial.unique('after');
      const reply = await replaced(trial, location, made, (now) => ({ ...now, [core.title]: title }));
      tells(trial, reply, location, 'a complete rendering replaces an entity');
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.title] === title, `the title is ${title} now`, `${attributes[core.title]}`);
    },
  },
  {
    id: 'put/leaves-out',
    proves: ['HTTP-10.2-a', 'H11-3.4.4-k'],
    title: 'What a PUT leaves out is gone',
    renderings: everyRendering,
    async run(trial) {
      const summary = trial.unique('summary');
      const made = { [core.title]: 'kept', [core.summary]: summary };
      const { location } = await thing(trial, { attributes: made });
      const before = await trial.read(location);
      if (before.attributes[core.summary] !== summary) throw new NotApplicable('the server keeps no summaries');
      const reply = await replaced(trial, location, made, (now) => without(now, core.summary));
      trial.must(reply.isSuccess, 'a complete rendering replaces an entity', `${reply.status}`);
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.summary] !== summary, 'a summary that was left out is gone', 'it is as it was');
    },
  },
  {
    id: 'put/no-categories',
    proves: ['H11-3.4.4-m'],
    versions: ['1.1'],
    title: 'A full update may come without categories',
    async run(trial) {
      const { location, kind } = await thing(trial);
      const content = worded(trial.session, await whole(trial, location));
      const reply = await trial.ask({ method: 'PUT', location, says: unclassified(content) });
      trial.must(reply.isSuccess, 'a full update without categories is taken', `${reply.status}`);
      trial.must((await trial.read(location)).kind === kind, 'the entity keeps its kind');
    },
  },
  {
    id: 'update/partial',
    proves: ['HTTP-10.3.1-a'],
    title: 'POST on an entity changes what it names, and nothing else',
    renderings: everyRendering,
    async run(trial) {
      const summary = trial.unique('stays');
      const { location } = await thing(trial, { attributes: { [core.title]: 'before', [core.summary]: summary } });
      const title = trial.unique('after');
      const reply = await trial.ask({ method: 'POST', location, says: { attributes: { [core.title]: title } } });
      tells(trial, reply, location, 'a title is mutable');
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.title] === title, `the title is ${title} now`, `${attributes[core.title]}`);
      trial.must(
        attributes[core.summary] === summary,
        `the summary is still ${summary}`,
        `${attributes[core.summary]}`,
      );
    },
  },
  {
    id: 'update/kind-stays',
    proves: ['H11-3.4.4-j'],
    versions: ['1.1'],
    title: 'A partial update changes no type',
    async run(trial) {
      const { location, kind } = await thing(trial);
      const other = trial.catalogue.kinds.find((one) => one.location !== undefined && one.id !== kind);
      if (other === undefined) throw new NotApplicable('the server has only one kind to be instantiated');
      await trial.ask({ method: 'POST', location, says: { kind: other.id } });
      const now = await trial.read(location);
      trial.must(now.kind === kind, `the entity stays of the kind ${kind}`, now.kind);
    },
  },
  {
    id: 'delete/entity',
    proves: ['HTTP-10.4-a'],
    title: 'DELETE on an entity removes it, from its collection, too',
    renderings: everyRendering,
    async run(trial) {
      const gone = await thing(trial);
      trial.answered(await trial.remove(gone.location), [200, 204], 'an entity was deleted');
      trial.answered(await untilGone(trial, gone.location), [404, 410], 'it was deleted');
      const collection = await trial.ask({ location: trial.plainKind.location });
      trial.must(!lists(trial, collection, gone), 'the collection does not list what was deleted');
    },
  },
];
