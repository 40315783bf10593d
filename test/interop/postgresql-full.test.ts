import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { type Store, StoreFull } from '../../src/store/store.ts';
import { lamp } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('a PostgreSQL without room', () => {
  let server: PostgreSql;
  let client: Client;
  let store: Store;
  beforeAll(async () => {
    server = await startPostgreSql();
    const url = await server.database();
    store = await openPostgresStore({ url });
    client = new Client(url);
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await store?.close();
    await server?.stop();
  });

  it('is told from one that is away, writes nothing, and takes it when there is room', async () => {
    await store.commit({ create: [lamp('/lamp/before')] });
    // What the server says when it cannot extend a file.
    await client.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$`);
    await client.query('CREATE TRIGGER full_disk BEFORE INSERT ON occi.entity EXECUTE FUNCTION refuse()');
    const change = { create: [lamp('/lamp/after')] };
    await expect(store.commit(change)).rejects.toThrow(StoreFull);
    await expect(store.commit(change)).rejects.toThrow('no room for the record');
    expect(await store.view('/lamp/after')).toBeUndefined();
    expect(await store.view('/lamp/before')).toBeDefined();
    await client.query('DROP TRIGGER full_disk ON occi.entity');
    await store.commit(change);
    expect(await store.view('/lamp/after')).toBeDefined();
  });
});
