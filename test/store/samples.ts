import { expect } from 'vitest';
import type { Attributes } from '../../src/occi/attribute.ts';
import { commonProject, core, type Entity } from '../../src/occi/entity.ts';
import type { Mixin } from '../../src/occi/mixin.ts';
import { ownMixins } from '../../src/store/amounts.ts';
import { rootOf } from '../../src/store/objects.ts';
import { type ChangeSet, Conflict, LimitExceeded, type Selection, type Store } from '../../src/store/store.ts';

/** Projects that entities and mixins are in. */
export const projects = [commonProject, 'neighbours'] as const;

/** Kinds of the entities below. */
export const lampKind = 'http://example.org/occi/house#lamp';
export const wireKind = 'http://example.org/occi/house#wire';

/** A resource whose id is derived from its location. */
export function lamp(location: string, more: Partial<Entity> = {}): Entity {
  const attributes: Attributes = { [core.id]: `urn:lamp:${location}`, ...more.attributes };
  return { location, project: commonProject, kind: lampKind, mixins: [], revision: 0, ...more, attributes };
}

/** A link whose id is derived from its location. */
export function wire(location: string, source: string, target: string, more: Partial<Entity> = {}): Entity {
  const attributes: Attributes = {
    [core.id]: `urn:wire:${location}`,
    [core.source]: source,
    [core.target]: target,
    ...more.attributes,
  };
  return { location, project: commonProject, kind: wireKind, mixins: [], revision: 0, ...more, attributes };
}

/** A tag as users make them. */
export function tag(term: string, location = `/tag/${term}/`): Mixin {
  const scheme = 'http://example.org/occi/tag#';
  return {
    class: 'mixin',
    id: scheme + term,
    scheme,
    term,
    location,
    attributes: [],
    actions: [],
    depends: [],
    applies: [],
    origin: 'user',
  };
}

/** The entity at a location, which has to be there. */
export async function read(store: Store, location: string): Promise<Entity> {
  const view = await store.view(location);
  if (view === undefined) throw new Error(`there is nothing at ${location}`);
  return view.entity;
}

/** All items of a listing. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** All that can be read of a store through the listings. */
export async function contents(store: Store, selection: Selection = {}) {
  return {
    views: await collect(store.views(selection)),
    mixins: await Promise.all(projects.map((project) => store.mixins(project))),
    usage: await usage(store),
    commands: await store.commands(),
  };
}

/** What the projects use. */
export async function usage(store: Store): Promise<readonly Readonly<Record<string, number>>[]> {
  const all = await Promise.all(projects.map((project) => store.usage(project)));
  return all.map((one) => Object.fromEntries([...one].sort()));
}

/**
 * Checks that a store has what stands in the fixtures of earlier formats, and that it goes on from there.
 *
 * @param neighbours whether the format knew of projects, so that there are two
 */
export async function expectWhatEarlierFormatsHad(store: Store, neighbours: boolean): Promise<void> {
  const mixin = tag('a');
  const one = lamp('/lamp/1', { mixins: [mixin.id], revision: 3 });
  const link = wire('/wire/1', '/lamp/1', 'http://elsewhere.example/', { revision: 3 });
  const theirs = lamp('/lamp/2', {
    project: 'neighbours',
    mixins: [mixin.id],
    attributes: { 'example.watts': 40.5 },
    revision: 3,
  });
  expect(await contents(store)).toStrictEqual({
    views: [
      { entity: one, links: [link] },
      { entity: link, links: [] },
      ...(neighbours ? [{ entity: theirs, links: [] }] : []),
    ],
    mixins: [[mixin], neighbours ? [mixin] : []],
    usage: [
      { [ownMixins]: 1, [lampKind]: 1, [wireKind]: 1 },
      neighbours ? { [ownMixins]: 1, 'example.watts': 40.5, [lampKind]: 1 } : {},
    ],
    commands: [{ id: 'c1', backend: 'embedded', location: '/lamp/1', body: { do: 'create' } }],
  });
  const selection = { project: commonProject, kind: lampKind, mixins: [mixin.id] };
  expect(await collect(store.locations(selection))).toEqual(['/lamp/1']);
  const version = await store.mixinsVersion();
  expect(await store.commit({ update: [{ ...one, mixins: [] }], removeMixins: [mixin.id] })).toBe(4);
  expect(await store.mixinsVersion()).toBeGreaterThan(version);
  expect(await store.mixins(commonProject)).toEqual([]);
  if (neighbours) await store.commit({ remove: [theirs] });
  expect(await usage(store)).toEqual([{ [lampKind]: 1, [wireKind]: 1 }, neighbours ? { [ownMixins]: 1 } : {}]);
  const root = { id: 'A', project: commonProject, parent: rootOf(commonProject), name: '', kind: 'container' };
  const object = { ...root, revision: 0, size: 5, values: ['k'], document: {} };
  const revision = await store.commit({ objects: { create: [object], now: 0 } });
  expect(await collect(store.objects.all(commonProject))).toStrictEqual([{ ...object, revision }]);
  await store.commit({ objects: { remove: [{ id: 'A', revision }], now: 0 } });
  expect(await store.objects.unusedValues(9)).toEqual(['k']);
}

/** Why a commit was refused. */
export type Refused = 'conflict' | 'over a limit';

/** What became of a commit: the revision, or why it was refused. Anything else is thrown on. */
export async function outcome(store: Store, changes: ChangeSet): Promise<number | Refused> {
  try {
    return await store.commit(changes);
  } catch (error) {
    if (error instanceof Conflict) return 'conflict';
    if (error instanceof LimitExceeded) return 'over a limit';
    throw error;
  }
}
