import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError, type QueryConfig } from 'pg';
import type { Entity, EntityView } from '../../occi/entity.ts';
import type { Mixin } from '../../occi/mixin.ts';
import { type Booking, usageFrom } from '../amounts.ts';
import { GroupCommit } from '../group-commit.ts';
import { commandFrom, type EntityRow, entityFrom, type MixinRow, mixinFrom } from '../rows.ts';
import { type ChangeSet, type Command, type Selection, type Store, StoreUnavailable, type Usage } from '../store.ts';
import { BatchWriter } from './batch-writer.ts';
import { type ConnectionOptions, Connections } from './connections.ts';
import { Lease, type LeaseOptions } from './lease.ts';
import { locationsOf, type Page, viewsOf } from './members.ts';
import { migrate } from './migrations.ts';
import { PostgresObjects } from './objects.ts';

/** How patient readers are. */
interface ReadOptions {
  /**
   * For how long reading is tried again while the database is away, in milliseconds: so that a restart of it does not
   * make who was just told that a change is durable fail to show it.
   */
  readonly readPatienceMs: number;
}

/** All but the URL have a default. */
export type PostgresStoreOptions = Pick<ConnectionOptions, 'url'> &
  Partial<ConnectionOptions & LeaseOptions & ReadOptions>;

const defaults = {
  // Not `public`: names as common as ours would meet those of others there, and since PostgreSQL 15 only its owner may
  // make anything in it.
  schema: 'occi',
  connections: 10,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  lockTimeoutMs: 10_000,
  beatMs: 2_000,
  goneMs: 10_000,
  readPatienceMs: 5_000,
};

