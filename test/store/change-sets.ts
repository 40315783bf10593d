import fc from 'fast-check';
import { core, type Entity } from '../../src/occi/entity.ts';
import { ownMixins } from '../../src/store/amounts.ts';
import type { ChangeSet, Command, Limit, Selection } from '../../src/store/store.ts';
import { lamp, lampKind, projects, tag, wire, wireKind } from './samples.ts';

/** A change set whose revisions are yet to be filled in. */
export interface Plan extends ChangeSet {
  /** How far behind the present revisions it is. */
  readonly stale: number;
}

/** The change set that is meant, now that the present revisions are known: 0 where nothing is. */
export function resolvePlan({ stale, ...changes }: Plan, revisionOf: (location: string) => number): ChangeSet {
  const { create = [], update = [], remove = [] } = changes;
  const exists = ({ location }: Entity) => revisionOf(location) > 0;
  const present = (entity: Entity) => ({ ...entity, revision: revisionOf(entity.location) - stale });
  return {
    ...changes,
    // What cannot be updated or removed because it is not there would make a conflict of most plans.
    create: [...create, ...update.filter((entity) => !exists(entity))],
    update: update.filter(exists).map(present),
    remove: remove.filter(exists).map(present),
  };
}

const lampLocations = ['/lamp/1', '/lamp/2', '/lamp/kitchen/1', '/lamp/kitchen/2', '/lamp0'] as const;
const wireLocations = ['/wire/1', '/wire/2', '/wire/3'] as const;
/** Where an entity is tells in which of the two projects. */
const projectAt = (location: string) => projects[location.endsWith('2') ? 1 : 0];

const tags = [tag('cosy'), tag('bright'), tag('old')] as const;
const commandIds = ['c1', 'c2', 'c3', 'c4'];
const tagIds = tags.map(({ id }) => id);

const someTags = fc.subarray(tagIds, { maxLength: 3 });
const anyEnd = fc.constantFrom<string>(...lampLocations, ...wireLocations, 'http://elsewhere.example/lamp/1');

/** Fractions that make sums of numbers inexact, and numbers that are none to count. */
const anyWatts = fc.constantFrom(undefined, 0.1, 0.2, 0.7, 40, -5);
const anyLimit: fc.Arbitrary<Limit> = fc.constantFrom(
  { resource: 'lamps', counts: [lampKind], most: 2 },
  { resource: 'lamps and wires', counts: [lampKind, wireKind], most: 3 },
  { resource: 'watts', counts: ['example.watts'], most: 40.3 },
  { resource: 'mixins', counts: [ownMixins], most: 1 },
);

const anyLamp = fc
  .record({ location: fc.constantFrom(...lampLocations), mixins: someTags, title: fc.string(), watts: anyWatts })
  .map(({ location, mixins, title, watts }) =>
    lamp(location, {
      project: projectAt(location),
      mixins,
      attributes: { [core.title]: title, ...(watts === undefined ? {} : { 'example.watts': watts }) },
    }),
  );
const anyWire = fc
  .record({ location: fc.constantFrom(...wireLocations), mixins: someTags, source: anyEnd, target: anyEnd })
  .map(({ location, mixins, source, target }) =>
    wire(location, source, target, { project: projectAt(location), mixins }),
  );
const anyEntity = fc.oneof({ weight: 2, arbitrary: anyLamp }, anyWire);

const anyCommand: fc.Arbitrary<Command> = fc
  .tuple(fc.constantFrom(...commandIds), anyEnd, fc.string())
  .map(([id, location, body]) => ({ id, backend: 'embedded', location, body }));

const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<readonly T[]>([]) }, fc.array(item, { maxLength: 2 }));

/** Ids of commands, of which some may be in the outbox. */
export const anySettled = fc.subarray(commandIds, { maxLength: 2 });

/**
 * Plans in a world so small that they get into each other's way: half a dozen locations, three tags. Now and then one
 * is based on something old.
 */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  create: few(anyEntity),
  update: few(anyEntity),
  remove: few(anyEntity),
  requireEntities: few(fc.constantFrom(...lampLocations)),
  project: fc.constantFrom(...projects),
  addMixins: few(fc.constantFrom(...tags)),
  removeMixins: few(fc.constantFrom(...tagIds)),
  requireMixins: few(fc.constantFrom(...tagIds)),
  commands: few(anyCommand),
  limits: few(anyLimit),
  stale: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constant(1)),
});

export const anySelection: fc.Arbitrary<Selection> = fc.record(
  {
    project: fc.constantFrom(...projects, 'nobody'),
    kind: fc.constantFrom(lampKind, wireKind, 'http://example.org/occi/house#none'),
    mixins: someTags,
    under: fc.constantFrom('/', '/lamp/', '/lamp/kitchen/', '/wire/', '/none/'),
    offset: fc.nat({ max: 4 }),
    limit: fc.nat({ max: 4 }),
  },
  { requiredKeys: [] },
);
