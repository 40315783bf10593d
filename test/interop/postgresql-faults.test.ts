import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commonProject } from '../../src/occi/entity.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { type Store, StoreUnavailable } from '../../src/store/store.ts';
import { until } from '../http/until.ts';
import { node } from '../store/object-samples.ts';
import { collect, lamp } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

/** Writers that never give up, and what they were told. */
class Load {
  readonly acknowledged = new Map<string, number>();
  readonly refused = new Set<string>();
  /** Whoever was refused these was told that they may be there all the same. */
  readonly unknown = new Set<string>();
  readonly surprises: unknown[] = [];
  readonly #stores: readonly Store[];
  #running = true;
  readonly #working: Promise<unknown>;

  constructor(stores: readonly Store[]) {
    this.#stores = stores;
    this.#working = Promise.all(Array.from({ length: 8 }, (_, writer) => this.#write(writer)));
  }

  /** Waits until so many more commits have been acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count;
    await until(
      async () => this.acknowledged.size,
      (size) => size >= goal,
    );
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#working;
  }

  async #write(writer: number): Promise<void> {
    const store = this.#stores[writer % this.#stores.length] as Store;
    for (let i = 0; this.#running; i++) {
      const location = `/lamp/${writer}/${i}`;
      const command = { id: location, backend: 'embedded', location, body: {} };
      try {
        const objects = { create: [node(location, '', '', { values: [location] })], now: 0 };
        this.acknowledged.set(location, await store.commit({ create: [lamp(location)], commands: [command], objects }));
        await store.view(location);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) this.surprises.push(error);
        if (!this.acknowledged.has(location)) {
          (String(error).includes('may have been written') ? this.unknown : this.refused).add(location);
        }
        await delay(10);
      }
    }
  }
}

describeWithPostgreSql('PostgreSQL in trouble', () => {
  let server: PostgreSql;
  let url: string;
  beforeAll(async () => {
    server = await startPostgreSql();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.database();
  });

  it('loses nothing it has acknowledged, and keeps nothing it has refused, when it is restarted or killed', async () => {
    const [first, second] = [await openPostgresStore({ url }), await openPostgresStore({ url })];
    const stores = [first, second];
    const load = new Load(stores);
    for (const trouble of ['kill', 'restart', 'kill', 'kill', 'restart']) {
      await load.more(200);
      if (trouble === 'restart') await server.restart();
      else {
        await server.kill();
        await server.start();
      }
    }
    await load.more(200);
    await load.stop();
    expect(load.surprises).toEqual([]);
    expect(load.refused.size).toBeGreaterThan(0);

    const kept = new Map<string, number>();
    for (const { entity } of await collect(first.views({}))) kept.set(entity.location, entity.revision);
    for (const [location, revision] of load.acknowledged)
      expect([location, kept.get(location)]).toEqual([location, revision]);
    expect([...load.refused].filter((location) => kept.has(location))).toEqual([]);
    expect(
      [...kept.keys()].filter((location) => !load.acknowledged.has(location) && !load.unknown.has(location)),
    ).toEqual([]);
    // Each entity was committed with an object and a command.
    const objects = await collect(first.objects.all(commonProject));
    expect(new Map(objects.map(({ id, revision }) => [id, revision]))).toEqual(kept);
    expect(await second.objects.usedValues([...kept.keys()])).toEqual(new Set(kept.keys()));
    const commands = (await Promise.all(stores.map((store) => store.commands()))).flat();
    expect(commands.map(({ id }) => id).sort()).toEqual([...kept.keys()].sort());
    await Promise.all(stores.map((store) => store.close()));
  });

  it('is waited for by who reads, as long as a restart takes', async () => {
    const store = await openPostgresStore({ url, readPatienceMs: 60_000 });
    await store.commit({ create: [lamp('/lamp/1')] });
    await server.kill();
    const reading = store.view('/lamp/1');
    await server.start();
    expect((await reading)?.entity.location).toBe('/lamp/1');
    await store.close();
  });

  it('is told apart from other errors while it is away, and served from when it is back', async () => {
    const store = await openPostgresStore({ url, readPatienceMs: 0 });
    await store.commit({ create: [lamp('/lamp/1')] });
    await server.kill();
    await expect(store.view('/lamp/1')).rejects.toThrow(StoreUnavailable);
    await expect(store.commit({ create: [lamp('/lamp/2')] })).rejects.toThrow(StoreUnavailable);
    await expect(store.commands()).rejects.toThrow(StoreUnavailable);
    await expect(store.health()).rejects.toThrow('the database is not available: ');
    await expect(collect(store.locations({}))).rejects.toThrow(StoreUnavailable);
    await server.start();
    await expect(store.health()).resolves.toBeUndefined();
    expect(await collect(store.locations({}))).toEqual(['/lamp/1']);
    await store.close();
  });

  it('costs a store nothing but connections when it cuts those that are idle', async () => {
    const store = await openPostgresStore({ url });
    await store.commit({ create: [lamp('/lamp/1')] });
    const admin = new Client(server.url);
    await admin.connect();
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'occi-gateway'`;
    expect((await admin.query(cut)).rowCount).toBeGreaterThan(0);
    await until(
      () => store.view('/lamp/1').catch(() => undefined),
      (view) => view !== undefined,
    );
    await admin.end();
    await store.close();
  });

  it('can be closed while it is away', async () => {
    const store = await openPostgresStore({ url });
    store.settle(['c1']);
    await server.kill();
    await expect(store.close()).resolves.toBeUndefined();
    await server.start();
  });

  describe('behind a network that fails in the middle of a commit', () => {
    /** When the connection is cut the next time somebody says COMMIT. */
    let cut: 'before' | 'after' | undefined;
    /** Whether nobody gets a new connection. */
    let down: boolean;
    let network: Server;
    let store: Store;
    beforeEach(async () => {
      const { hostname, port } = new URL(url);
      down = false;
      network = createServer((client) => {
        if (down) {
          client.destroy();
          return;
        }
        const upstream = connect(Number(port), hostname);
        client.on('data', (data: Buffer) => forward(data, client, upstream));
        upstream.on('data', (data) => client.write(data));
        for (const [end, other] of [[client, upstream] as const, [upstream, client] as const]) {
          end.on('error', () => other.destroy()).on('close', () => other.destroy());
        }
      }).listen(0, '127.0.0.1');
      await once(network, 'listening');
      cut = undefined;
      store = await openPostgresStore({ url: through() });
    });
    afterEach(async () => {
      await store.close();
      network.close();
    });

