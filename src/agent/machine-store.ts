import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AcceptedCommands } from './accepted-commands.ts';
import type { Instance } from './instance.ts';
import type { Network } from './network.ts';
import type { Volume } from './volume.ts';

/** The layout of the file. The first one had no accepted commands. */
const layout = 2;

/** Which records are wanted; all of them when nothing is said. */
export interface Page {
  /** An id, which need not be there any more: those behind it. */
  readonly marker?: string | null | undefined;
  /** How many at most. */
  readonly limit?: number | null | undefined;
  /** Those of a project. */
  readonly project_id?: string | null | undefined;
}

/** How many records of a sort are kept in memory: those that something is being done to are asked for again and again. */
const kept = 1_000;

/** Records of one sort, by id. */
export class Collection<R> {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #all: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;
  readonly #known = new Map<string, R>();
  readonly #onRollback: (undo: () => void) => void;

  /** @param onRollback is told how to take something back in memory, should the present transaction fail */
  constructor(database: DatabaseSync, table: string, onRollback: (undo: () => void) => void) {
    this.#onRollback = onRollback;
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT`);
    this.#get = database.prepare(`SELECT record FROM ${table} WHERE id = ?`);
    this.#put = database.prepare(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
    );
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE id = ?`);
    this.#all = database.prepare(`SELECT record FROM ${table} ORDER BY rowid`);
    this.#page = database.prepare(
      `SELECT record FROM ${table}
       WHERE id > ?1 AND (?2 IS NULL OR record ->> 'project_id' = ?2) ORDER BY id LIMIT coalesce(?3, -1)`,
    );
    this.#count = database.prepare(`SELECT count(*) AS n FROM ${table}`);
  }

  get(id: string): R | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#get.get(id);
    if (row === undefined) return undefined;
    const record = parse<R>(row);
    this.#keep(id, record);
    return record;
  }

  put(id: string, record: R): void {
    this.#put.run(id, JSON.stringify(record));
    this.#onRollback(() => this.#known.delete(id));
    this.#keep(id, record);
  }

  delete(id: string): void {
    this.#delete.run(id);
    this.#known.delete(id);
  }

  /** All records, oldest first. */
  all(): readonly R[] {
    return this.#all.all().map(parse<R>);
  }

  /** Records in the order of their ids. */
  page({ marker, project_id, limit }: Page): readonly R[] {
    return this.#page.all(marker ?? '', project_id ?? null, limit ?? null).map(parse<R>);
  }

  count(): number {
    return Number(this.#count.get()?.['n']);
  }

  #keep(id: string, record: R): void {
    if (this.#known.size >= kept) this.#known.clear();
    this.#known.set(id, record);
  }
}

/**
 * What an agent knows about its machines, networks and volumes, in one SQLite file.
 *
 * A write that has returned survives `kill -9`. It need not survive a power cut: the machines would not either, and
 * whoever sent a command sends it again when in doubt.
 */
export class MachineStore {
  readonly instances: Collection<Instance>;
  readonly networks: Collection<Network>;
  readonly volumes: Collection<Volume>;
  readonly accepted: AcceptedCommands;
  readonly #database: DatabaseSync;
  readonly #lock: DatabaseSync | undefined;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  /** How to take back what was done in memory during the present transaction. */
  #undo: (() => void)[] = [];

  /**
   * @param directory where the file `agent.sqlite` is or will be; without it everything stays in memory
   * @throws Error when the file is in use by another agent or of another version
   */
  constructor(directory?: string) {
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
    const file = directory === undefined ? ':memory:' : join(directory, 'agent.sqlite');
    this.#lock = directory === undefined ? undefined : lockFor(file, join(directory, 'agent.lock'));
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      this.#check();
    } catch (error) {
      this.close();
      throw new Error(`${file} cannot be used: ${(error as Error).message}`, { cause: error });
    }
    this.#begin = this.#database.prepare('BEGIN');
    this.#commit = this.#database.prepare('COMMIT');
    this.#rollback = this.#database.prepare('ROLLBACK');
    const onRollback = (undo: () => void) => this.onRollback(undo);
    this.instances = new Collection(this.#database, 'instance', onRollback);
    this.networks = new Collection(this.#database, 'network', onRollback);
    this.volumes = new Collection(this.#database, 'volume', onRollback);
    this.accepted = new AcceptedCommands(this.#database, onRollback);
  }

  /** Does several writes wholly or, when `work` throws, not at all. Within another one it is part of that. */
  atomically<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#rollback.run();
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo = [];
    }
  }

  /** Says how to take something back that was done in memory, should the present transaction fail. */
  onRollback(undo: () => void): void {
    if (this.#database.isTransaction) this.#undo.push(undo);
  }

  /** Closing again does nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
    if (this.#lock?.isOpen === true) this.#lock.close();
  }

  #check(): void {
    const version = this.#database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version === 0 || version === 1) this.#database.exec(`PRAGMA user_version = ${layout}`);
    else if (version !== layout)
      throw new Error(`it has layout ${version} and not ${layout}: it is of another version`);
  }
}

/**
 * Held until it is closed: two agents with the same machines would undo each other's work. It is on a file of its own,
 * so that a backup can read meanwhile; the operating system takes it back from a process that dies.
 */
function lockFor(file: string, lockFile: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw new Error(`${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function parse<R>(row: Readonly<Record<string, unknown>>): R {
  return JSON.parse(row['record'] as string) as R;
}
