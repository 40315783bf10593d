import { afterAll, beforeAll } from 'vitest';
import { nameRules } from '../http/cdmi/name-rules.ts';
import { startLab } from '../http/home-lab.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('CDMI with PostgreSQL', () => {
  let server: PostgreSql;
  beforeAll(async () => {
    server = await startPostgreSql();
  });
  afterAll(() => server?.stop());

  nameRules('PostgreSQL', async () => startLab({ cdmi: true, databaseUrl: await server.database() }));
});
