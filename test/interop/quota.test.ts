import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { churn, createNetwork, expectUsageIsTrue, networkLimit, networks, ofNetworks } from '../gateway/quota/churn.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('quotas of two gateways on one database', () => {
  const directory = temporaryDirectory();
  let server: PostgreSql;
  let environment: Readonly<Record<string, string>>;
  const gateways: RunningGateway[] = [];
  const start = async (at: number) => {
    const gateway = await startGateway(join(directory.path, `data${at}`), environment);
    gateways[at] = gateway;
    return gateway;
  };
  beforeAll(async () => {
    server = await startPostgreSql();
    const file = join(directory.path, 'quota.yaml');
    writeFileSync(file, `default: { network: ${networkLimit} }`);
    environment = { OCCI_DATABASE_URL: await server.database(), OCCI_QUOTA_FILE: file };
    await start(0);
    await start(1);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop('SIGKILL');
    await server?.stop();
    directory.remove();
  });

  it('let 10 of 64 have what there are 10 of', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, i) => createNetwork(gateways[i % 2] as RunningGateway)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(54);
    for (const gateway of gateways) {
      expect(await ofNetworks(gateway)).toMatchObject({ used: 10, limit: 10 });
      expect(await networks(gateway)).toHaveLength(10);
    }
  });

  it('are used by what is there, when one of them is killed', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 2; round++) {
      const [victim, other] = gateways as [RunningGateway, RunningGateway];
      let done = 0;
      const step = () => {
        done += 1;
        if (done === 150) victim.process.kill('SIGKILL');
        // The clients of the other one end with it.
        if (done === 400) other.process.kill('SIGKILL');
      };
      await churn([victim, other], step);
      await Promise.all([victim.ended, other.ended]);
      await start(0);
      await expectUsageIsTrue(await start(1));
    }
  });
});
