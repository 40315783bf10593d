import type { StoredObject } from '../store/objects.ts';
import type { CdmiObject } from './object.ts';
import { guardOf } from './retention/guard.ts';
import { keysOf, sizeOf } from './values/value.ts';

/** The part of an object that the store has in columns of its own. */
type Placed = Pick<CdmiObject, 'id' | 'project' | 'parent' | 'name' | 'kind' | 'revision' | 'hidden'>;

/** What of an object is in its document: all the rest. */
type Document = Omit<CdmiObject, keyof Placed>;

/** An object as the store keeps it. */
export function toStored(object: CdmiObject): StoredObject {
  const { id, project, parent, name, kind, revision, hidden, ...document } = object;
  const value = 'value' in object ? object.value : [];
  return {
    id,
    project,
    parent,
    name,
    kind,
    revision,
    size: sizeOf(value),
    values: keysOf(value),
    ...guardOf(object),
    ...(hidden && { hidden }),
    document: document satisfies Document,
  };
}

/** What the store has kept. */
export function fromStored({ id, project, parent, name, kind, revision, hidden, document }: StoredObject): CdmiObject {
  const placed = { id, project, parent, name, kind, revision, ...(hidden && { hidden }) };
  // Nobody but `toStored` has written it.
  return { ...(document as Document), ...placed } as CdmiObject;
}
