import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryDirectory } from '../server/command.ts';
import { Faults } from './faults.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithBoth = await describeWith('rabbitmq-server', 'postgresql');

describeWithBoth('two gateways on one database, and three agents', () => {
  const directory = temporaryDirectory();
  let database: PostgreSql;
  let faults: Faults;
  beforeAll(async () => {
    database = await startPostgreSql();
    const environment = { OCCI_DATABASE_URL: await database.database() };
    faults = await Faults.open(directory.path, { agents: 3, gateways: 2, environment });
    for (const cloud of faults.clouds) await cloud.ready();
  });
  afterAll(async () => {
    await faults?.close();
    await database?.stop();
    directory.remove();
  });

  it('know the same, at once: machines and user mixins', async () => {
    const [one, two] = faults.clouds;
    if (one === undefined || two === undefined) throw new Error('there are no two gateways');
    const machine = await one.create('compute');
    await two.reach(machine, 'active');
    const mixin = { term: 'tag', scheme: 'http://example.org/tags#', location: '/tags/tag/' };
    for (let round = 0; round < 5; round++) {
      const added = await one.request('POST', '/-/', { mixins: [mixin] });
      expect(added.status, added.text).toBe(200);
      expect((await two.request('GET', '/tags/tag/')).status).toBe(200);
      const removed = await two.request('DELETE', '/-/', { mixins: [mixin] });
      expect(removed.status, removed.text).toBe(200);
      expect((await one.request('GET', '/tags/tag/')).status).toBe(404);
    }
    await two.remove(machine);
    expect((await one.request('GET', machine)).status).toBe(404);
  });

  it('do not undo each other: of two that change the same version of an entity, one is told', async () => {
    const [one, two] = faults.clouds;
    if (one === undefined || two === undefined) throw new Error('there are no two gateways');
    const machine = await one.create('compute');
    await one.reach(machine, 'active');
    const etag = (await two.request('GET', machine)).headers.get('etag') as string;
    const change = (title: string) => ({ title, kind: 'http://schemas.ogf.org/occi/infrastructure#compute' });
    const answers = await Promise.all(
      [one, two].map((cloud, i) => cloud.request('POST', machine, change(`title ${i}`), { 'if-match': etag })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect([409, 412]).toContain(statuses[1]);
    await one.remove(machine);
  });

  it('share the load, and nothing is lost or doubled when one of them is killed', { timeout: 300_000 }, async () => {
    faults.load();
    await delay(1500);
    await faults.strike('gateway', 1000);
    await delay(1000);
    await faults.rest();
    expect(await faults.complaints()).toEqual([]);
    expect(faults.acknowledged).toBeGreaterThan(5);
    const counts = await faults.machinesOnAgents();
    expect(counts.size).toBe(3);
    for (const count of counts.values()) expect(count).toBeGreaterThan(0);
  });

  it('go on when the database restarts', { timeout: 300_000 }, async () => {
    faults.load();
    await delay(700);
    await database.restart();
    await delay(1500);
    await faults.rest();
    expect(await faults.complaints()).toEqual([]);
  });
});
