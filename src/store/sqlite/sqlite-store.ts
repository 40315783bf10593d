import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Entity, type EntityView, isLink } from '../../occi/entity.ts';
import type { Mixin } from '../../occi/mixin.ts';
import { usageFrom } from '../amounts.ts';
import { type Batch, GroupCommit, type Written } from '../group-commit.ts';
import { type CommandRow, commandFrom, type EntityRow, entityFrom, type MixinRow, mixinFrom } from '../rows.ts';
import type { ChangeSet, Command, Selection, Store, Usage } from '../store.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { errorFrom } from './failure.ts';
import { Members, type Slice } from './members.ts';
import { SqliteObjects } from './objects.ts';
import { PageCache } from './page-cache.ts';
import { type Prepare, prepareReads, preparingOnce, type ReadStatements } from './statements.ts';
import { ViewCache } from './view-cache.ts';
import { openWriter, type Writer } from './writer.ts';

export interface SqliteStoreOptions {
  /** Where the database is kept; made when it is missing. One process at a time can use it. */
  readonly directory: string;
  /** How many entities are kept in memory for reading; 0 keeps none. */
  readonly cachedViews?: number;
}

/** Some tens of megabytes with entities of the usual size. */
const defaultCachedViews = 32_768;

/**
 * Opens the embedded store: one SQLite file, written by one process.
 *
 * @throws Error when the directory is in use, or holds what this version cannot read; nothing is touched then
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const home = openDataDirectory(options.directory);
  let writer: Writer | undefined;
  let reader: DatabaseSync | undefined;
  try {
    writer = await openWriter(home.file);
    reader = new DatabaseSync(home.file, { readOnly: true });
    return new SqliteStore(home, writer, reader, options.cachedViews ?? defaultCachedViews);
  } catch (error) {
    reader?.close();
    await writer?.close();
    home.release();
    throw new Error(`${home.file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** Members in a page of a listing. */
const pageSize = 500;

/** A change set on its way to the writer. */
interface Proposal {
  readonly changes: ChangeSet;
  readonly json: string;
}

class SqliteStore implements Store {
  readonly identity: string;
  readonly shared = false;
  readonly objects: SqliteObjects;
  readonly #home: DataDirectory;
  readonly #writer: Writer;
  readonly #reader: DatabaseSync;
  readonly #commits: GroupCommit<Proposal>;
  readonly #sql: ReadStatements;
  readonly #prepareListing: Prepare;
  readonly #cache: ViewCache;
  readonly #pages: PageCache;
  /** Of the last change set whose outcome is known here. */
  #revision: number;
  /** Whether the snapshot has more than that: a batch that is durable, and whose outcome is on its way. */
  #isAhead = false;
  #closing: Promise<void> | undefined;

