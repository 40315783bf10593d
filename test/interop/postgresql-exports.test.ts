import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scriptedBackend } from '../gateway/scripted-backend.ts';
import { bothSides, type Client, client, infrastructure, iscsi, numbersFrom, unrest } from '../http/cdmi/export-lab.ts';
import { type Lab, startLab } from '../http/home-lab.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('exports through two gateways on one database', () => {
  let server: PostgreSql;
  const labs: Lab[] = [];
  let one: Client;
  let two: Client;
  beforeAll(async () => {
    server = await startPostgreSql();
    const databaseUrl = await server.database();
    for (let count = 0; count < 2; count++) {
      const backend = scriptedBackend([`${infrastructure}storage`, `${infrastructure}storagelink`]);
      labs.push(await startLab({ cdmi: true, databaseUrl, backend: [backend] }));
    }
    [one, two] = labs.map((lab) => client(lab)) as [Client, Client];
  });
  afterAll(async () => {
    for (const lab of labs) await lab.close();
    await server?.stop();
  });

  it('[CDMI-X3] both sides say the same, whoever changes them', { timeout: 120_000 }, async () => {
    const machine = await one.compute();
    const steps = [one, two, one, two].map((who, index) => {
      let left = 60;
      return unrest(who, machine, numbersFrom(index), () => left-- > 0);
    });
    const done = (await Promise.all(steps)).reduce((sum, count) => sum + count, 0);
    expect(done).toBeGreaterThan(30);
    const { cdmi, occi } = await bothSides(two);
    expect(occi).toEqual(cdmi);
  });

  it('nothing is left of what is exported in a container that goes', { timeout: 120_000 }, async () => {
    for (let wait = 0; wait < 20; wait++) {
      await one.cdmi('PUT', 'top/', {});
      await one.cdmi('PUT', 'top/in/', {});
      const answers = await Promise.all([
        one.cdmi('PUT', 'top/in/new/', { exports: iscsi }),
        turns(wait * 5).then(() => two.cdmi('DELETE', 'top/')),
      ]);
      for (const { status } of answers) expect([201, 204, 404]).toContain(status);
      const { cdmi, occi } = await bothSides(one);
      expect(occi).toEqual(cdmi);
    }
  });
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
