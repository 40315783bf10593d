import type { StoredObject } from '../store/objects.ts';
import type { CdmiObject, Domain } from './object.ts';
import { guardOf } from './retention/guard.ts';
import { keysOf, sizeOf } from './values/value.ts';

/** The part of an object that the store has in columns of its own. */
type Placed = Pick<CdmiObject, 'id' | 'project' | 'parent' | 'name' | 'kind' | 'revision' | 'hidden' | 'domain'>;

/** What of an object is in its document: all the rest. */
type Document = Omit<CdmiObject, keyof Placed>;

/** An object as the store keeps it. */
export function toStored(object: CdmiObject): StoredObject {
  const { id, project, parent, name, kind, revision, hidden, domain, ...document } = object;
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
    ...(object.kind === 'domain' ? guardOfDomain(object) : guardOf(object)),
    ...(hidden && { hidden }),
    ...(domain !== undefined && { domain }),
    document: document satisfies Document,
  };
}

/** What the store has kept. */
export function fromStored({
  id,
  project,
  parent,
  name,
  kind,
  revision,
  hidden,
  domain,
  document,
}: StoredObject): CdmiObject {
  const optional = { ...(hidden && { hidden }), ...(domain !== undefined && { domain }) };
  const placed = { id, project, parent, name, kind, revision, ...optional };
  // Nobody but `toStored` has written it.
  return { ...(document as Document), ...placed } as CdmiObject;
}

/** Nothing removes a domain by itself, since objects belong to it; what is left of one goes as soon as it can. */
function guardOfDomain({ gone, ...domain }: Domain): Pick<StoredObject, 'guardedUntil' | 'expires'> {
  const { expires: _, ...guard } = guardOf(domain);
  return { ...guard, ...(gone && { expires: 0 }) };
}