  constructor(home: DataDirectory, writer: Writer, reader: DatabaseSync, cachedViews: number) {
    this.#home = home;
    this.#writer = writer;
    this.#reader = reader;
    this.#cache = new ViewCache(cachedViews);
    this.#pages = new PageCache(cachedViews);
    this.identity = (reader.prepare('SELECT identity FROM provider').get() as { identity: string }).identity;
    this.#sql = prepareReads(reader);
    this.#revision = this.#recordedRevision();
    this.#prepareListing = preparingOnce(reader);
    this.objects = new SqliteObjects(reader, () => void this.#read());
    this.#commits = new GroupCommit((batch) => this.#write(batch));
  }

  async view(location: string): Promise<EntityView | undefined> {
    const cached = this.#cache.get(location);
    if (cached !== undefined && this.#isCacheValid) return cached;
    const sql = this.#read();
    const row = sql.entity.get(location) as EntityRow | undefined;
    if (row === undefined) return undefined;
    const view = { entity: entityFrom(row), links: entitiesFrom(sql.linksFrom.all(location)) };
    this.#cache.set(location, view);
    return view;
  }

  async byId(id: string): Promise<Entity | undefined> {
    const cached = this.#cache.byId(id);
    if (cached !== undefined && this.#isCacheValid) return cached.entity;
    const row = this.#read().entityById.get(id) as EntityRow | undefined;
    return row && entityFrom(row);
  }

  async linksAt(location: string): Promise<readonly Entity[]> {
    return entitiesFrom(this.#read().linksAt.all(location));
  }

  locations(selection: Selection): AsyncIterable<readonly string[]> {
    return this.#listing(selection, (members, after, count) => members.locations(after, count));
  }

  views(selection: Selection): AsyncIterable<readonly EntityView[]> {
    const keep = this.#cache.forListing();
    return this.#listing(selection, (members, after, count) => this.#viewsOf(members, after, count, keep));
  }

  async mixins(project: string): Promise<readonly Mixin[]> {
    return (this.#read().mixins.all(project) as unknown as MixinRow[]).map(mixinFrom);
  }

  async mixinsVersion(): Promise<number> {
    return (this.#read().mixinsVersion.get() as { mixins: number }).mixins;
  }

  async usage(project: string): Promise<Usage> {
    return usageFrom(this.#read().usage.all(project) as unknown as { what: string; amount: number }[]);
  }

  async projectsWith(kind: string): Promise<readonly string[]> {
    return (this.#read().projectsWith.all(kind) as unknown as { project: string }[]).map(({ project }) => project);
  }

  async commit(changes: ChangeSet): Promise<number> {
    this.#assertOpen();
    // It costs what handing over objects would, and what is not JSON spoils no other change set of the batch.
    return this.#commits.commit({ changes, json: JSON.stringify(changes) }, changes.unhurried !== true);
  }

  async commands(): Promise<readonly Command[]> {
    const rows = this.#read().commands.all() as unknown as CommandRow[];
    return rows.filter(({ id }) => !this.#commits.isSettled(id)).map(commandFrom);
  }

  settle(ids: readonly string[]): void {
    this.#commits.settle(ids);
  }

  async health(): Promise<void> {
    // Nothing but a commit proves that the disk takes one.
    await this.commit({});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.flush();
    // The last connection to be closed clears up the log, which one that only reads could not.
    this.#reader.close();
    await this.#writer.close();
    this.#home.release();
  }

  async #write({ changes, settled }: Batch<Proposal>): Promise<Written> {
    const written = await this.#writer.write({ changes: changes.map(({ json }) => json), settled });
    const { outcomes, touched, checkpointDue } = written;
    this.#dropSnapshot();
    for (const outcome of outcomes) if (typeof outcome === 'number') this.#revision = outcome;
    if (changes.some(({ changes }) => this.#movesMembers(changes))) this.#pages.forget();
    if (changes.some(({ changes }) => changes.objects !== undefined)) this.objects.changed();
    const views = changes.flatMap(({ changes }, index) => this.#viewsAfter(changes, outcomes[index], touched));
    this.#cache.forget(touched.keys());
    for (const view of views) this.#cache.set(view.entity.location, view);
    return {
      outcomes: outcomes.map((outcome) => (typeof outcome === 'number' ? outcome : errorFrom(outcome))),
      ...(checkpointDue && { tidyUp: () => this.#checkpoint() }),
    };
  }

  async #checkpoint(): Promise<void> {
    // When it fails, the log is as good as before, and the next one may succeed.
    await this.#writer.checkpoint().catch(() => undefined);
    // Whoever has begun to read meanwhile reads from the log, and so would keep it from starting over.
    this.#dropSnapshot();
  }

  /** Whether a change set may put entities into collections, or take them out. */
  #movesMembers({ create = [], update = [], remove = [] }: ChangeSet): boolean {
    if (create.length + remove.length > 0) return true;
    return update.some(({ location, mixins }) => {
      const before = this.#cache.peek(location)?.entity.mixins;
      return before === undefined || before.length !== mixins.length || before.some((id, at) => id !== mixins[at]);
    });
  }

  /** The views that are known after a change set was written, so that they need not be read. */
  #viewsAfter(
    { create = [], update = [], remove = [] }: ChangeSet,
    revision: unknown,
    touched: ReadonlyMap<string, number>,
  ): readonly EntityView[] {
    // With links, the views of others change as well.
    if (typeof revision !== 'number' || [...create, ...update, ...remove].some(isLink)) return [];
    return update.flatMap((entity) => {
      const before = this.#cache.peek(entity.location);
      const isKnown = before?.entity.revision === entity.revision && touched.get(entity.location) === revision;
      return isKnown ? [{ entity: { ...entity, revision }, links: before.links }] : [];
    });
  }

  #viewsOf(
    members: Members,
    after: number,
    count: number,
    keep: (location: string, view: EntityView) => void,
  ): Slice<EntityView> {
    const { items, last } = members.locations(after, count);
    const known = items.map((location) => (this.#isCacheValid ? this.#cache.peek(location) : undefined));
    // Documents are read together, as that is much faster than one by one; so a page is known wholly or not at all.
    if (known.every((view) => view !== undefined)) return { items: known, last };
    const read = readViews(members, after, count);
    for (const view of read) keep(view.entity.location, view);
    return { items: read, last };
  }

  /**
   * A listing in pages. Each page is read at once and begins after the last member of the one before, so nothing is
   * held while the consumer is busy, and changes in between neither repeat nor hide what stays.
   */
  async *#listing<Item>(
    selection: Selection,
    read: (members: Members, after: number, count: number) => Slice<Item>,
  ): AsyncGenerator<readonly Item[]> {
    this.#read();
    const members = new Members(this.#prepareListing, this.#pages, selection);
    let after = members.skip(selection.offset ?? 0);
    let left = selection.limit ?? Number.POSITIVE_INFINITY;
    while (after !== undefined && left > 0) {
      this.#read();
      const { items, last } = read(members, after, Math.min(left, pageSize));
      if (items.length > 0) yield items;
      if (items.length < pageSize) return;
      left -= items.length;
      after = last;
      await nextTurn();
    }
  }

  /** Has to be called before everything that is read in one go. */
  #read(): ReadStatements {
    this.#assertOpen();
    this.#takeSnapshot();
    return this.#sql;
  }

  /**
   * The snapshot is kept until the next batch has been written, because taking one costs as much as reading an entity.
   * While a batch is being written it may show that already, and what is remembered does not go with it.
   */
  #takeSnapshot(): void {
    if (this.#reader.isTransaction) return;
    this.#sql.beginSnapshot.run();
    this.#isAhead = this.#recordedRevision() !== this.#revision;
    if (!this.#isAhead) return;
    this.#pages.forget();
    this.objects.changed();
  }

  /** The first thing that is read fixes the snapshot. */
  #recordedRevision(): number {
    return (this.#sql.revision.get() as { revision: number }).revision;
  }

  #dropSnapshot(): void {
    if (this.#reader.isTransaction) this.#sql.endSnapshot.run();
    this.#isAhead = false;
  }

  /** Whoever has seen what is durable does not see again what was there before. */
  get #isCacheValid(): boolean {
    return !this.#isAhead && this.#closing === undefined;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new Error('the store is closed');
  }
}

function entitiesFrom(rows: readonly unknown[]): readonly Entity[] {
  return (rows as readonly EntityRow[]).map(entityFrom);
}

function readViews(members: Members, after: number, count: number): readonly EntityView[] {
  const rows = members.entities(after, count);
  const links = Map.groupBy(members.links(after, count), ({ source }) => source);
  return rows.map((row) => ({ entity: entityFrom(row), links: entitiesFrom(links.get(row.location) ?? []) }));
}
