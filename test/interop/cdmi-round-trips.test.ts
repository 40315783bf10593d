import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRoundTrips } from '../http/cdmi/round-trips.ts';
import { type Lab, startLab } from '../http/home-lab.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('containers of CDMI in PostgreSQL', () => {
  let server: PostgreSql;
  let lab: Lab;
  beforeAll(async () => {
    server = await startPostgreSql();
    lab = await startLab({ cdmi: true, databaseUrl: await server.database() });
  });
  afterAll(async () => {
    await lab?.close();
    await server?.stop();
  });

  it('[CDMI-Z3] [CDMI-Z4] become what was written, whatever has been done since', { timeout: 120_000 }, async () => {
    await expect(makeRoundTrips(lab, 25)).resolves.toBeUndefined();
  });
});
