import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { Bookings } from '../amounts.ts';
import type { Batch, Written } from '../group-commit.ts';
import { planObjects } from '../object-plan.ts';
import type { ObjectChanges } from '../objects.ts';
import { type ChangeSet, Conflict, StoreUnavailable } from '../store.ts';
import { load, put, takeAway } from './batch-statements.ts';
import type { Connections, Session } from './connections.ts';
import { Excerpt, type Loaded } from './excerpt.ts';
import { loadSurroundings, writeObjects } from './object-write.ts';

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
    const outcomes: (number | Error)[] = [];
    for (const change of changes) {
      const { objects } = change;
      if (objects === undefined) outcomes.push(judged(() => excerpt.apply(change)));
      else outcomes.push(await writeWithObjects(session, excerpt, change, objects));
    }
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

/**
 * Applies a change set with objects, and writes them at once: the next one may depend on it, and it is the database that
 * walks trees. What is in the excerpt is written later, in the same transaction.
 */
async function writeWithObjects(
  session: Session,
  excerpt: Excerpt,
  changes: ChangeSet,
  objects: ObjectChanges,
): Promise<number | Error> {
  const around = await loadSurroundings(session, objects);
  const bookings = new Bookings();
  const outcome = judged(() => {
    const plan = planObjects(objects, around, bookings);
    return { plan, revision: excerpt.apply(changes, bookings) };
  });
  if (outcome instanceof Error) return outcome;
  await writeObjects(session, outcome.plan, objects.forget ?? [], outcome.revision);
  return outcome.revision;
}

/** What a judgement comes to, or why it refuses. */
function judged<T>(judge: () => T): T | Error {
  try {
    return judge();
  } catch (error) {
    return error as Error;
  }
}

interface Done extends Written {
  readonly revision: number;
}
