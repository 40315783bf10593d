import { afterAll, beforeAll } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { storeContract } from '../store/contract.ts';
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
  storeContract('PostgreSQL', () => openPostgresStore({ url, schema: `store_${count++}`, connections: 2 }));
});
