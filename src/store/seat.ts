import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, DatabaseError } from 'pg';

/** Where a record is. A copy of the record has its identity, but not its seat; what is restored in its place has both. */
export interface Seat {
  readonly seat: string;
  /** The same, for people; without credentials. */
  readonly where: string;
}

/** Where to look for the record. */
interface SeatOptions {
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly databaseSchema: string;
}

/**
 * The seat of a record that is open: in a data directory a file beside it, which is made when it is missing and is in no
 * backup; in PostgreSQL the server, the database and the schema.
 *
 * @throws Error when the file cannot be written, or the database is away
 */
export async function seatOf({ dataDir, databaseUrl, databaseSchema }: SeatOptions): Promise<Seat> {
  return databaseUrl === undefined ? seatIn(resolve(dataDir)) : seatAt(databaseUrl, databaseSchema);
}

function seatIn(directory: string): Seat {
  const where = `${directory} on ${hostname()}`;
  const file = join(directory, 'occi.seat');
  try {
    const seat = readFileSync(file, 'utf8').trim();
    if (seat !== '') return { seat, where };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const seat = randomUUID();
  // Nobody else is at work in the directory.
  writeFileSync(`${file}.new`, `${seat}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return { seat, where };
}

const mayNot = '42501';
const connectMs = 5_000;

async function seatAt(url: string, schema: string): Promise<Seat> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  client.on('error', () => {});
  await client.connect();
  try {
    const [{ server, database, name } = {}] = await rowsOf(client);
    return {
      seat: `${server}/${database}/${schema}`,
      where: `the schema ${schema} of the PostgreSQL database ${name} at ${client.host}:${client.port}`,
    };
  } finally {
    await client.end();
  }
}

interface SeatRow {
  readonly server: string;
  readonly database: number;
  readonly name: string;
}

async function rowsOf(client: Client): Promise<readonly SeatRow[]> {
  const ask = async (server: string, from: string) => {
    const where = 'WHERE datname = current_database()';
    return (
      await client.query<SeatRow>(`SELECT ${server} AS server, oid AS database, datname AS name ${from} ${where}`)
    ).rows;
  };
  try {
    return await ask('system_identifier::text', 'FROM pg_database, pg_control_system()');
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== mayNot) throw error;
    return ask("'unknown'", 'FROM pg_database');
  }
}