    function forward(data: Buffer, client: Socket, upstream: Socket): void {
      const when = data.includes('COMMIT\0') ? cut : undefined;
      if (when === undefined) {
        upstream.write(data);
        return;
      }
      cut = undefined;
      if (when === 'before') {
        client.destroy();
        return;
      }
      upstream.removeAllListeners('data').once('data', () => client.destroy());
      upstream.write(data);
    }

    it('acknowledges what was written, although the answer was lost', async () => {
      cut = 'after';
      const revision = await store.commit({ create: [lamp('/lamp/1')] });
      expect(cut).toBeUndefined();
      expect((await store.view('/lamp/1'))?.entity.revision).toBe(revision);
    });

    it('refuses what was not written, because the commit was lost', async () => {
      cut = 'before';
      await expect(store.commit({ create: [lamp('/lamp/1')] })).rejects.toThrow(StoreUnavailable);
      expect(cut).toBeUndefined();
      expect(await store.view('/lamp/1')).toBeUndefined();
      await store.commit({ create: [lamp('/lamp/1')] });
    });

    it('says so when nobody knows', async () => {
      const impatient = await openPostgresStore({ url: through(), goneMs: 200 });
      cut = 'after';
      down = true;
      const refused = impatient.commit({ create: [lamp('/lamp/1')] });
      await expect(refused).rejects.toThrow('it may have been written all the same');
      down = false;
      expect(await impatient.view('/lamp/1')).toBeDefined();
      await impatient.close();
    });

    function through(): string {
      const address = new URL(url);
      address.port = String((network.address() as AddressInfo).port);
      return address.href;
    }
  });
});
