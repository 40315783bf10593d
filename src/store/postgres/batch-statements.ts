import { commonProject, idOf } from '../../occi/entity.ts';
import type { ChangeSet } from '../store.ts';
import type { Excerpt } from './excerpt.ts';

type Differences = ReturnType<Excerpt['differences']>;

/** Forgets what is settled, and reads everything that is mentioned in some change sets. */
export function load(changes: readonly ChangeSet[], settled: readonly string[]) {
  const create = changes.flatMap(({ create = [] }) => create);
  const update = changes.flatMap(({ update = [] }) => update);
  const removed = changes.flatMap(({ remove = [] }) => remove.map(({ location }) => location));
  const required = changes.flatMap(({ requireEntities = [] }) => requireEntities);
  const addMixins = changes.flatMap(({ addMixins = [] }) => addMixins);
  const removeMixins = changes.flatMap(({ removeMixins = [] }) => removeMixins);
  const requireMixins = changes.flatMap(({ requireMixins = [] }) => requireMixins);
  const projects = new Set(changes.map(({ project = commonProject }) => project));
  const limited = new Set(changes.flatMap(({ project = commonProject, limits }) => (limits?.length ? [project] : [])));
  const commands = changes.flatMap(({ commands = [] }) => commands);
  return {
    name: 'load',
    // What a statement deletes, it still sees; so the ids are left out.
    text: `
      WITH forgotten AS (DELETE FROM command WHERE id = ANY ($8))
      SELECT
        counter.revision,
        counter.seq,
        (
          SELECT coalesce(json_agg(standing), '[]')
          FROM (
            SELECT seq, location, project, id, kind, revision, source, target, amounts,
              ARRAY (SELECT mixin FROM association WHERE association.entity = entity.seq) AS mixins
            FROM entity
            WHERE seq IN (
              SELECT seq FROM entity WHERE location = ANY ($1)
              UNION SELECT seq FROM entity WHERE id = ANY ($2)
              UNION SELECT seq FROM entity WHERE source = ANY ($3)
              UNION SELECT seq FROM entity WHERE target = ANY ($3)
              UNION SELECT entity FROM association WHERE project = ANY ($9) AND mixin = ANY ($4)
            )
          ) AS standing
        ) AS entities,
        (
          SELECT coalesce(json_agg(tag), '[]')
          FROM (
            SELECT seq, project, id, location FROM mixin
            WHERE project = ANY ($9) AND (id = ANY ($5) OR location = ANY ($6))
          ) AS tag
        ) AS mixins,
        ARRAY (SELECT id FROM command WHERE id = ANY ($7) AND id <> ALL ($8)) AS commands,
        (
          SELECT coalesce(json_agg(booking), '[]')
          FROM (SELECT project, what, amount FROM usage WHERE project = ANY ($10)) AS booking
        ) AS usage
      FROM counter`,
    values: [
      [...[...create, ...update].map(({ location }) => location), ...removed, ...required],
      create.map(idOf),
      removed,
      removeMixins,
      [...addMixins.map(({ id }) => id), ...removeMixins, ...requireMixins],
      addMixins.map(({ location }) => location),
      commands.map(({ id }) => id),
      settled,
      [...projects],
      [...limited],
    ],
  };
}

/** Comes first, because what is new may take the place of what is gone. */
export function takeAway({ removed, removedMixins, retagged }: Differences) {
  return {
    name: 'take away',
    text: `
      WITH entities AS (DELETE FROM entity WHERE seq = ANY ($1)), mixins AS (DELETE FROM mixin WHERE seq = ANY ($2))
      DELETE FROM association WHERE entity = ANY ($3)`,
    values: [removed, removedMixins, retagged],
  };
}

/** Writes what has become of the excerpt, and that the process lives. */
export function put(differences: Differences, process: string) {
  const { revision, seq, mixinsChanged, touched, updated, created, associations, addedMixins, commands, bookings } =
    differences;
  return {
    name: 'put',
    text: `
      WITH
        counted AS (UPDATE counter SET revision = $1, seq = $2, version = version + $3),
        alive AS (
          INSERT INTO process (id, seen, revision) VALUES ($4, clock_timestamp(), $1)
          ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, revision = excluded.revision
        ),
        touched AS (
          UPDATE entity SET revision = new.revision
          FROM json_to_recordset($5) AS new (location text, revision bigint)
          WHERE entity.location = new.location
        ),
        updated AS (
          UPDATE entity
          SET
            revision = new.revision,
            source = new.source,
            target = new.target,
            amounts = new.amounts,
            document = new.document
          FROM json_to_recordset($6) AS new (
            seq bigint, revision bigint, source text, target text, amounts text, document text)
          WHERE entity.seq = new.seq
        ),
        created AS (
          INSERT INTO entity (seq, location, project, id, kind, revision, source, target, amounts, document)
          SELECT * FROM json_to_recordset($7) AS new (
            seq bigint, location text, project text, id text, kind text, revision bigint, source text, target text,
            amounts text, document text)
        ),
        associated AS (
          INSERT INTO association (project, mixin, entity)
          SELECT * FROM json_to_recordset($8) AS new (project text, mixin text, seq bigint)
          ON CONFLICT DO NOTHING
        ),
        added AS (
          INSERT INTO mixin (seq, project, id, location, document)
          SELECT * FROM json_to_recordset($9) AS new (
            seq bigint, project text, id text, location text, document text)
        ),
        booked AS (
          INSERT INTO usage (project, what, amount)
          SELECT * FROM json_to_recordset($11) AS new (project text, what text, amount double precision)
          ON CONFLICT (project, what) DO UPDATE SET amount = usage.amount + excluded.amount
        )
      INSERT INTO command (seq, id, process, backend, location, body)
      SELECT seq, id, $4, backend, location, body
      FROM json_to_recordset($10) AS new (seq bigint, id text, backend text, location text, body text)`,
    values: [
      revision,
      seq,
      mixinsChanged ? 1 : 0,
      process,
      ...[touched, updated, created, associations, addedMixins, commands, bookings].map((rows) => JSON.stringify(rows)),
    ],
  };
}
