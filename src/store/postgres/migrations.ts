import { Bookings, ownMixins, perUnit } from '../amounts.ts';
import { amountsInDocument } from '../rows.ts';
import type { Connections, Session } from './connections.ts';

/** What brings a schema from one format to the next. */
type Step = string | ((session: Session) => Promise<void>);

/**
 * How the format grew. The format of a schema is the number of steps it has taken; a step that has been released is
 * never changed again.
 */
const migrations: readonly Step[] = [
  `
  -- All writers take turns at the counter, so numbers are in the order of commits. Version counts changes of mixins.
  CREATE TABLE counter (revision bigint NOT NULL, seq bigint NOT NULL, version bigint NOT NULL);
  INSERT INTO counter VALUES (0, 0, 0);

  -- seq is the order of creation. Source and target are those ends of a link that are entities of this provider.
  CREATE TABLE entity (
    seq      bigint PRIMARY KEY,
    location text COLLATE "C" NOT NULL UNIQUE,
    id       text COLLATE "C" NOT NULL UNIQUE,
    kind     text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    source   text COLLATE "C",
    target   text COLLATE "C",
    document text NOT NULL
  );
  CREATE INDEX entity_kind   ON entity (kind, seq);
  CREATE INDEX entity_source ON entity (source) WHERE source IS NOT NULL;
  CREATE INDEX entity_target ON entity (target) WHERE target IS NOT NULL;

  CREATE TABLE association (
    mixin  text COLLATE "C" NOT NULL,
    entity bigint NOT NULL REFERENCES entity (seq) ON DELETE CASCADE,
    PRIMARY KEY (mixin, entity)
  );
  CREATE INDEX association_entity ON association (entity);

  CREATE TABLE mixin (
    seq      bigint PRIMARY KEY,
    id       text COLLATE "C" NOT NULL UNIQUE,
    location text COLLATE "C" NOT NULL UNIQUE,
    document text NOT NULL
  );

  -- Who writes to this database, when it was last heard of, and the revision of its last batch.
  CREATE TABLE process (
    id       uuid PRIMARY KEY,
    seen     timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 0
  );

  -- Process is who has to deliver it; that one may be gone.
  CREATE TABLE command (
    seq      bigint PRIMARY KEY,
    id       text COLLATE "C" NOT NULL UNIQUE,
    process  uuid NOT NULL,
    backend  text NOT NULL,
    location text NOT NULL,
    body     text NOT NULL
  );
  CREATE INDEX command_process ON command (process, seq);
  `,
  `
  -- Everything belongs to a project. What is there already is everybody's.
  ALTER TABLE entity ADD COLUMN project text COLLATE "C" NOT NULL DEFAULT 'default';
  DROP INDEX entity_kind;
  CREATE INDEX entity_order ON entity (project, seq);
  CREATE INDEX entity_kind  ON entity (project, kind, seq);

  ALTER TABLE association
    ADD COLUMN project text COLLATE "C" NOT NULL DEFAULT 'default',
    DROP CONSTRAINT association_pkey,
    ADD PRIMARY KEY (project, mixin, entity);

  ALTER TABLE mixin
    ADD COLUMN project text COLLATE "C" NOT NULL DEFAULT 'default',
    DROP CONSTRAINT mixin_id_key,
    DROP CONSTRAINT mixin_location_key,
    ADD UNIQUE (project, id),
    ADD UNIQUE (project, location);
  `,
  countUsage,
  `
  -- What has a name in something else. Parent is null for what has none; keys are the values it refers to, in JSON.
  CREATE TABLE object (
    id       text COLLATE "C" PRIMARY KEY,
    project  text COLLATE "C" NOT NULL,
    parent   text COLLATE "C",
    name     text COLLATE "C" NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    size     bigint NOT NULL,
    keys     text,
    guarded  double precision,
    expires  double precision,
    hidden   boolean NOT NULL,
    document text NOT NULL
  );
  -- Listings read this one instead of the documents.
  CREATE UNIQUE INDEX object_member ON object (parent, name) INCLUDE (id, kind, hidden);
  CREATE INDEX object_project ON object (project, id);
  CREATE INDEX object_expires ON object (expires) WHERE expires IS NOT NULL;

  -- Which object refers to which value, and the values that none refers to any more.
  CREATE TABLE object_value (
    object text COLLATE "C" NOT NULL,
    value  text COLLATE "C" NOT NULL,
    PRIMARY KEY (object, value)
  );
  CREATE INDEX object_value_value ON object_value (value);
  CREATE TABLE unused_value (value text COLLATE "C" PRIMARY KEY);
  `,
  `
  -- What objects belong to besides their project. How much that is, is read from the index alone.
  ALTER TABLE object ADD COLUMN domain text COLLATE "C";
  CREATE INDEX object_domain ON object (domain, id) INCLUDE (size) WHERE domain IS NOT NULL;
  `,
];

