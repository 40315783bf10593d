import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { idOf } from '../../occi/entity.ts';
import type { Batch, Written } from '../group-commit.ts';
import { type ChangeSet, Conflict, StoreUnavailable } from '../store.ts';
import type { Connections, Session } from './connections.ts';
import { Excerpt, type Loaded } from './excerpt.ts';

/**
 * Whoever writes holds the counter until the transaction has ended. So all processes write one after the other: what
 * was looked up stays so, numbers are in the order of commits, and nobody ever waits in a circle. An operator may have
 * switched off that a commit waits for the disk; here it does.
 *
 * Everything is looked up in an index. A planner that has old statistics, or none yet, may prefer to read whole tables,
 * while everybody waits.
 */
const takeTurn = `
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_hashjoin = off;
  SET LOCAL enable_mergejoin = off;
  SELECT FROM counter FOR UPDATE;
  SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`;

/** The class of deadlocks and serialization failures, which are of no process of ours. */
const rolledBack = '40';

/** Writes batches of change sets. */
export class BatchWriter {
  readonly #connections: Connections;
  readonly #process: string;
  readonly #patienceMs: number;

  /**
   * @param process the id of this process
   * @param patienceMs how long to try to find out what became of a commit that was not answered
   */
  constructor(connections: Connections, process: string, patienceMs: number) {
    this.#connections = connections;
    this.#process = process;
    this.#patienceMs = patienceMs;
  }

  /**
   * @throws StoreUnavailable when nothing of it has been written, or nobody knows
   * @throws Conflict when somebody else holds what it needs, and would wait for it
   */
  async write(batch: Batch<ChangeSet>): Promise<Written> {
    try {
      return await this.#writeTogether(batch);
    } catch (error) {
      if (error instanceof DatabaseError && error.code?.startsWith(rolledBack)) throw new Conflict(error.message);
      if (error instanceof StoreUnavailable || batch.changes.length < 2) throw error;
      // The database refuses something that only it can judge, and one change set must not spoil the others.
      return this.#writeApart(batch);
    }
  }

  async #writeTogether(batch: Batch<ChangeSet>): Promise<Written> {
    let done: Done | undefined;
    try {
      await this.#connections.transaction(takeTurn, async (session) => {
        done = await this.#apply(session, batch);
      });
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || done === undefined) throw error;
      if (!(await this.#isDurable(done.revision, error))) throw error;
    }
    return done as Done;
  }

  async #writeApart({ changes, settled }: Batch<ChangeSet>): Promise<Written> {
    await this.#writeTogether({ changes: [], settled });
    const outcomes: (number | Error)[] = [];
    for (const change of changes) {
      try {
        outcomes.push(...(await this.#writeTogether({ changes: [change], settled: [] })).outcomes);
      } catch (error) {
        outcomes.push(error as Error);
      }
    }
    return { outcomes };
  }

  async #apply(session: Session, { changes, settled }: Batch<ChangeSet>): Promise<Done> {
    const [loaded] = await session.query<Loaded>(load(changes, settled));
    const excerpt = new Excerpt(loaded as Loaded);
    const outcomes = changes.map((change) => {
      try {
        return excerpt.apply(change);
      } catch (error) {
        return error as Error;
      }
    });
    const differences = excerpt.differences();
    const { removed, removedMixins, retagged } = differences;
    if (removed.length + removedMixins.length + retagged.length > 0) await session.query(takeAway(differences));
    await session.query(put(differences, this.#process));
    return { outcomes, revision: differences.revision };
  }

  /** Whether a batch has been committed after all. Its last revision is in the row of this process then. */
  async #isDurable(revision: number, cause: StoreUnavailable): Promise<boolean> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        // It may still be under way; its turn has to end first.
        return await this.#connections.transaction(takeTurn, async (session) => {
          const text = 'SELECT revision FROM process WHERE id = $1';
          const [row] = await session.query<{ revision: number }>({ text, values: [this.#process] });
          return row?.revision === revision;
        });
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (performance.now() > deadline) {
          throw new StoreUnavailable(`${cause.message}; it may have been written all the same`, { cause });
        }
        await delay(100);
      }
    }
  }
}

