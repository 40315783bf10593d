import type { ObjectPlan } from '../object-plan.ts';
import { objectRow } from '../object-row.ts';
import { noteKind, type ObjectChanges, type StoredObject } from '../objects.ts';

/** The ids of some objects, which are a parameter, and of all below. */
const below = (parameter: string) => `
  below (id) AS (
    SELECT unnest(${parameter}::text[]) COLLATE "C"
    UNION SELECT object.id FROM below JOIN object ON object.parent = below.id
  )`;

const place = 'id text COLLATE "C", parent text COLLATE "C", name text COLLATE "C"';
const content = `
  revision bigint, size bigint, keys text, guarded double precision, expires double precision, hidden boolean,
  domain text, document text`;
const reference = 'object text, value text';

/** Reads all that is mentioned in some changes, parents included, and what is in the places where something is to be. */
export function loadStandings({ remove = [], update = [], create = [], expect = [] }: ObjectChanges) {
  const columns =
    'object.id, object.project, object.parent, object.name, object.kind, object.revision, object.size, object.keys';
  const placed = [...update, ...create];
  return {
    name: 'load objects',
    text: `
      SELECT ${columns} FROM object WHERE id = ANY ($1)
      UNION ALL
      SELECT ${columns} FROM unnest($2::text[], $3::text[]) AS place (parent, name)
      JOIN object ON object.parent = place.parent AND object.name = place.name`,
    values: [
      [...[...remove, ...expect, ...placed].map(({ id }) => id), ...placed.map(({ parent }) => parent)],
      placed.map(({ parent }) => parent),
      placed.map(({ name }) => name),
    ],
  };
}

/**
 * Walks down from what is to be removed, and up from where something is to be moved.
 *
 * @param present the ids of what is there and mentioned
 */
export function walkTrees(
  { remove = [], create = [] }: ObjectChanges,
  moved: readonly StoredObject[],
  present: readonly string[],
) {
  return {
    name: 'walk objects',
    text: `
      WITH RECURSIVE
        ${below('$1')},
        placed (id, parent) AS (
          SELECT * FROM unnest($3::text[] COLLATE "C", $4::text[] COLLATE "C")
        ),
        above (start, id) AS (
          SELECT id, parent FROM placed WHERE id = ANY ($5)
          UNION
          SELECT above.start, coalesce(placed.parent, object.parent)
          FROM above LEFT JOIN placed ON placed.id = above.id LEFT JOIN object ON object.id = above.id
          WHERE coalesce(placed.parent, object.parent) IS NOT NULL
        )
      SELECT
        ARRAY (SELECT id FROM unnest($2::text[]) AS present (id) WHERE id IN (SELECT id FROM below)) AS gone,
        (
          SELECT coalesce(json_agg(load), '[]')
          FROM (
            SELECT project, count(*) FILTER (WHERE kind <> '${noteKind}') AS count, sum(size) AS size, max(guarded) AS guarded
            FROM below JOIN object ON object.id = below.id GROUP BY project
          ) AS load
        ) AS loads,
        EXISTS (SELECT FROM above WHERE id = start) AS circular`,
    values: [
      remove.map(({ id }) => id),
      present,
      [...moved, ...create].map(({ id }) => id),
      [...moved, ...create].map(({ parent }) => parent),
      moved.map(({ id }) => id),
    ],
  };
}

/** Removes objects with all below. What a statement deletes it still sees, so that is left out. */
export function removeObjects({ removed }: ObjectPlan) {
  return {
    name: 'remove objects',
    text: `
      WITH RECURSIVE
        ${below('$1')},
        removed AS (DELETE FROM object WHERE id IN (SELECT id FROM below)),
        released AS (DELETE FROM object_value WHERE object IN (SELECT id FROM below) RETURNING value)
      INSERT INTO unused_value
      SELECT DISTINCT value FROM released
      WHERE NOT EXISTS (
        SELECT FROM object_value AS other
        WHERE other.value = released.value AND other.object NOT IN (SELECT id FROM below)
      )
      ON CONFLICT DO NOTHING`,
    values: [removed],
  };
}

/** Forgets values that are gone. */
export function forgetValues(keys: readonly string[]) {
  return { name: 'forget values', text: 'DELETE FROM unused_value WHERE value = ANY ($1)', values: [keys] };
}

/** Takes objects out of their places, so that others can be written there. */
export function vacate({ vacated }: ObjectPlan) {
  return { name: 'vacate', text: 'UPDATE object SET parent = NULL WHERE id = ANY ($1)', values: [vacated] };
}

/** Writes all other objects, and what they refer to. */
export function putObjects(plan: ObjectPlan, revision: number) {
  const { updated, created, acquired, released } = plan;
  return {
    name: 'put objects',
    text: `
      WITH
        updated AS (
          UPDATE object
          SET
            parent = new.parent,
            name = new.name,
            revision = new.revision,
            size = new.size,
            keys = new.keys,
            guarded = new.guarded,
            expires = new.expires,
            hidden = new.hidden,
            domain = new.domain,
            document = new.document
          FROM json_to_recordset($1) AS new (${place}, ${content})
          WHERE object.id = new.id
        ),
        created AS (
          INSERT INTO object
            (id, parent, name, revision, size, keys, guarded, expires, hidden, domain, document, project, kind)
          SELECT * FROM json_to_recordset($2) AS new (${place}, ${content}, project text, kind text)
        ),
        old AS (SELECT * FROM json_to_recordset($3) AS old (${reference})),
        released AS (
          DELETE FROM object_value USING old
          WHERE object_value.object = old.object AND object_value.value = old.value
        ),
        acquired AS (
          INSERT INTO object_value (object, value)
          SELECT * FROM json_to_recordset($4) AS new (${reference})
          ON CONFLICT DO NOTHING
        ),
        used AS (DELETE FROM unused_value WHERE value = ANY ($5))
      INSERT INTO unused_value
      SELECT DISTINCT value FROM old
      WHERE value <> ALL ($5) AND NOT EXISTS (
        SELECT FROM object_value AS other
        WHERE other.value = old.value AND (other.object, other.value) NOT IN (SELECT object, value FROM old)
      )
      ON CONFLICT DO NOTHING`,
    values: [
      JSON.stringify(updated.map((object) => objectRow(object, revision))),
      JSON.stringify(created.map((object) => objectRow(object, revision))),
      JSON.stringify(released),
      JSON.stringify(acquired),
      acquired.map(({ value }) => value),
    ],
  };
}
