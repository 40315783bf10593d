import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { temporaryDirectory } from '../server/command.ts';
import { type Fault, Faults, faults } from './faults.ts';
import { describeWith } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

/** How often something happens; more of them find more, and take longer: `npm run faults`. */
const rounds = Number(process.env['OCCI_TEST_FAULT_ROUNDS'] ?? 6);
/** What happens; it may be chosen, to look at one thing more closely. */
const chosen = (process.env['OCCI_TEST_FAULTS'] ?? faults.join()).split(',') as readonly Fault[];

describeWithRabbitMq('a cloud under load', () => {
  const directory = temporaryDirectory();
  let cloud: Faults | undefined;
  afterEach(async () => {
    await cloud?.close();
    directory.remove();
  });

  it(`agrees on every machine after ${rounds} faults`, {
    timeout: 60_000 + rounds * 90_000,
  }, async () => {
    cloud = await Faults.open(directory.path, { agents: 2, gateways: 1 });
    for (let round = 0; round < rounds; round++) {
      const fault = chosen[round % chosen.length] as Fault;
      cloud.load();
      await delay(300 + Math.random() * 700);
      await cloud.strike(fault, Math.random() * 1500);
      await delay(300);
      await cloud.rest();
      expect(await cloud.complaints(), `after the fault of the ${fault} in round ${round + 1}`).toEqual([]);
    }
    expect(cloud.acknowledged).toBeGreaterThan(rounds);
  });
});
