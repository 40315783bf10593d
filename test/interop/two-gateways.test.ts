import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryDirectory } from '../server/command.ts';
import { disagreements } from './agreement.ts';
import { Clients } from './clients.ts';
import type { Cloud } from './cloud.ts';
import { Constellation } from './constellation.ts';
import { faults } from './faults.ts';
import { describeWith } from './lab/shared.ts';

const describeWithBoth = await describeWith('rabbitmq-server', 'postgresql');

describeWithBoth('two gateways on one database, and three agents', () => {
  const directory = temporaryDirectory();
  let constellation: Constellation;
  let clients: Clients;
  let one: Cloud;
  let two: Cloud;
  beforeAll(async () => {
    constellation = await Constellation.start(directory.path, { gateways: 2, agents: 3, store: 'postgresql' });
    clients = new Clients(constellation.clouds);
    [one, two] = constellation.clouds as [Cloud, Cloud];
  });
  afterAll(async () => {
    await clients?.rest();
    await constellation?.close();
    directory.remove();
  });

  it('know the same, at once: machines and user mixins', async () => {
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
    clients.work();
    await delay(1500);
    await faults.gateway(constellation, { awayMs: 1000, victim: 0 });
    await delay(1000);
    await clients.rest();
    expect(await disagreements(constellation, clients)).toEqual([]);
    expect(clients.acknowledged).toBeGreaterThan(5);
    const counts = Map.groupBy(await constellation.machines(), ({ host }) => host);
    expect([...counts.keys()].sort()).toEqual(['node1', 'node2', 'node3']);
  });

  it('go on when the database restarts', { timeout: 300_000 }, async () => {
    clients.work();
    await delay(700);
    await faults['database-restart'](constellation);
    await delay(1500);
    await clients.rest();
    expect(await disagreements(constellation, clients)).toEqual([]);
  });
});
