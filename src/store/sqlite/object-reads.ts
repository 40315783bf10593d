import type { DatabaseSync } from 'node:sqlite';
import { objectColumns } from '../object-row.ts';

/** The statements that read objects. */
export function prepareObjectReads(database: DatabaseSync) {
  const all = `SELECT ${objectColumns} FROM object`;
  const below = `
    WITH RECURSIVE below (id) AS (
      SELECT ?1 UNION SELECT object.id FROM below CROSS JOIN object ON object.parent = below.id
    )`;
  return {
    object: database.prepare(`${all} WHERE id = ?`),
    member: database.prepare(`${all} WHERE parent = ? AND name = ?`),
    path: database.prepare(`
      WITH RECURSIVE way (depth, id) AS (
        SELECT 1, id FROM object WHERE parent = ?1 AND name = ?2 ->> 0
        UNION ALL
        SELECT depth + 1, object.id
        FROM way CROSS JOIN object ON object.parent = way.id AND object.name = ?2 ->> depth
      )
      SELECT ${objectColumns} FROM way CROSS JOIN object ON object.id = way.id ORDER BY depth`),
    lineage: database.prepare(`
      WITH RECURSIVE way (height, id, parent) AS (
        SELECT 0, id, parent FROM object WHERE id = ?
        UNION ALL
        SELECT height + 1, object.id, object.parent FROM way CROSS JOIN object ON object.id = way.parent
      )
      SELECT ${objectColumns} FROM way CROSS JOIN object ON object.id = way.id ORDER BY height DESC`),
    // The index is named because SQLite could take the one that makes names unique, and read every row.
    members: database.prepare(`
      SELECT id, name, kind FROM object INDEXED BY object_member
      WHERE parent = ? AND hidden = 0 ORDER BY name LIMIT ? OFFSET ?`),
    membersBehind: database.prepare(`
      SELECT id, name, kind FROM object INDEXED BY object_member
      WHERE parent = ? AND hidden = 0 AND name > ? ORDER BY name LIMIT ?`),
    countMembers: database.prepare(`
      SELECT count(*) AS count FROM object INDEXED BY object_member WHERE parent = ? AND hidden = 0`),
    firstMembers: database.prepare(`${all} WHERE parent = ? ORDER BY name LIMIT ?`),
    membersAfter: database.prepare(`${all} WHERE parent = ? AND name > ? ORDER BY name LIMIT ?`),
    guardIn: database.prepare(`
      ${below} SELECT ${objectColumns} FROM below CROSS JOIN object ON object.id = below.id
      WHERE object.guarded > ?2 LIMIT 1`),
    // Reads nothing but the index, the deepest first, and no further than it has to.
    isDeeper: database.prepare(`
      WITH RECURSIVE below (id, level) AS (
        SELECT ?1, 0
        UNION ALL
        SELECT object.id, level + 1
        FROM below CROSS JOIN object INDEXED BY object_member ON object.parent = below.id AND object.hidden = 0
        WHERE level <= ?2
        ORDER BY 2 DESC
      )
      SELECT 1 FROM below WHERE level > ?2 LIMIT 1`),
    ofDomain: database.prepare(`${all} INDEXED BY object_domain WHERE domain = ? ORDER BY id LIMIT ?`),
    domainLoad: database.prepare(`
      SELECT count(*) AS count, coalesce(sum(size), 0) AS size, max(id) AS last
      FROM (SELECT id, size FROM object INDEXED BY object_domain WHERE domain = ? AND id > ? ORDER BY id LIMIT ?)`),
    ofProject: database.prepare(`${all} INDEXED BY object_project WHERE project = ? AND id > ? ORDER BY id LIMIT ?`),
    expired: database.prepare(`
      ${all} WHERE expires <= ?1 AND NOT EXISTS (
        WITH RECURSIVE below (id) AS (
          SELECT object.id UNION SELECT inner.id FROM below CROSS JOIN object AS inner ON inner.parent = below.id
        )
        SELECT 1 FROM below CROSS JOIN object AS inner ON inner.id = below.id WHERE inner.guarded > ?1
      )
      ORDER BY expires LIMIT ?2`),
    unusedValues: database.prepare('SELECT value FROM unused_value ORDER BY value LIMIT ?'),
    usedValues: database.prepare(
      'SELECT DISTINCT value FROM object_value WHERE value IN (SELECT value FROM json_each(?))',
    ),
  };
}
