import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { runToEnd, temporaryDirectory } from '../server/command.ts';
import { contents, lamp, tag, wire } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');
const schema = 'occi';

describeWithPostgreSql('occi-gateway backup and restore with PostgreSQL', () => {
  let server: PostgreSql;
  let url: string;
  let store: Store | undefined;
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeAll(async () => {
    server = await startPostgreSql();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.database();
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await store?.close();
    directory.remove();
  });

  const run = (words: readonly string[], environment = {}) =>
    runToEnd(words, { OCCI_DATABASE_URL: url, OCCI_DATA_DIR: `${directory.path}/data`, ...environment });
  const kept = () => `${directory.path}/backup`;
  const open = async (): Promise<Store> => {
    store = await openPostgresStore({ url, schema });
    return store;
  };
  const close = async (): Promise<void> => {
    await store?.close();
    store = undefined;
  };
  const schemas = async (): Promise<readonly string[]> => {
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE '${schema}%' ORDER BY 1`,
    );
    await client.end();
    return rows.map(({ name }) => name);
  };

  it('bring everything back, in another database', async () => {
    const first = await open();
    await first.commit({
      create: [lamp('/lamp/a', { mixins: [tag('b').id] }), lamp('/lamp/b'), wire('/wire/1', '/lamp/a', '/lamp/b')],
      addMixins: [tag('b')],
    });
    const before = await contents(first);
    const { identity } = first;
    // At work: nobody has to stop for a backup.
    expect(await run(['backup', kept()])).toMatchObject({ code: 0, stderr: '' });
    await close();
    url = await server.database();
    expect(await run(['restore', kept()])).toMatchObject({ code: 0, stderr: '' });
    const second = await open();
    expect(await contents(second)).toStrictEqual(before);
    expect(second.identity).toBe(identity);
    await second.commit({ create: [lamp('/lamp/c')] });
  });

  it('replace what is there with --force alone, and not under a gateway at work', async () => {
    const first = await open();
    await first.commit({ create: [lamp('/lamp/old')] });
    const before = await contents(first);
    expect((await run(['backup', kept()])).code).toBe(0);
    await first.commit({ create: [lamp('/lamp/new')] });

    expect((await run(['restore', kept()])).stderr).toContain('is there already; --force replaces it');
    expect((await run(['restore', '--force', kept()])).stderr).toContain('1 gateways are at work');
    expect(await first.view('/lamp/new')).toBeDefined();
    await close();

    expect(await run(['restore', '--force', kept()])).toMatchObject({ code: 0, stderr: '' });
    expect(await schemas()).toEqual([schema]);
    expect(await contents(await open())).toStrictEqual(before);
  });

  it('leave everything as it is when the backup is of another schema, or the server says no', async () => {
    const first = await open();
    await first.commit({ create: [lamp('/lamp/a')] });
    expect((await run(['backup', kept()])).code).toBe(0);
    await close();
    const other = await run(['restore', kept()], { OCCI_DATABASE_SCHEMA: 'other' });
    expect(other.stderr).toContain('the backup is of the schema occi');

    const client = new Client(url);
    await client.connect();
    await client.query(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS
      $$BEGIN IF tg_tag = 'CREATE TABLE' THEN RAISE EXCEPTION 'no tables today'; END IF; END$$`);
    await client.query('CREATE EVENT TRIGGER refusing ON ddl_command_start EXECUTE FUNCTION refuse()');
    const failed = await run(['restore', '--force', kept()]);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('no tables today')]);
    await client.query('DROP EVENT TRIGGER refusing');
    await client.end();
    expect(await schemas()).toEqual([schema]);
    expect(await (await open()).view('/lamp/a')).toBeDefined();
  });

  it('never show the password', async () => {
    const withPassword = url.replace('postgres@', 'postgres:pass-5a1f@').replace(/:[0-9]+\//, ':9/');
    const { code, stdout, stderr } = await run(['backup', kept()], { OCCI_DATABASE_URL: withPassword });
    expect(code).toBe(1);
    expect(stderr).toContain('pg_dump failed');
    expect(stdout + stderr).not.toContain('pass-5a1f');
  });
});
