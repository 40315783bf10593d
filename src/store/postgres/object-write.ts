import type { Load, ObjectPlan, ObjectStanding, Surroundings } from '../object-plan.ts';
import { keysIn } from '../object-row.ts';
import type { ObjectChanges } from '../objects.ts';
import type { Session } from './connections.ts';
import { forgetValues, loadAround, putObjects, removeObjects, vacate } from './object-statements.ts';

/** What the database says about everything that changes of objects depend on. */
interface LoadedAround {
  readonly objects: readonly StandingRow[];
  readonly loads: readonly LoadRow[];
  readonly circular: boolean;
}

/** An {@link ObjectStanding} in the database. */
interface StandingRow extends Omit<ObjectStanding, 'parent' | 'values'> {
  readonly parent: string | null;
  readonly keys: string | null;
  readonly gone: boolean;
}

interface LoadRow extends Load {
  /** The latest time until which one of them is guarded. */
  readonly guarded: number | null;
}

/** Reads what changes of objects depend on. Nobody may change the database until they are written. */
export async function loadSurroundings(session: Session, changes: ObjectChanges): Promise<Surroundings> {
  const [loaded] = await session.query<LoadedAround>(loadAround(changes));
  const { objects, loads, circular } = loaded as LoadedAround;
  const standings = objects.map(({ parent, keys, gone: _gone, ...rest }): ObjectStanding => {
    return { ...rest, parent: parent ?? '', values: keysIn(rest.id, keys) };
  });
  return {
    objects: new Map(standings.map((standing) => [standing.id, standing])),
    gone: new Set(objects.filter(({ gone }) => gone).map(({ id }) => id)),
    loads,
    isGuarded: loads.some(({ guarded }) => guarded !== null && guarded > changes.now),
    isCircular: circular,
  };
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
