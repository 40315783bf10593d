import { authorize } from '../../gateway/policy/authorize.ts';
import type { Entity } from '../../occi/entity.ts';
import type { ChangeSet } from '../../store/store.ts';
import type { Found } from '../found.ts';
import type { CdmiObject, Container, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';
import { rootOver, stillLinked } from './below.ts';
import { linkedTo } from './exported.ts';
import { readExports } from './read-exports.ts';
import { changedStorage, newStorage, withoutExports } from './storage.ts';
import { linkTo } from './storages-in.ts';

/** What becomes of entities of OCCI together with objects. */
export type ChangedEntities = Pick<ChangeSet, 'create' | 'update' | 'remove'>;

/** What comes of a change of exports: how the container is then, and what becomes of the storage. */
export interface ChangedExports {
  readonly container: Container;
  readonly entities: ChangedEntities;
  /** What has to be written with it: see {@link rootOver}. */
  readonly touched: readonly CdmiObject[];
}

/**
 * Exports a container, by other protocols than before, or no more (ISO/IEC 17826 §13): while it is, a storage of OCCI
 * stands for it, which changes with it.
 *
 * @param found the container, as it is to be else, in its place
 * @param given undefined where nothing is said
 * @throws OcciError `invalid-request`, `forbidden`; `conflict` while something is linked to what would go
 */
export async function changeExports(
  session: Session,
  found: Found<Container>,
  given: JsonObject | undefined,
): Promise<ChangedExports> {
  const before = found.object;
  if (given === undefined && before.storage === undefined) return unchanged(before);
  const linked = await linkedTo(session, before);
  if (given === undefined) return linked === undefined ? unchanged(before) : changed(before, linked.storage);
  const container = { ...before, exports: readExports(session, before, given, linked) };
  if (Object.keys(container.exports).length === 0) return ended(session, container, linked?.storage);
  if (linked !== undefined) return changed(container, linked.storage);
  const storage = newStorage(session, container);
  authorize(session, 'create', [storage]);
  const root = await rootOver(session, found);
  return {
    container: { ...container, storage: storage.location },
    entities: { create: [storage] },
    touched: root.id === container.id ? [] : [root],
  };
}

function unchanged(container: Container): ChangedExports {
  return { container, entities: {}, touched: [] };
}

function changed(container: Container, storage: Entity): ChangedExports {
  const after = changedStorage(storage, container);
  return after === undefined ? unchanged(container) : { container, entities: { update: [after] }, touched: [] };
}

async function ended(session: Session, before: Container, storage: Entity | undefined): Promise<ChangedExports> {
  const container = withoutExports(before);
  if (storage === undefined) return unchanged(container);
  const link = await linkTo(session.store, [storage]);
  if (link !== undefined) throw stillLinked(link);
  authorize(session, 'delete', [storage]);
  return { container, entities: { remove: [storage] }, touched: [] };
}