const schemaSyntax = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Opens a store in a schema of a PostgreSQL database, version 13 or newer, which any number of processes may share. The
 * schema is made when it is missing.
 *
 * @throws Error when the database cannot be used, or is of a newer format; nothing is touched then
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const complete = { ...defaults, ...options };
  const { url, schema, goneMs } = complete;
  if (!schemaSyntax.test(schema)) throw new Error(`${schema} cannot be the name of a schema`);
  const connections = new Connections(complete);
  try {
    await migrate(connections, schema);
    const lease = new Lease(connections, complete);
    await lease.beat();
    const [provider] = await connections.query<{ identity: string }>({ text: 'SELECT identity FROM provider' });
    // Whoever is taken for gone cannot find out what became of its commit, so it has to give up before.
    const writer = new BatchWriter(connections, lease.process, goneMs / 2);
    return new PostgresStore(connections, lease, writer, provider?.identity ?? '', complete.readPatienceMs);
  } catch (error) {
    await connections.close();
    throw new Error(`${withoutPassword(url)} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/)(?:[^@/]*@)?([^?]*).*$/, '$1$2');
}

/** An entity, and where it starts when it is a link. */
interface LinkRow extends EntityRow {
  readonly source: string | null;
}

interface Slice<Item> {
  readonly items: readonly Item[];
  /** The place of the last of them in the order of creation. */
  readonly last: number;
}

/** Members in a page of a listing. */
const pageSize = 500;

/** Milliseconds between attempts to read. */
const retryMs = 100;

/** What the server says of a text that it cannot hold: one with a zero character. There is nothing of that name. */
const untranslatable = '22021';

class PostgresStore implements Store {
  readonly identity: string;
  readonly shared = true;
  readonly objects: PostgresObjects;
  readonly #connections: Connections;
  readonly #lease: Lease;
  readonly #commits: GroupCommit<ChangeSet>;
  readonly #patienceMs: number;
  #closing: Promise<void> | undefined;

  constructor(connections: Connections, lease: Lease, writer: BatchWriter, identity: string, patienceMs: number) {
    this.identity = identity;
    this.#patienceMs = patienceMs;
    this.#connections = connections;
    this.#lease = lease;
    this.objects = new PostgresObjects((statement) => this.#rows(statement));
    this.#commits = new GroupCommit((batch) => writer.write(batch));
  }

  async view(location: string): Promise<EntityView | undefined> {
    // Everything of an answer is read by one statement, so it is of one moment.
    const rows = await this.#rows<LinkRow>({
      name: 'view',
      text: `
        SELECT seq, location, project, kind, revision, document, source FROM entity
        WHERE location = $1 OR source = $1 ORDER BY seq`,
      values: [location],
    });
    const row = rows.find((row) => row.location === location);
    if (row === undefined) return undefined;
    return { entity: entityFrom(row), links: rows.filter(({ source }) => source === location).map(entityFrom) };
  }

  async byId(id: string): Promise<Entity | undefined> {
    const text = 'SELECT seq, location, project, kind, revision, document FROM entity WHERE id = $1';
    const [row] = await this.#rows<EntityRow>({ name: 'by id', text, values: [id] });
    return row && entityFrom(row);
  }

  async linksAt(location: string): Promise<readonly Entity[]> {
    const text = `
      SELECT seq, location, project, kind, revision, document FROM entity WHERE source = $1 OR target = $1 ORDER BY seq`;
    return (await this.#rows<EntityRow>({ name: 'links at', text, values: [location] })).map(entityFrom);
  }

  locations(selection: Selection): AsyncIterable<readonly string[]> {
    return this.#pages(selection, async (page) => {
      const rows = await this.#rows<{ seq: number; location: string }>(locationsOf(page));
      return { items: rows.map(({ location }) => location), last: rows.at(-1)?.seq ?? page.after };
    });
  }

  views(selection: Selection): AsyncIterable<readonly EntityView[]> {
    return this.#pages(selection, async (page) => {
      const rows = await this.#rows<LinkRow & { member: boolean }>(viewsOf(page));
      const links = Map.groupBy(
        rows.filter(({ member }) => !member),
        ({ source }) => source,
      );
      const members = rows.filter(({ member }) => member);
      return {
        items: members.map((row) => ({
          entity: entityFrom(row),
          links: (links.get(row.location) ?? []).map(entityFrom),
        })),
        last: members.at(-1)?.seq ?? page.after,
      };
    });
  }

  async mixins(project: string): Promise<readonly Mixin[]> {
    const text = 'SELECT id, document FROM mixin WHERE project = $1 ORDER BY seq';
    return (await this.#rows<MixinRow>({ text, values: [project] })).map(mixinFrom);
  }

  async mixinsVersion(): Promise<number> {
    const [row] = await this.#rows<{ version: number }>({ name: 'version', text: 'SELECT version FROM counter' });
    return row?.version ?? 0;
  }

  async usage(project: string): Promise<Usage> {
    const text = 'SELECT what, amount FROM usage WHERE project = $1 AND amount <> 0';
    return usageFrom(await this.#rows<Booking>({ name: 'usage', text, values: [project] }));
  }

  async projectsWith(kind: string): Promise<readonly string[]> {
    const text = 'SELECT project FROM usage WHERE what = $1 AND amount <> 0';
    const rows = await this.#rows<{ project: string }>({ name: 'projects with', text, values: [kind] });
    return rows.map(({ project }) => project);
  }

  async commit(changes: ChangeSet): Promise<number> {
    this.#assertOpen();
    return this.#commits.commit(changes, changes.unhurried !== true);
  }

  async commands(): Promise<readonly Command[]> {
    this.#assertOpen();
    const rows = await this.#lease.commands();
    return rows.filter(({ id }) => !this.#commits.isSettled(id)).map(commandFrom);
  }

  settle(ids: readonly string[]): void {
    this.#commits.settle(ids);
  }

  async health(): Promise<void> {
    // Nothing but a commit proves that the database takes one.
    await this.commit({});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.flush();
    // When the database is away, the others find out by themselves.
    await this.#lease.end().catch(() => undefined);
    await this.#connections.close();
  }

  /**
   * A listing in pages. Each page is read at once and begins after the last member of the one before, so nothing is
   * held while the consumer is busy, and changes in between neither repeat nor hide what stays.
   */
  async *#pages<Item>(
    selection: Selection,
    read: (page: Page) => Promise<Slice<Item>>,
  ): AsyncGenerator<readonly Item[]> {
    let after = 0;
    let offset = selection.offset ?? 0;
    let left = selection.limit ?? Number.POSITIVE_INFINITY;
    this.#assertOpen();
    while (left > 0) {
      const count = Math.min(left, pageSize);
      const { items, last } = await read({ selection, after, offset, count });
      if (items.length > 0) yield items;
      if (items.length < count) return;
      left -= items.length;
      after = last;
      offset = 0;
    }
  }

  async #rows<Row extends object>(statement: QueryConfig): Promise<readonly Row[]> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      this.#assertOpen();
      try {
        return await this.#connections.query<Row>(statement);
      } catch (error) {
        if (error instanceof DatabaseError && error.code === untranslatable) return [];
        if (!(error instanceof StoreUnavailable) || performance.now() > deadline) throw error;
      }
      await delay(retryMs);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new Error('the store is closed');
  }
}
