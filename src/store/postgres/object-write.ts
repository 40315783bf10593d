import { isMoved, type Load, type ObjectPlan, type ObjectStanding, type Surroundings } from '../object-plan.ts';
import { keysIn } from '../object-row.ts';
import type { ObjectChanges } from '../objects.ts';
import type { Session } from './connections.ts';
import { forgetValues, loadStandings, putObjects, removeObjects, vacate, walkTrees } from './object-statements.ts';

/** An {@link ObjectStanding} in the database. */
interface StandingRow extends Omit<ObjectStanding, 'parent' | 'values'> {
  readonly parent: string | null;
  readonly keys: string | null;
}

/** What is found by walking through trees. */
interface Walk {
  readonly gone: readonly string[];
  readonly loads: readonly LoadRow[];
  readonly circular: boolean;
}

interface LoadRow extends Load {
  /** The latest time until which one of them is guarded. */
  readonly guarded: number | null;
}

const nothingToWalk: Walk = { gone: [], loads: [], circular: false };

/** Reads what changes of objects depend on. Nobody may change the database until they are written. */
export async function loadSurroundings(session: Session, changes: ObjectChanges): Promise<Surroundings> {
  const rows = await session.query<StandingRow>(loadStandings(changes));
  const objects = new Map<string, ObjectStanding>();
  for (const { parent, keys, ...rest } of rows) {
    objects.set(rest.id, { ...rest, parent: parent ?? '', values: keysIn(rest.id, keys) });
  }
  const { gone, loads, circular } = await walk(session, changes, objects);
  return {
    objects,
    gone: new Set(gone),
    loads,
    isGuarded: loads.some(({ guarded }) => guarded !== null && guarded > changes.now),
    isCircular: circular,
  };
}

async function walk(
  session: Session,
  changes: ObjectChanges,
  objects: ReadonlyMap<string, ObjectStanding>,
): Promise<Walk> {
  const { remove = [], update = [] } = changes;
  const moved = update.filter((object) => {
    const before = objects.get(object.id);
    return before !== undefined && isMoved(before, object);
  });
  if (remove.length + moved.length === 0) return nothingToWalk;
  const [found] = await session.query<Walk>(walkTrees(changes, moved, [...objects.keys()]));
  return found ?? nothingToWalk;
}

/** Writes changes of objects that have been judged. */
export async function writeObjects(
  session: Session,
  plan: ObjectPlan,
  forgotten: readonly string[],
  revision: number,
): Promise<void> {
  if (forgotten.length > 0) await session.query(forgetValues(forgotten));
  if (plan.removed.length > 0) await session.query(removeObjects(plan));
  if (plan.vacated.length > 0) await session.query(vacate(plan));
  if (plan.updated.length + plan.created.length > 0) await session.query(putObjects(plan, revision));
}
