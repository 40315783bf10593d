import type { DatabaseSync } from 'node:sqlite';
import type { Bookings } from '../amounts.ts';
import { isMoved, type Load, type ObjectStanding, planObjects, type Surroundings } from '../object-plan.ts';
import { keysIn, type ObjectRow, objectRow } from '../object-row.ts';
import { noteKind, type ObjectChanges, type StoredObject } from '../objects.ts';

/** An {@link ObjectStanding} in the database. */
interface StandingRow extends Omit<ObjectStanding, 'parent' | 'values'> {
  readonly parent: string | null;
  readonly keys: string | null;
}

/** Writes changes of objects into the transaction that is open. */
export class ObjectWriter {
  readonly #sql;

  constructor(database: DatabaseSync) {
    this.#sql = prepareObjectWrites(database);
  }

  /**
   * @param revision of everything that is written
   * @param bookings is told what the projects use more or less
   * @throws Conflict, before anything is written
   */
  apply(changes: ObjectChanges, revision: number, bookings: Bookings): void {
    const plan = planObjects(changes, this.#around(changes), bookings);
    if (changes.forget !== undefined) this.#sql.forget.run(JSON.stringify(changes.forget));
    if (plan.removed.length > 0) this.#sql.remove.run(JSON.stringify(plan.removed));
    for (const id of plan.vacated) this.#sql.vacate.run(id);
    // In the order of the columns: names would be looked up for every row.
    for (const object of plan.updated) {
      const row = objectRow(object, revision);
      this.#sql.update.run(...contentOf(row), row.id);
      this.#sql.place.run(row.parent, row.name, Number(row.hidden), row.id);
    }
    for (const object of plan.created) {
      const row = objectRow(object, revision);
      this.#sql.insert.run(row.id, row.project, row.kind, row.parent, row.name, Number(row.hidden), ...contentOf(row));
    }
    for (const { object, value } of plan.acquired) this.#sql.acquire.run(object, value);
    for (const { object, value } of plan.released) this.#sql.release.run(object, value);
  }

  #around({ remove = [], update = [], create = [], expect = [], now }: ObjectChanges): Surroundings {
    const objects = new Map<string, ObjectStanding>();
    const find = (row: unknown): ObjectStanding | undefined => {
      if (row === undefined) return undefined;
      const { parent, keys, ...rest } = row as StandingRow;
      const standing = { ...rest, parent: parent ?? '', values: keysIn(rest.id, keys) };
      objects.set(standing.id, standing);
      return standing;
    };
    const look = ({ id }: Pick<StoredObject, 'id'>) => objects.get(id) ?? find(this.#sql.standing.get(id));
    for (const object of [...remove, ...expect, ...update, ...create]) look(object);
    const moved = update.filter((object) => {
      const before = objects.get(object.id);
      return before !== undefined && isMoved(before, object);
    });
    const placed = [...moved, ...create].filter(({ parent }) => parent !== '');
    for (const { parent, name } of placed) {
      look({ id: parent });
      find(this.#sql.member.get(parent, name));
    }
    const isRemoving = remove.length > 0;
    const removed = JSON.stringify(remove.map(({ id }) => id));
    const loads = isRemoving ? (this.#sql.loads.all(removed) as unknown as readonly LoadRow[]) : [];
    const gone = isRemoving && placed.length + update.length + create.length > 0 ? this.#gone(removed, objects) : [];
    return {
      objects,
      gone: new Set(gone),
      loads,
      isGuarded: loads.some(({ guarded }) => guarded !== null && guarded > now),
      isCircular: this.#isCircular(moved, create),
    };
  }

  #gone(removed: string, objects: ReadonlyMap<string, unknown>): readonly string[] {
    const rows = this.#sql.gone.all(removed, JSON.stringify([...objects.keys()]));
    return (rows as unknown as readonly { id: string }[]).map(({ id }) => id);
  }

  #isCircular(moved: readonly StoredObject[], create: readonly StoredObject[]): boolean {
    if (moved.length === 0) return false;
    const places = [...moved, ...create].map(({ id, parent }) => [id, parent]);
    return this.#sql.circle.get(JSON.stringify(moved.map(({ id }) => id)), JSON.stringify(places)) !== undefined;
  }
}

interface LoadRow extends Load {
  /** The latest time until which one of them is guarded. */
  readonly guarded: number | null;
}

function contentOf({ revision, size, keys, guarded, expires, domain, document }: ObjectRow) {
  return [revision, size, keys, guarded, expires, domain, document] as const;
}

/** The ids of some objects, which are the first parameter, and of all below. */
const below = `
  below (id) AS (
    SELECT value FROM json_each(?1)
    UNION SELECT object.id FROM below CROSS JOIN object ON object.parent = below.id
  )`;

function prepareObjectWrites(database: DatabaseSync) {
  const columns = 'id, project, parent, name, kind, revision, size, keys';
  return {
    standing: database.prepare(`SELECT ${columns} FROM object WHERE id = ?`),
    member: database.prepare(`SELECT ${columns} FROM object WHERE parent = ? AND name = ?`),
    loads: database.prepare(`
      WITH RECURSIVE ${below}
      SELECT project, count(*) FILTER (WHERE kind <> '${noteKind}') AS count, sum(size) AS size, max(guarded) AS guarded
      FROM below CROSS JOIN object ON object.id = below.id GROUP BY project`),
    gone: database.prepare(`
      WITH RECURSIVE ${below} SELECT value AS id FROM json_each(?2) WHERE value IN (SELECT id FROM below)`),
    circle: database.prepare(`
      WITH RECURSIVE
        placed (id, parent) AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(?2)),
        above (start, id) AS (
          SELECT id, parent FROM placed WHERE id IN (SELECT value FROM json_each(?1))
          UNION
          SELECT above.start, coalesce(placed.parent, object.parent)
          FROM above LEFT JOIN placed ON placed.id = above.id LEFT JOIN object ON object.id = above.id
          WHERE coalesce(placed.parent, object.parent) IS NOT NULL
        )
      SELECT 1 FROM above WHERE id = start LIMIT 1`),

    remove: database.prepare(`
      WITH RECURSIVE ${below} DELETE FROM object WHERE id IN (SELECT id FROM below)`),
    vacate: database.prepare('UPDATE object SET parent = NULL WHERE id = ?'),
    update: database.prepare(`
      UPDATE object SET revision = ?, size = ?, keys = ?, guarded = ?, expires = ?, domain = ?, document = ?
      WHERE id = ?`),
    // Most stay where they are, and SQLite would write all indexes of a column that is set to what it is.
    place: database.prepare(`
      UPDATE object SET parent = ?1, name = ?2, hidden = ?3
      WHERE id = ?4 AND (parent, name, hidden) IS NOT (?1, ?2, ?3)`),
    insert: database.prepare(`
      INSERT INTO object
        (id, project, kind, parent, name, hidden, revision, size, keys, guarded, expires, domain, document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    acquire: database.prepare('INSERT INTO object_value (object, value) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    release: database.prepare('DELETE FROM object_value WHERE object = ? AND value = ?'),
    forget: database.prepare('DELETE FROM unused_value WHERE value IN (SELECT value FROM json_each(?))'),
  };
}
