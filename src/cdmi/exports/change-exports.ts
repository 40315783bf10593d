import { authorize } from '../../gateway/policy/authorize.ts';
import type { ChangeSet } from '../../store/store.ts';
import type { Found } from '../found.ts';
import type { CdmiObject, Container, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';
import { rootOver, stillLinked } from './below.ts';
import { linkedTo } from './exported.ts';
import { readExports } from './read-exports.ts';
import { newStorage, withProtocols } from './storage.ts';
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
 * stands for it.
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
  const container = found.object;
  if (given === undefined) return { container, entities: {}, touched: [] };
  const linked = await linkedTo(session, container);
  const exports = readExports(session, container, given, linked);
  const { storage: _, ...rest } = { ...container, exports };
  if (Object.keys(exports).length === 0) {
    const gone = linked === undefined ? [] : [linked.storage];
    const link = await linkTo(session.store, gone);
    if (link !== undefined) throw stillLinked(link);
    authorize(session, 'delete', gone);
    return { container: rest, entities: { remove: gone }, touched: [] };
  }
  if (linked === undefined) {
    const storage = newStorage(session, container, exports);
    authorize(session, 'create', [storage]);
    const root = await rootOver(session, found);
    return {
      container: { ...rest, storage: storage.location },
      entities: { create: [storage] },
      touched: root.id === container.id ? [] : [root],
    };
  }
  const after = withProtocols(linked.storage, exports);
  return {
    container: { ...container, exports },
    entities: after === undefined ? {} : { update: [after] },
    touched: [],
  };
}
