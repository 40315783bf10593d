import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The columns of an `EntityRow`. */
export const entityColumns =
  'entity.seq, entity.location, entity.project, entity.kind, entity.revision, entity.document';

/** What reads ask. */
export type ReadStatements = ReturnType<typeof prepareReads>;

export function prepareReads(database: DatabaseSync) {
  return {
    beginSnapshot: database.prepare('BEGIN'),
    revision: database.prepare('SELECT revision FROM counter'),
    endSnapshot: database.prepare('COMMIT'),
    entity: database.prepare(`SELECT ${entityColumns} FROM entity WHERE location = ?`),
    entityById: database.prepare(`SELECT ${entityColumns} FROM entity WHERE id = ?`),
    linksFrom: database.prepare(`SELECT ${entityColumns} FROM entity WHERE source = ? ORDER BY seq`),
    linksAt: database.prepare(`SELECT ${entityColumns} FROM entity WHERE source = ?1 OR target = ?1 ORDER BY seq`),
    mixins: database.prepare('SELECT id, document FROM mixin WHERE project = ? ORDER BY seq'),
    mixinsVersion: database.prepare('SELECT mixins FROM counter'),
    usage: database.prepare('SELECT what, amount FROM usage WHERE project = ? AND amount <> 0'),
    projectsWith: database.prepare('SELECT project FROM usage WHERE what = ? AND amount <> 0'),
    commands: database.prepare('SELECT id, backend, location, body FROM command ORDER BY seq'),
  };
}

/** What a change set does. */
export type WriteStatements = ReturnType<typeof prepareWrites>;

export function prepareWrites(database: DatabaseSync) {
  return {
    revision: database.prepare('SELECT revision FROM counter'),
    setRevision: database.prepare('UPDATE counter SET revision = ?'),

    present: database.prepare(
      'SELECT seq, project, id, kind, revision, source, amounts FROM entity WHERE location = ?',
    ),
    insertEntity: database.prepare(`
      INSERT INTO entity (location, project, id, kind, revision, source, target, amounts, document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    updateEntity: database.prepare(`
      UPDATE entity SET revision = ?, source = ?, target = ?, amounts = ?, document = ? WHERE seq = ?`),
    deleteEntity: database.prepare('DELETE FROM entity WHERE seq = ?'),
    touchEntity: database.prepare('UPDATE entity SET revision = ? WHERE location = ?'),
    linkAt: database.prepare('SELECT location FROM entity WHERE source = ?1 OR target = ?1 LIMIT 1'),

    associations: database.prepare('SELECT mixin FROM association WHERE entity = ?'),
    associate: database.prepare(`
      INSERT INTO association (project, mixin, entity) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`),
    disassociate: database.prepare('DELETE FROM association WHERE project = ? AND mixin = ? AND entity = ?'),

    mixin: database.prepare('SELECT seq FROM mixin WHERE project = ? AND id = ?'),
    insertMixin: database.prepare(`
      INSERT INTO mixin (project, id, location, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    deleteMixin: database.prepare('DELETE FROM mixin WHERE project = ? AND id = ?'),
    countMixinChange: database.prepare('UPDATE counter SET mixins = mixins + 1'),
    entityWith: database.prepare(`
      SELECT location FROM association JOIN entity ON entity.seq = association.entity
      WHERE association.project = ? AND mixin = ? LIMIT 1`),

    usage: database.prepare('SELECT what, amount FROM usage WHERE project = ?'),
    book: database.prepare(`
      INSERT INTO usage (project, what, amount) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET amount = amount + excluded.amount`),

    insertCommand: database.prepare(`
      INSERT INTO command (id, backend, location, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    deleteCommands: database.prepare('DELETE FROM command WHERE id IN (SELECT value FROM json_each(?))'),
  };
}

/** Gives the statement of a text, prepared at its first use. */
export type Prepare = (sql: string) => StatementSync;

/** For texts that are put together, of which there are few. */
export function preparingOnce(database: DatabaseSync): Prepare {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
}