/** The format this version writes, and the newest it reads. */
const formatVersion = migrations.length;

/**
 * Brings a schema to the present format, or makes it. Processes that start at the same moment take turns.
 *
 * @throws Error when it is of a newer format; it is not touched then
 */
export async function migrate(connections: Connections, schema: string): Promise<void> {
  await connections.transaction('', async (session) => {
    const lock = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';
    await session.query({ text: lock, values: [`occi-gateway ${schema}`] });
    const format = await formatOf(session, schema);
    if (format > formatVersion) {
      throw new Error(
        `the schema ${schema} has format ${format}, and this version reads formats up to ${formatVersion}; ` +
          'start the newer gateway that wrote it, or use another schema',
      );
    }
    if (format === formatVersion) return;
    if (format === 0) await session.query({ text: creation(schema) });
    for (const step of migrations.slice(format)) {
      await (typeof step === 'string' ? session.query({ text: step }) : step(session));
    }
    await session.query({ text: 'UPDATE provider SET format = $1', values: [formatVersion] });
  });
}

/** How many entities are counted at once. */
const pageSize = 1_000;

/** Format 3: what entities take, and what projects use: entities of a kind, sums of attributes, own mixins. */
async function countUsage(session: Session): Promise<void> {
  await session.query({
    text: `
      ALTER TABLE entity ADD COLUMN amounts text;
      CREATE TABLE usage (
        project text COLLATE "C" NOT NULL,
        what    text COLLATE "C" NOT NULL,
        amount  double precision NOT NULL,
        PRIMARY KEY (project, what)
      );
      INSERT INTO usage SELECT project, '${ownMixins}', ${perUnit} * count(*) FROM mixin GROUP BY project`,
  });
  const bookings = new Bookings();
  const page = 'SELECT seq, project, kind, document FROM entity WHERE seq > $1 ORDER BY seq LIMIT $2';
  for (let after = 0, isMore = true; isMore; ) {
    const rows = await session.query<{ seq: number; project: string; kind: string; document: string }>({
      text: page,
      values: [after, pageSize],
    });
    const counted = rows.map(({ document, ...row }) => ({ ...row, amounts: amountsInDocument(row.kind, document) }));
    for (const entity of counted) bookings.give(entity);
    await session.query({
      text: `
        UPDATE entity SET amounts = new.amounts
        FROM json_to_recordset($1) AS new (seq bigint, amounts text) WHERE entity.seq = new.seq`,
      values: [JSON.stringify(counted)],
    });
    after = rows.at(-1)?.seq ?? after;
    isMore = rows.length === pageSize;
  }
  await session.query({
    text: `
      INSERT INTO usage
      SELECT * FROM json_to_recordset($1) AS new (project text, what text, amount double precision)`,
    values: [JSON.stringify([...bookings.rows()])],
  });
}

async function formatOf(session: Session, schema: string): Promise<number> {
  const [found] = await session.query<{ exists: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS exists',
    values: [`"${schema}".provider`],
  });
  if (!found?.exists) return 0;
  const [provider] = await session.query<{ format: number }>({ text: 'SELECT format FROM provider' });
  return provider?.format ?? 0;
}

/** Whoever may not create schemas can be given one. */
function creation(schema: string): string {
  return `
    DO $$ BEGIN
      IF to_regnamespace('"${schema}"') IS NULL THEN CREATE SCHEMA "${schema}"; END IF;
    END $$;
    CREATE TABLE provider (identity uuid NOT NULL, format integer NOT NULL);
    INSERT INTO provider VALUES (gen_random_uuid(), 0)`;
}
