import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { Conflict, type Store, StoreUnavailable } from '../../src/store/store.ts';
import { until } from '../http/until.ts';
import { storeContract } from '../store/contract.ts';
import { collect, contents, expectWhatEarlierFormatsHad, lamp, tag, wire } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('PostgreSQL', () => {
  let server: PostgreSql;
  let url: string;
  beforeAll(async () => {
    server = await startPostgreSql();
    url = await server.database();
  });
  afterAll(() => server?.stop());

  let count = 0;
  const freshSchema = () => `store_${count++}`;

  storeContract('PostgreSQL', () => openPostgresStore({ url, schema: freshSchema(), connections: 2 }));

  describe('a schema', () => {
    let admin: Client;
    beforeEach(async () => {
      admin = new Client(url);
      await admin.connect();
    });
    afterEach(() => admin.end());

    it('keeps everything, its order and the counters when it is opened again', async () => {
      const schema = freshSchema();
      const first = await openPostgresStore({ url, schema });
      await first.commit({
        create: [lamp('/lamp/z', { mixins: [tag('b').id] }), lamp('/lamp/a'), wire('/wire/1', '/lamp/a', '/lamp/z')],
        addMixins: [tag('b'), tag('a')],
        commands: ['c2', 'c1', 'c3'].map((id) => ({ id, backend: 'embedded', location: '/lamp/z', body: { id } })),
      });
      first.settle(['c1']);
      const before = await contents(first);
      const version = await first.mixinsVersion();
      await first.close();

      const second = await openPostgresStore({ url, schema });
      expect(await contents(second)).toStrictEqual(before);
      expect(before.commands.map(({ id }) => id)).toEqual(['c2', 'c3']);
      expect(second.identity).toBe(first.identity);
      expect(await second.mixinsVersion()).toBe(version);
      const last = await second.commit({ remove: before.views.map(({ entity }) => entity) });
      expect(last).toBeGreaterThan(Math.max(...before.views.map(({ entity }) => entity.revision)));
      await second.close();
    });

    it.each([1, 2, 3])('is brought from format %d to the present one, with everything in it', async (format) => {
      const schema = freshSchema();
      const file = new URL(`../fixtures/store/postgresql-${format}.sql`, import.meta.url);
      await admin.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}; ${readFileSync(file, 'utf8')}`);
      // Time when the server was down does not count, and it may just have been started.
      const store = await openPostgresStore({ url, schema, goneMs: 1 });
      await expectWhatEarlierFormatsHad(store, format >= 2);
      await store.close();
    });

    it('is made once by many that start at the same moment', async () => {
      const schema = freshSchema();
      const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore({ url, schema })));
      expect(new Set(stores.map(({ identity }) => identity)).size).toBe(1);
      await Promise.all(stores.map((store, i) => store.commit({ create: [lamp(`/lamp/${i}`)] })));
      for (const store of stores) expect(await collect(store.locations({}))).toHaveLength(6);
      await Promise.all(stores.map((store) => store.close()));
    });

    it('is refused, and stays as it is, when its format is newer', async () => {
      const schema = freshSchema();
      await openPostgresStore({ url, schema }).then((store) => store.close());
      await admin.query(`UPDATE ${schema}.provider SET format = 99`);
      const snapshot = async () => {
        const tables = ['provider', 'counter', 'process'].map((table) => `SELECT * FROM ${schema}.${table}`);
        const catalogue = `SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace ORDER BY 1`;
        return Promise.all([...tables, catalogue].map(async (query) => (await admin.query(query)).rows));
      };
      const before = await snapshot();
      const opening = openPostgresStore({ url, schema });
      await expect(opening).rejects.toThrow(`the schema ${schema} has format 99, and this version reads formats up to`);
      expect(await snapshot()).toEqual(before);
    });

    it('can have been made by somebody who may, for somebody who may not', async () => {
      const schema = freshSchema();
      await admin.query(`CREATE ROLE ${schema} LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION ${schema}`);
      const store = await openPostgresStore({ url: url.replace('postgres@', `${schema}@`), schema });
      await store.commit({ create: [lamp('/lamp/1')] });
      await store.close();
      const refused = openPostgresStore({ url: url.replace('postgres@', `${schema}@`), schema: freshSchema() });
      await expect(refused).rejects.toThrow('permission denied');
    });

    it('has a name that needs no quotes', async () => {
      await expect(openPostgresStore({ url, schema: 'a"; DROP TABLE entity; --' })).rejects.toThrow('name of a schema');
    });

    it('is not where nobody listens, and no password is told', async () => {
      const nowhere = 'postgres://me:secret@127.0.0.1:1/occi?connect_timeout=1';
      const refusal = await openPostgresStore({ url: nowhere }).catch((error: unknown) => error);
      expect(String(refusal)).toContain('postgres://127.0.0.1:1/occi cannot be used: ');
      expect(String(refusal)).toContain('ECONNREFUSED');
      expect(String(refusal)).not.toContain('secret');
    });

    it('names a damaged row', async () => {
      const schema = freshSchema();
      const store = await openPostgresStore({ url, schema });
      await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2')] });
      await admin.query(`UPDATE ${schema}.entity SET document = '{"mixins":[]' WHERE location = '/lamp/2'`);
      const message = 'the stored entity 2 (/lamp/2) is damaged';
      await expect(store.view('/lamp/2')).rejects.toThrow(message);
      await expect(collect(store.views({}))).rejects.toThrow(message);
      expect(await collect(store.locations({}))).toEqual(['/lamp/1', '/lamp/2']);
      await store.close();
    });
  });

  describe('what the server refuses', () => {
    let store: Store;
    let admin: Client;
    let schema: string;
    beforeEach(async () => {
      schema = freshSchema();
      store = await openPostgresStore({ url, schema, lockTimeoutMs: 3_000 });
      admin = new Client(url);
      await admin.connect();
      await admin.query(`SET search_path = ${schema}`);
    });
    afterEach(async () => {
      await admin.end();
      await store.close();
    });

    it('spoils nothing that is committed beside it', async () => {
      const locations = ['/lamp/1', '/lamp/\0', '/lamp/2'];
      const results = await Promise.allSettled(locations.map((path) => store.commit({ create: [lamp(path)] })));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await collect(store.locations({}))).toEqual(['/lamp/1', '/lamp/2']);
      expect(await store.view('/lamp/\0')).toBeUndefined();
    });

    it('is a conflict when somebody would wait for somebody who waits', async () => {
      await admin.query("SET deadlock_timeout = '1min'; BEGIN; SELECT FROM process FOR UPDATE");
      const refused = expect(store.commit({ create: [lamp('/lamp/1')] })).rejects.toThrow(Conflict);
      const waiting = "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'";
      await until(
        async () => (await admin.query(waiting)).rowCount,
        (count) => count !== 0,
      );
      const other = admin.query('SELECT FROM counter FOR UPDATE');
      await refused;
      await other;
      await admin.query('ROLLBACK');
      await store.commit({ create: [lamp('/lamp/1')] });
    });

    it('is unavailability when somebody does not end his transaction', async () => {
      const impatient = await openPostgresStore({ url, schema, lockTimeoutMs: 100 });
      await admin.query('BEGIN; SELECT FROM counter FOR UPDATE');
      await expect(impatient.commit({ create: [lamp('/lamp/1')] })).rejects.toThrow(StoreUnavailable);
      await expect(impatient.health()).rejects.toThrow(StoreUnavailable);
      expect(await impatient.view('/lamp/1')).toBeUndefined();
      await admin.query('ROLLBACK');
      await impatient.commit({ create: [lamp('/lamp/1')] });
      await impatient.close();
    });
  });
});
