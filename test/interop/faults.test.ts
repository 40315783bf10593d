import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { temporaryDirectory } from '../server/command.ts';
import { Faults, type Victim } from './faults.ts';
import { describeWith } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

/** How often something is killed; more of them find more, and take longer. */
const rounds = Number(process.env['OCCI_TEST_FAULT_ROUNDS'] ?? 3);
const victims = (process.env['OCCI_TEST_FAULT_VICTIMS'] ?? 'gateway,agent,broker').split(',') as readonly Victim[];

describeWithRabbitMq('a cloud under load', () => {
  const directory = temporaryDirectory();
  let faults: Faults | undefined;
  afterEach(async () => {
    await faults?.close();
    directory.remove();
  });

  it(`agrees on every machine after ${rounds} of its parts were killed`, {
    timeout: 60_000 + rounds * 90_000,
  }, async () => {
    faults = await Faults.open(directory.path, { agents: 2, gateways: 1 });
    for (let round = 0; round < rounds; round++) {
      const victim = victims[round % victims.length] as Victim;
      faults.load();
      await delay(300 + Math.random() * 700);
      await faults.strike(victim, Math.random() * 1500);
      await delay(300);
      await faults.rest();
      expect(await faults.complaints(), `after the ${victim} was killed in round ${round + 1}`).toEqual([]);
    }
    expect(faults.acknowledged).toBeGreaterThan(10 * rounds);
  });
});
