import type { DatabaseSync } from 'node:sqlite';
import { ownMixins, perUnit } from '../amounts.ts';
import { amountsInDocument } from '../rows.ts';

/** Marks the files of this gateway in their header, next to the format version: `OCCI`. */
export const applicationId = 0x4f434349;

/**
 * How the format grew. The version of a file is the number of steps it has taken; a step that has been released is
 * never changed again.
 */
const migrations: readonly string[] = [
  `
  -- seq is the order of creation. Source and target are those ends of a link that are entities of this provider.
  CREATE TABLE entity (
    seq      INTEGER PRIMARY KEY,
    location TEXT NOT NULL,
    id       TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    source   TEXT,
    target   TEXT,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entity_location ON entity (location);
  -- Listings read these two instead of the documents.
  CREATE INDEX entity_order  ON entity (seq, location);
  CREATE INDEX entity_kind   ON entity (kind, seq, location);
  CREATE INDEX entity_source ON entity (source) WHERE source IS NOT NULL;
  CREATE INDEX entity_target ON entity (target) WHERE target IS NOT NULL;

  CREATE TABLE association (
    mixin  TEXT NOT NULL,
    entity INTEGER NOT NULL REFERENCES entity (seq) ON DELETE CASCADE,
    PRIMARY KEY (mixin, entity)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX association_entity ON association (entity);

  CREATE TABLE mixin (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    location TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE command (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    backend  TEXT NOT NULL,
    location TEXT NOT NULL,
    body     TEXT NOT NULL
  ) STRICT;

  CREATE TABLE counter (revision INTEGER NOT NULL) STRICT;
  INSERT INTO counter VALUES (0);
  `,
  `
  ALTER TABLE counter ADD COLUMN mixins INTEGER NOT NULL DEFAULT 0;

  -- A random UUID (RFC 9562 §5.4).
  CREATE TABLE provider (identity TEXT NOT NULL) STRICT;
  INSERT INTO provider SELECT lower(concat_ws('-',
    hex(randomblob(4)),
    hex(randomblob(2)),
    '4' || substr(hex(randomblob(2)), 2),
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2),
    hex(randomblob(6))));
  `,
  `
  -- Everything belongs to a project. What is there already is everybody's.
  ALTER TABLE entity ADD COLUMN project TEXT NOT NULL DEFAULT 'default';
  DROP INDEX entity_order;
  DROP INDEX entity_kind;
  CREATE INDEX entity_order ON entity (project, seq, location);
  CREATE INDEX entity_kind  ON entity (project, kind, seq, location);

  CREATE TABLE membership (
    project TEXT NOT NULL,
    mixin   TEXT NOT NULL,
    entity  INTEGER NOT NULL REFERENCES entity (seq) ON DELETE CASCADE,
    PRIMARY KEY (project, mixin, entity)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO membership SELECT 'default', mixin, entity FROM association;
  DROP TABLE association;
  ALTER TABLE membership RENAME TO association;
  CREATE INDEX association_entity ON association (entity);

  CREATE TABLE tag (
    seq      INTEGER PRIMARY KEY,
    project  TEXT NOT NULL,
    id       TEXT NOT NULL,
    location TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (project, id),
    UNIQUE (project, location)
  ) STRICT;
  INSERT INTO tag SELECT seq, 'default', id, location, document FROM mixin;
  DROP TABLE mixin;
  ALTER TABLE tag RENAME TO mixin;
  `,
  `
  -- What an entity takes, and what projects use: entities of a kind, sums of attributes, own mixins. In thousandths,
  -- and no integers, because those are refused beyond what JavaScript can count to.
  ALTER TABLE entity ADD COLUMN amounts TEXT;
  UPDATE entity SET amounts = amounts_in(kind, document);

  CREATE TABLE usage (
    project TEXT NOT NULL,
    what    TEXT NOT NULL,
    amount  REAL NOT NULL,
    PRIMARY KEY (project, what)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO usage SELECT project, kind, ${perUnit} * count(*) FROM entity GROUP BY project, kind;
  INSERT INTO usage SELECT project, '${ownMixins}', ${perUnit} * count(*) FROM mixin GROUP BY project;
  INSERT INTO usage
    SELECT project, amount.key, sum(amount.value) FROM entity, json_each(entity.amounts) AS amount
    GROUP BY project, amount.key;
  `,
  `
  -- What has a name in something else. Parent is null for what has none; keys are the values it refers to. Times are
  -- no integers, because those are refused beyond what JavaScript can count to.
  CREATE TABLE object (
    id       TEXT PRIMARY KEY,
    project  TEXT NOT NULL,
    parent   TEXT,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    keys     TEXT,
    guarded  REAL,
    expires  REAL,
    hidden   INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (parent, name)
  ) STRICT;
  -- Listings read this one instead of the documents.
  CREATE INDEX object_member  ON object (parent, name, id, kind) WHERE hidden = 0;
  CREATE INDEX object_project ON object (project, id);
  CREATE INDEX object_expires ON object (expires) WHERE expires IS NOT NULL;

  -- Which object refers to which value, and the values that none refers to any more.
  CREATE TABLE object_value (
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    value  TEXT NOT NULL,
    PRIMARY KEY (object, value)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX object_value_value ON object_value (value);
  CREATE TABLE unused_value (value TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;
  CREATE TRIGGER value_released AFTER DELETE ON object_value
  WHEN NOT EXISTS (SELECT 1 FROM object_value WHERE value = OLD.value)
  BEGIN
    INSERT INTO unused_value VALUES (OLD.value) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER value_acquired AFTER INSERT ON object_value
  BEGIN
    DELETE FROM unused_value WHERE value = NEW.value;
  END;
  `,
  `
  -- What objects belong to besides their project. How much that is, is read from the index alone.
  ALTER TABLE object ADD COLUMN domain TEXT;
  CREATE INDEX object_domain ON object (domain, id, size) WHERE domain IS NOT NULL;
  `,
];

/** The format this version writes, and the newest it reads. */
export const formatVersion = migrations.length;

/** Brings a database to the present format, in one transaction; one that is there already is not written to. */
export function migrate(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === formatVersion) return;
  database.function('amounts_in', { deterministic: true }, (kind, document) => {
    return amountsInDocument(String(kind), String(document));
  });
  database.exec(`
    BEGIN IMMEDIATE;
    ${migrations.slice(version).join('\n')}
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${formatVersion};
    COMMIT;
  `);
}
