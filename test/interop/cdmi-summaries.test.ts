import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('summaries of domains through two gateways on one database', () => {
  const directory = temporaryDirectory();
  let server: PostgreSql;
  let databaseUrl: string;
  const gateways: RunningGateway[] = [];
  beforeAll(async () => {
    server = await startPostgreSql();
    databaseUrl = await server.database();
    mkdirSync(`${directory.path}/cdmi`);
    for (let number = 0; number < 2; number++) gateways.push(await start(number));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop('SIGKILL');
    await server?.stop();
    directory.remove();
  });

  /** Each has a directory of its own, as its machines are its own, and all have one for values. */
  function start(number: number): Promise<RunningGateway> {
    const dataDir = `${directory.path}/${number}`;
    mkdirSync(dataDir, { recursive: true });
    symlinkSync(`${directory.path}/cdmi`, `${dataDir}/cdmi`);
    const environment = { OCCI_CDMI: 'on', OCCI_CDMI_DOMAINS: 'on', OCCI_CDMI_SUMMARY_SECONDS: '1' };
    return startGateway(dataDir, { ...environment, OCCI_DATABASE_URL: databaseUrl });
  }

  async function put(number: number, path: string): Promise<void> {
    const answer = await fetch(`${gateways[number]?.url}/cdmi/${path}`, {
      method: 'PUT',
      headers: speaking('object'),
      body: JSON.stringify({ value: 'four' }),
    });
    expect(answer.status).toBe(201);
  }

  async function summary(number: number, place = 'cumulative'): Promise<Record<string, string>> {
    const answer = await fetch(`${gateways[number]?.url}/cdmi/cdmi_domains/cdmi_domain_summary/${place}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Record<string, string>;
  }

  it('[CDMI-O6] add what each of them has counted, without being asked for it', { timeout: 60_000 }, async () => {
    const each = 60;
    const puts = [0, 1].flatMap((number) => Array.from({ length: each }, (_, i) => put(number, `${number}-${i}`)));
    // Somebody looks all the while.
    const looks = Array.from({ length: 20 }, (_, i) => summary(i % 2));
    await Promise.all([...puts, ...looks]);
    for (const number of [0, 1]) {
      for (const place of ['cumulative', `yearly/${new Date().getUTCFullYear()}`]) {
        const all = await until(
          () => summary(number, place),
          ({ cdmi_summary_puts }) => Number(cdmi_summary_puts) >= 2 * each,
        );
        expect(all).toMatchObject({
          cdmi_summary_puts: String(2 * each),
          cdmi_summary_writes: String(8 * each),
          cdmi_summary_bytesmax: String(8 * each),
        });
      }
    }
  });

  it('[CDMI-O6] lose no more than the last interval of one that is killed', { timeout: 60_000 }, async () => {
    const before = Number((await summary(1))['cdmi_summary_puts']);
    await put(0, 'written');
    await until(
      () => summary(1),
      ({ cdmi_summary_puts }) => Number(cdmi_summary_puts) === before + 1,
    );
    await put(0, 'lost');
    await gateways[0]?.stop('SIGKILL');
    await put(1, 'after');
    const all = await summary(1);
    expect([before + 2, before + 3]).toContain(Number(all['cdmi_summary_puts']));
    expect(Number(all['cdmi_summary_bytesmax'])).toBe(4 * (before + 3));
  });
});
