import { DatabaseError, Pool, type QueryConfig, types } from 'pg';
import { StoreFull, StoreUnavailable } from '../store.ts';

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of libpq, such as `sslmode`. */
  readonly url: string;
  /** The schema that belongs to this provider alone. */
  readonly schema: string;
  /** How many there are at most. */
  readonly connections: number;
  /** How long to wait for one, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long a statement may take, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How long to wait for others to end their transaction, and they for us, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/** What statements are sent to: a connection with a transaction open. */
export interface Session {
  /** @returns the rows */
  query<Row extends object>(statement: QueryConfig): Promise<readonly Row[]>;
}

/** Connections to a database that come and go with it: after an error the next statement gets another one. */
export class Connections implements Session {
  readonly #pool: Pool;

  constructor(options: ConnectionOptions) {
    this.#pool = new Pool({
      connectionString: options.url,
      fallback_application_name: 'occi-gateway',
      max: options.connections,
      connectionTimeoutMillis: options.connectTimeoutMs,
      // When the other end is gone without a word, the server's timeout is not heard of.
      query_timeout: options.statementTimeoutMs + options.connectTimeoutMs,
      keepAlive: true,
      allowExitOnIdle: true,
      types: { getTypeParser },
      onConnect: async (client) => void (await client.query(settingsOf(options))),
    });
    // Whoever uses a connection that is lost learns it from the statement; an idle one is replaced.
    const ignore = () => {};
    this.#pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  }

  /** @throws StoreUnavailable */
  async query<Row extends object>(statement: QueryConfig): Promise<readonly Row[]> {
    return (await asked(this.#pool.query<Row>(statement))).rows;
  }

  /**
   * Does some work in a transaction, which is rolled back when the work throws.
   *
   * @param begin statements without parameters that come first; they cost no round trip
   * @throws StoreUnavailable: nothing has been written, unless the work was done and only the commit was not answered
   */
  async transaction<T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> {
    const client = await asked(this.#pool.connect());
    try {
      await asked(client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${begin}`));
      const result = await work({
        query: async <Row extends object>(statement: QueryConfig) => (await asked(client.query<Row>(statement))).rows,
      });
      await asked(client.query('COMMIT'));
      client.release();
      return result;
    } catch (error) {
      // To close a connection is to roll back, whatever state it is in.
      client.release(true);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** Nothing here takes as long as it would take to compile it, whatever the planner expects. */
function settingsOf({ schema, statementTimeoutMs, lockTimeoutMs }: ConnectionOptions): string {
  return `
    SET search_path = "${schema}";
    SET jit = off;
    SET statement_timeout = ${statementTimeoutMs};
    SET lock_timeout = ${lockTimeoutMs};
    SET idle_in_transaction_session_timeout = ${lockTimeoutMs}`;
}

const int8 = 20;

/** Counters stay below 2^53, so they need not be strings. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === int8 ? Number : types.getTypeParser(oid, format as 'text');
}

/**
 * What tells that the database is away, or too busy, in the words of PostgreSQL (Appendix A of its manual): the classes
 * of lost connections, refused ones, unknown databases, lacking resources, operators' interventions and failures of the
 * system; locks and transactions that took too long; and a server that has become a standby.
 */
const awaySyntax = /^(?:08|28|3D|53|57|58)|^(?:55P03|25P03|25006)$/;

/** Its disk is full. */
const fullCode = '53100';

/** What was answered. Errors without a code of the server tell that there was no answer. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof DatabaseError ? (error.code ?? '') : undefined;
    if (code !== undefined && !awaySyntax.test(code)) throw error;
    if (code === fullCode) throw new StoreFull(`no room for the record: ${(error as Error).message}`, { cause: error });
    throw new StoreUnavailable(`the database is not available: ${(error as Error).message}`, { cause: error });
  }
}
