import type { StoredObject } from './objects.ts';
import { damaged, isStrings, parse } from './rows.ts';

/** The columns that an object is made from. */
export interface ObjectRow {
  readonly id: string;
  readonly project: string;
  /** Null where there is no parent, because then names need not differ. */
  readonly parent: string | null;
  readonly name: string;
  readonly kind: string;
  readonly revision: number;
  readonly size: number;
  /** Null for none, otherwise JSON. */
  readonly keys: string | null;
  readonly guarded: number | null;
  readonly expires: number | null;
  readonly hidden: boolean | number;
  readonly domain: string | null;
  readonly document: string;
}

/** The names of these columns, for statements. */
export const objectColumns =
  'object.id, object.project, object.parent, object.name, object.kind, object.revision, object.size, object.keys, ' +
  'object.guarded, object.expires, object.hidden, object.domain, object.document';

/** What stands in the columns of an object. */
export function objectRow(object: StoredObject, revision: number) {
  const { id, project, parent, name, kind, size, values, guardedUntil, expires, hidden, domain, document } = object;
  return {
    id,
    project,
    parent: parent === '' ? null : parent,
    name,
    kind,
    revision,
    size,
    keys: values.length === 0 ? null : JSON.stringify(values),
    guarded: guardedUntil ?? null,
    expires: expires ?? null,
    hidden: hidden === true,
    domain: domain ?? null,
    document: JSON.stringify(document),
  } satisfies ObjectRow;
}

/**
 * The object in a row.
 *
 * @throws Error naming the row when it is damaged
 */
export function objectFrom({
  keys,
  guarded,
  expires,
  hidden,
  parent,
  domain,
  document,
  ...row
}: ObjectRow): StoredObject {
  return {
    ...row,
    parent: parent ?? '',
    values: keysIn(row.id, keys),
    ...(guarded !== null && { guardedUntil: guarded }),
    ...(expires !== null && { expires }),
    ...(hidden && { hidden: true }),
    ...(domain !== null && { domain }),
    document: parse(`object ${row.id}`, document),
  };
}

/**
 * The keys of the values in a column `keys`.
 *
 * @throws Error naming the object when it is damaged
 */
export function keysIn(id: string, column: string | null): readonly string[] {
  if (column === null) return [];
  const keys = parse(`object ${id}`, column);
  if (!isStrings(keys)) throw damaged(`object ${id}`, 'its values are no list of keys');
  return keys;
}