interface Done extends Written {
  readonly revision: number;
}

type Differences = ReturnType<Excerpt['differences']>;

/** Forgets what is settled, and reads everything that is mentioned in some change sets. */
function load(changes: readonly ChangeSet[], settled: readonly string[]) {
  const create = changes.flatMap(({ create = [] }) => create);
  const update = changes.flatMap(({ update = [] }) => update);
  const removed = changes.flatMap(({ remove = [] }) => remove.map(({ location }) => location));
  const required = changes.flatMap(({ requireEntities = [] }) => requireEntities);
  const addMixins = changes.flatMap(({ addMixins = [] }) => addMixins);
  const removeMixins = changes.flatMap(({ removeMixins = [] }) => removeMixins);
  const requireMixins = changes.flatMap(({ requireMixins = [] }) => requireMixins);
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
            SELECT seq, location, id, kind, revision, source, target,
              ARRAY (SELECT mixin FROM association WHERE association.entity = entity.seq) AS mixins
            FROM entity
            WHERE seq IN (
              SELECT seq FROM entity WHERE location = ANY ($1)
              UNION SELECT seq FROM entity WHERE id = ANY ($2)
              UNION SELECT seq FROM entity WHERE source = ANY ($3)
              UNION SELECT seq FROM entity WHERE target = ANY ($3)
              UNION SELECT entity FROM association WHERE mixin = ANY ($4)
            )
          ) AS standing
        ) AS entities,
        (
          SELECT coalesce(json_agg(tag), '[]')
          FROM (SELECT id, location FROM mixin WHERE id = ANY ($5) OR location = ANY ($6)) AS tag
        ) AS mixins,
        ARRAY (SELECT id FROM command WHERE id = ANY ($7) AND id <> ALL ($8)) AS commands
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
    ],
  };
}

/** Comes first, because what is new may take the place of what is gone. */
function takeAway({ removed, removedMixins, retagged }: Differences) {
  return {
    name: 'take away',
    text: `
      WITH entities AS (DELETE FROM entity WHERE seq = ANY ($1)), mixins AS (DELETE FROM mixin WHERE id = ANY ($2))
      DELETE FROM association WHERE entity = ANY ($3)`,
    values: [removed, removedMixins, retagged],
  };
}

function put(differences: Differences, process: string) {
  const { revision, seq, mixinsChanged, touched, updated, created, associations, addedMixins, commands } = differences;
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
          SET revision = new.revision, source = new.source, target = new.target, document = new.document
          FROM json_to_recordset($6) AS new (seq bigint, revision bigint, source text, target text, document text)
          WHERE entity.seq = new.seq
        ),
        created AS (
          INSERT INTO entity (seq, location, id, kind, revision, source, target, document)
          SELECT * FROM json_to_recordset($7) AS new (
            seq bigint, location text, id text, kind text, revision bigint, source text, target text, document text)
        ),
        associated AS (
          INSERT INTO association (mixin, entity)
          SELECT * FROM json_to_recordset($8) AS new (mixin text, seq bigint)
          ON CONFLICT DO NOTHING
        ),
        added AS (
          INSERT INTO mixin (seq, id, location, document)
          SELECT * FROM json_to_recordset($9) AS new (seq bigint, id text, location text, document text)
        )
      INSERT INTO command (seq, id, process, backend, location, body)
      SELECT seq, id, $4, backend, location, body
      FROM json_to_recordset($10) AS new (seq bigint, id text, backend text, location text, body text)`,
    values: [
      revision,
      seq,
      mixinsChanged ? 1 : 0,
      process,
      ...[touched, updated, created, associations, addedMixins, commands].map((rows) => JSON.stringify(rows)),
    ],
  };
}
