import { randomUUID } from 'node:crypto';
import type { CommandRow } from '../rows.ts';
import type { Connections } from './connections.ts';

export interface LeaseOptions {
  /** How often this process tells that it lives, in milliseconds. */
  readonly beatMs: number;
  /** How long another one may be silent until it is taken for gone, in milliseconds. */
  readonly goneMs: number;
}

/**
 * Whose commands are whose. A command belongs to the process that has committed it for as long as that one is heard of,
 * by the clock of the database; then anybody may take it over, and exactly one does.
 */
export class Lease {
  /** The name of this process, which nobody else ever has. */
  readonly process = randomUUID();
  readonly #connections: Connections;
  readonly #goneMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(connections: Connections, { beatMs, goneMs }: LeaseOptions) {
    this.#connections = connections;
    this.#goneMs = goneMs;
    // When it fails the database is away, and nobody else is heard of either.
    this.#timer = setInterval(() => void this.beat().catch(() => undefined), beatMs).unref();
  }

  /**
   * Tells that this process lives, and forgets those that are gone. While the database was down nobody could tell, so
   * that time does not count. What somebody else is dealing with is left alone, so nobody waits in a circle.
   */
  async beat(): Promise<void> {
    await this.#connections.query({
      name: 'beat',
      text: `
        WITH gone AS (
          DELETE FROM process WHERE id IN (
            SELECT id FROM process
            WHERE id <> $1 AND greatest(seen, pg_postmaster_start_time()) < clock_timestamp() - $2 * interval '1 ms'
            FOR UPDATE SKIP LOCKED
          )
        )
        INSERT INTO process (id, seen) VALUES ($1, clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`,
      values: [this.process, this.#goneMs],
    });
  }

  /**
   * Takes over what belongs to nobody, and reads all that belongs to this process, oldest first.
   *
   * When somebody else was a moment faster, only the row itself is looked at again, in its present version. So who is
   * gone has to be known before, and must not be asked in a condition on other rows.
   */
  async commands(): Promise<readonly CommandRow[]> {
    await this.beat();
    return this.#connections.query<CommandRow>({
      name: 'commands',
      text: `
        WITH
          orphaned AS (SELECT process FROM command WHERE process <> $1 EXCEPT SELECT id FROM process),
          taken AS (
            UPDATE command SET process = $1 WHERE seq IN (
              SELECT seq FROM command WHERE process = ANY (ARRAY (SELECT process FROM orphaned)) FOR UPDATE SKIP LOCKED
            )
            RETURNING seq, id, backend, location, body
          )
        SELECT seq, id, backend, location, body FROM command WHERE process = $1
        UNION ALL SELECT * FROM taken
        ORDER BY seq`,
      values: [this.process],
    });
  }

  /** Leaves what is not done to the others, at once. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#connections.query({ text: 'DELETE FROM process WHERE id = $1', values: [this.process] });
  }
}
