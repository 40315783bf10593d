import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entity, EntityView } from '../occi/entity.ts';
import type { Mixin } from '../occi/mixin.ts';
import { ChangeWriter } from './change-writer.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { GroupCommit } from './group-commit.ts';
import { type Member, Members } from './members.ts';
import { migrate } from './migrations.ts';
import { type CommandRow, commandFrom, type EntityRow, entityFrom, type MixinRow, mixinFrom } from './rows.ts';
import { type Prepare, prepareReads, preparingOnce, type ReadStatements } from './statements.ts';
import type { ChangeSet, Command, Selection, Store } from './store.ts';
import { ViewCache } from './view-cache.ts';

export interface SqliteStoreOptions {
  /** Where the database is kept; made when it is missing. One process at a time can use it. */
  readonly directory: string;
  /** How many entities are kept in memory for reading; 0 keeps none. */
  readonly cachedViews?: number;
}

/** Some tens of megabytes with entities of the usual size. */
const defaultCachedViews = 10_000;

/**
 * Opens the embedded store: one SQLite file, written by one process.
 *
 * @throws Error when the directory is in use, or holds what this version cannot read; nothing is touched then
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const home = openDataDirectory(options.directory);
  const cache = new ViewCache(options.cachedViews ?? defaultCachedViews);
  let writer: DatabaseSync | undefined;
  let reader: DatabaseSync | undefined;
  try {
    writer = new DatabaseSync(home.file);
    // FULL flushes the log at every commit; on macOS the drive's cache has to be asked for by name.
    writer.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    // WAL comes last: it writes a header, and a new file is to have our mark in its first one.
    migrate(writer);
    writer.exec('PRAGMA journal_mode = WAL');
    reader = new DatabaseSync(home.file, { readOnly: true });
    return new SqliteStore(home, writer, reader, cache);
  } catch (error) {
    reader?.close();
    writer?.close();
    home.release();
    throw new Error(`${home.file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** Members in a page of a listing. */
const pageSize = 500;

class SqliteStore implements Store {
  readonly #home: DataDirectory;
  readonly #writer: DatabaseSync;
  readonly #reader: DatabaseSync;
  readonly #changes: ChangeWriter;
  readonly #commits: GroupCommit;
  readonly #sql: ReadStatements;
  readonly #prepareListing: Prepare;
  /** Commands that are answered, but may still be in the database. */
  readonly #settled = new Set<string>();
  readonly #cache: ViewCache;
  #closed = false;

  constructor(home: DataDirectory, writer: DatabaseSync, reader: DatabaseSync, cache: ViewCache) {
    this.#home = home;
    this.#cache = cache;
    this.#writer = writer;
    this.#reader = reader;
    this.#changes = new ChangeWriter(writer);
    this.#commits = new GroupCommit(writer, {
      write: () => {
        if (reader.isTransaction) this.#sql.endSnapshot.run();
        if (this.#settled.size > 0) this.#changes.settle(this.#settled);
      },
      written: () => {
        this.#settled.clear();
        cache.forget(this.#changes.touched);
        this.#changes.touched.clear();
      },
    });
    this.#sql = prepareReads(reader);
    this.#prepareListing = preparingOnce(reader);
  }

  async view(location: string): Promise<EntityView | undefined> {
    const cached = this.#cache.get(location);
    if (cached !== undefined && !this.#closed) return cached;
    const sql = this.#read();
    const row = sql.entity.get(location) as EntityRow | undefined;
    if (row === undefined) return undefined;
    const view = { entity: entityFrom(row), links: entitiesFrom(sql.linksFrom.all(location)) };
    this.#cache.set(location, view);
    return view;
  }

  async byId(id: string): Promise<Entity | undefined> {
    const row = this.#read().entityById.get(id) as EntityRow | undefined;
    return row && entityFrom(row);
  }

  async linksAt(location: string): Promise<readonly Entity[]> {
    return entitiesFrom(this.#read().linksAt.all(location));
  }

  locations(selection: Selection): AsyncIterable<readonly string[]> {
    return this.#pages<Member, string>(
      selection,
      ({ location }) => location,
      (members, after, count) => members.slice(after, count),
    );
  }

  views(selection: Selection): AsyncIterable<readonly EntityView[]> {
    return this.#pages(selection, ({ view }) => view, viewsOf);
  }

  async mixins(): Promise<readonly Mixin[]> {
    return (this.#read().mixins.all() as unknown as MixinRow[]).map(mixinFrom);
  }

  async commit(changes: ChangeSet): Promise<number> {
    this.#assertOpen();
    return this.#commits.run(() => this.#changes.apply(changes));
  }

  async commands(): Promise<readonly Command[]> {
    const rows = this.#read().commands.all() as unknown as CommandRow[];
    return rows.filter(({ id }) => !this.#settled.has(id)).map(commandFrom);
  }

  settle(ids: readonly string[]): void {
    for (const id of ids) this.#settled.add(id);
  }

  async health(): Promise<void> {
    // Nothing but a commit proves that the disk takes one.
    await this.commit({});
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#commits.flush();
    this.#reader.close();
    this.#writer.close();
    this.#home.release();
  }

  /**
   * A listing in pages. Each page is read at once and begins after the last member of the one before, so nothing is
   * held while the consumer is busy, and changes in between neither repeat nor hide what stays.
   */
  async *#pages<Row extends { readonly seq: number }, Item>(
    selection: Selection,
    item: (row: Row) => Item,
    read: (members: Members, after: number, count: number) => readonly Row[],
  ): AsyncGenerator<readonly Item[]> {
    this.#read();
    const members = new Members(this.#prepareListing, selection);
    let after = members.skip(selection.offset ?? 0);
    let left = selection.limit ?? Number.POSITIVE_INFINITY;
    while (after !== undefined && left > 0) {
      this.#read();
      const rows = read(members, after, Math.min(left, pageSize));
      if (rows.length > 0) yield rows.map(item);
      if (rows.length < pageSize) return;
      left -= rows.length;
      after = rows.at(-1)?.seq;
      await nextTurn();
    }
  }

  /**
   * Has to be called before everything that is read in one go. The snapshot it takes is kept until the next commit,
   * which only this process can make, because taking one costs as much as reading an entity.
   */
  #read(): ReadStatements {
    this.#assertOpen();
    if (!this.#reader.isTransaction) this.#sql.takeSnapshot.run();
    return this.#sql;
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('the store is closed');
  }
}

function entitiesFrom(rows: readonly unknown[]): readonly Entity[] {
  return (rows as readonly EntityRow[]).map(entityFrom);
}

function viewsOf(members: Members, after: number, count: number): readonly { seq: number; view: EntityView }[] {
  const rows = members.entities(after, count);
  const links = Map.groupBy(members.links(after, count), ({ source }) => source);
  return rows.map((row) => ({
    seq: row.seq,
    view: { entity: entityFrom(row), links: entitiesFrom(links.get(row.location) ?? []) },
  }));
}
