import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../server/command.ts';
import { disagreements } from './agreement.ts';
import { Clients } from './clients.ts';
import { Constellation, type Shape } from './constellation.ts';
import { type Circumstances, type Fault, faults } from './faults.ts';
import { describeWith } from './lab/shared.ts';

/** A constellation, and what happens to it. */
interface Ordeal extends Shape {
  readonly title: string;
  /** How often something happens, unless the environment says otherwise. */
  readonly rounds: number;
  /** In the order of their importance: as many of them as there are rounds happen, or all of them several times. */
  readonly faults: readonly Fault[];
}

const ordeals: readonly Ordeal[] = [
  {
    title: 'one gateway and two agents',
    gateways: 1,
    agents: 2,
    store: 'embedded',
    rounds: 7,
    faults: [
      'gateway',
      'agent',
      'broker',
      'connections',
      'queues',
      'repetition',
      'rubbish',
      'agent-away',
      'broker-restart',
      'everything',
    ],
  },
  {
    title: 'two gateways on one PostgreSQL, and three agents',
    gateways: 2,
    agents: 3,
    store: 'postgresql',
    rounds: 3,
    faults: [
      'gateway',
      'database',
      'agent',
      'broker',
      'database-restart',
      'broker-restart',
      'agent-away',
      'repetition',
      'connections',
      'queues',
      'rubbish',
      'everything',
    ],
  },
];

/** Something that is to happen. */
interface Round extends Circumstances {
  readonly fault: Fault;
  /** For how long clients have worked before it, in milliseconds. */
  readonly afterMs: number;
}

/** What happens when: the same for the same seed. */
function drawn(seed: number, count: number, chosen: readonly Fault[]): readonly Round[] {
  const turns = Array.from({ length: count }, (_, turn) => chosen[turn % chosen.length] as Fault);
  const anyRound = (fault: Fault): fc.Arbitrary<Round> =>
    fc.record({
      fault: fc.constant(fault),
      afterMs: fc.integer({ min: 300, max: 1000 }),
      awayMs: fc.integer({ min: 0, max: 1500 }),
      victim: fc.nat(),
    });
  const anyOrder = fc.shuffledSubarray(turns, { minLength: count });
  const anyRounds = anyOrder.chain((order) => fc.tuple(...order.map(anyRound)));
  const [rounds = []] = fc.sample(fc.noBias(anyRounds), { seed, numRuns: 1 });
  return rounds;
}

// More rounds find more and take longer: `npm run faults`. A run that has failed is repeated with its seed.
const { OCCI_TEST_FAULT_ROUNDS, OCCI_TEST_FAULT_SEED, OCCI_TEST_FAULTS } = process.env;
const seed = Number(OCCI_TEST_FAULT_SEED ?? randomInt(2 ** 31));

for (const { title, store, ...ordeal } of ordeals) {
  const chosen = ordeal.faults.filter((fault) => OCCI_TEST_FAULTS?.split(',').includes(fault) ?? true);
  if (chosen.length === 0) continue;
  const rounds = Number(OCCI_TEST_FAULT_ROUNDS ?? ordeal.rounds);
  const describeWithServers = await describeWith('rabbitmq-server', ...(store === 'postgresql' ? ['postgresql'] : []));

  describeWithServers(`${title}, under load`, () => {
    it(`agree on every machine after ${rounds} faults`, {
      timeout: 60_000 + rounds * 90_000,
    }, async ({ annotate, onTestFinished }) => {
      await annotate(`OCCI_TEST_FAULT_SEED=${seed} OCCI_TEST_FAULT_ROUNDS=${rounds}`);
      const directory = temporaryDirectory();
      onTestFinished(() => directory.remove());
      const constellation = await Constellation.start(directory.path, { store, ...ordeal });
      onTestFinished(() => constellation.close());
      const clients = new Clients(constellation.clouds);
      onTestFinished(() => clients.rest());
      for (const [index, round] of drawn(seed, rounds, chosen).entries()) {
        await annotate(`round ${index + 1}: ${round.fault}`);
        clients.work();
        await delay(round.afterMs);
        await faults[round.fault](constellation, round);
        // They are served again, and have worked while it was being recovered from.
        await clients.more(10);
        await clients.rest();
        expect(await disagreements(constellation, clients), `after ${round.fault}`).toEqual([]);
      }
      expect(clients.acknowledged).toBeGreaterThan(rounds);
    });
  });
}
