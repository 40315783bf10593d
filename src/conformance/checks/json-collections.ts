import { type Check, Inconclusive, jsonRendering } from '../check.ts';
import type { Trial } from '../trial.ts';
import { excerpt, has, isObject, itemsOf, linkMembers, objectFrom, objectIn, resourceMembers } from './json-members.ts';
import { linkedResource } from './linked-resource.ts';
import { naming, type Thing, thingAt } from './thing.ts';
import { addedMixin } from './user-mixin.ts';

/** Says that a collection shows an entity in full under a key. @returns the object. @throws Unmet */
function shows(trial: Trial, collection: unknown, key: 'resources' | 'links', id: string) {
  const items = itemsOf(objectFrom(trial, collection, 'a collection')[key]);
  const found = items.filter(isObject).find((item) => item['id'] === id);
  trial.must(found !== undefined, `${key} is an array with ${id} in it`, excerpt(collection));
  const members = key === 'links' ? linkMembers : resourceMembers;
  has(trial, objectFrom(trial, found, id), members, `the member ${id}`);
  return objectFrom(trial, found, id);
}

/** An entity by what JSON needs to name it. @throws Inconclusive when it does not show that */
async function named(trial: Trial, location: string, kind: string): Promise<Thing & { readonly id: string }> {
  const { id, ...one } = await thingAt(trial, location, kind);
  if (id === undefined) throw new Inconclusive(`${location} does not show its id`);
  return { ...one, id };
}

/** Collections in JSON (GFD.226 §3.3). */
export const jsonCollectionChecks: readonly Check[] = [
  {
    id: 'json-collection/resources',
    proves: ['JSON-3.3-a', 'JSON-3.3-b'],
    title: 'A collection of resources is an object with an array under resources',
    renderings: jsonRendering,
    async run(trial) {
      const kind = trial.plainKind;
      const { id } = await named(trial, await trial.make(kind.id), kind.id);
      shows(trial, objectIn(trial, await trial.ask({ location: kind.location })), 'resources', id);
    },
  },
  {
    id: 'json-collection/links',
    proves: ['JSON-3.3-a', 'JSON-3.3-c'],
    title: 'A collection of links is an object with an array under links',
    renderings: jsonRendering,
    async run(trial) {
      const { link, linkKind } = await linkedResource(trial);
      const { id } = await named(trial, link, linkKind);
      shows(trial, objectIn(trial, await trial.ask({ location: trial.kind(linkKind).location })), 'links', id);
    },
  },
  {
    id: 'json-collection/whole-links',
    proves: ['JSON-3.3-e'],
    title: 'A resource in a collection shows its links completely',
    renderings: jsonRendering,
    async run(trial) {
      const { link, source, linkKind, sourceKind } = await linkedResource(trial);
      const [from, own] = [await named(trial, source, sourceKind), await named(trial, link, linkKind)];
      const { location } = trial.kind(sourceKind);
      const resource = shows(trial, objectIn(trial, await trial.ask({ location })), 'resources', from.id);
      shows(trial, { links: resource['links'] }, 'links', own.id);
    },
  },
  {
    id: 'json-collection/mixed',
    proves: ['JSON-3.3-d'],
    title: 'A collection of resources and links has both keys',
    renderings: jsonRendering,
    async run(trial) {
      const { location } = await addedMixin(trial);
      const { link, target, linkKind, targetKind } = await linkedResource(trial);
      const [resource, own] = [await named(trial, target, targetKind), await named(trial, link, linkKind)];
      const added = await trial.ask({ method: 'POST', location, says: naming(trial, [resource, own]) });
      if (!added.isSuccess) throw new Inconclusive(`a mixin takes no members: ${added.status} ${added.text}`);
      const collection = objectIn(trial, await trial.ask({ location }));
      shows(trial, collection, 'resources', resource.id);
      shows(trial, collection, 'links', own.id);
    },
  },
];
