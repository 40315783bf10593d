import fc from 'fast-check';
import { type Basis, ownKilobytes, ownObjects, rootOf, type StoredObject } from '../../src/store/objects.ts';
import type { ChangeSet, Limit } from '../../src/store/store.ts';
import type { ObjectReference } from './object-reference.ts';
import { node } from './object-samples.ts';
import { projects } from './samples.ts';

/** Changes whose revisions are yet to be filled in. */
export interface ObjectPlan {
  readonly project: string;
  readonly put: readonly StoredObject[];
  readonly remove: readonly string[];
  readonly expect: readonly string[];
  readonly forget: readonly string[];
  readonly limits: readonly Limit[];
  readonly now: number;
  /** How far behind the present revisions it is. */
  readonly stale: number;
}

/** The change set that is meant, now that it is known what is there. */
export function resolveObjectPlan(plan: ObjectPlan, { objects, unused }: ObjectReference): ChangeSet {
  const basis = (id: string): Basis[] => {
    const object = objects.get(id);
    return object === undefined ? [] : [{ id, revision: object.revision - plan.stale }];
  };
  const { project, limits, now } = plan;
  return {
    project,
    limits,
    objects: {
      remove: plan.remove.flatMap(basis),
      update: plan.put.flatMap((object) => basis(object.id).map(({ revision }) => ({ ...object, revision }))),
      create: plan.put.filter(({ id }) => !objects.has(id)),
      expect: plan.expect.flatMap(basis),
      forget: plan.forget.filter((key) => unused.has(key)),
      now,
    },
  };
}

/** The last one is alone in its project. */
export const objectIds = ['A', 'B', 'C', 'D', 'E', 'F', 'z1', 'z2'] as const;
const projectOf = (id: string) => projects[id.startsWith('z') ? 1 : 0];

export const valueKeys = ['k1', 'k2', 'k3', 'k4'] as const;
const anyId = fc.constantFrom(...objectIds);
const anyTime = fc.constantFrom(undefined, undefined, 10, 20, Number.MAX_SAFE_INTEGER);

const anyObject: fc.Arbitrary<StoredObject> = fc
  .record({
    id: anyId,
    parent: fc.oneof({ weight: 6, arbitrary: anyId }, fc.constantFrom('top', 'top', 'none')),
    name: fc.constantFrom('a', 'b', 'B', 'é', '\u{1f600}', '\uff21'),
    size: fc.constantFrom(0, 1, 999, 1_000_001),
    values: fc.subarray([...valueKeys], { maxLength: 3 }),
    guardedUntil: anyTime,
    expires: anyTime,
    isHidden: fc.constantFrom(true, false, false),
    document: fc.jsonValue({ maxDepth: 1 }),
  })
  .map(({ id, parent, name, size, values, guardedUntil, expires, isHidden, document }) =>
    node(
      id,
      parent === 'none' ? '' : parent === 'top' ? rootOf(projectOf(id)) : parent,
      parent.length > 2 ? '' : name,
      {
        project: projectOf(id),
        size,
        values,
        document,
        ...(guardedUntil !== undefined && { guardedUntil }),
        ...(expires !== undefined && { expires }),
        ...(isHidden && { hidden: true }),
      },
    ),
  );

const anyLimit: fc.Arbitrary<Limit> = fc.constantFrom(
  { resource: 'objects', counts: [ownObjects], most: 3 },
  { resource: 'space', counts: [ownKilobytes], most: 1_000 },
);

const few = <T>(item: fc.Arbitrary<T>, maxLength = 2): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<readonly T[]>([]) }, fc.array(item, { maxLength }));

/** Plans in a world so small that they get into each other's way. Now and then one is based on something old. */
export const anyObjectPlan: fc.Arbitrary<ObjectPlan> = fc.record({
  project: fc.constantFrom(...projects),
  put: fc.oneof(fc.array(anyObject, { minLength: 1, maxLength: 1 }), few(anyObject, 4)),
  remove: few(anyId),
  expect: few(anyId),
  forget: few(fc.constantFrom(...valueKeys)),
  limits: few(anyLimit, 1),
  now: fc.constantFrom(0, 10, 15, 20),
  stale: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constant(1)),
});
