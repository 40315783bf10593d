import { commonProject } from '../../src/occi/entity.ts';
import { type ObjectChanges, rootOf, type StoredObject } from '../../src/store/objects.ts';
import type { Store } from '../../src/store/store.ts';
import { outcome, type Refused } from './samples.ts';

/** The parent of the root of the project that most objects are in. */
export const top = rootOf(commonProject);

/** An object that has a name in another one. */
export function node(id: string, parent = '', name = '', more: Partial<StoredObject> = {}): StoredObject {
  return {
    id,
    project: commonProject,
    parent,
    name,
    kind: 'container',
    revision: 0,
    size: 0,
    values: [],
    document: { says: id },
    ...more,
  };
}

/** Commits changes of objects. */
export function change(store: Store, changes: Partial<ObjectChanges>): Promise<number> {
  return store.commit({ objects: { now: 0, ...changes } });
}

/** What became of changes of objects. */
export function changeOutcome(store: Store, changes: Partial<ObjectChanges>): Promise<number | Refused> {
  return outcome(store, { objects: { now: 0, ...changes } });
}

/** An object, which has to be there. */
export async function readObject(store: Store, id: string): Promise<StoredObject> {
  const object = await store.objects.object(id);
  if (object === undefined) throw new Error(`there is no object ${id}`);
  return object;
}

/** The names of the members of an object that are not hidden. */
export async function names(store: Store, parent: string): Promise<readonly string[]> {
  return (await store.objects.members(parent, { offset: 0, limit: 1_000 })).map(({ name }) => name);
}
