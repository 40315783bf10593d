import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownObjects } from '../../src/store/objects.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { clear, followReference, objectContract } from '../store/object-contract.ts';
import { anyObjectPlan } from '../store/object-plans.ts';
import { change, changeOutcome, node, readObject, top } from '../store/object-samples.ts';
import { lamp, outcome, usage } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('Objects in PostgreSQL', () => {
  let server: PostgreSql;
  let url: string;
  beforeAll(async () => {
    server = await startPostgreSql();
    url = await server.database();
  });
  afterAll(() => server?.stop());

  let count = 0;
  objectContract('PostgreSQL', () => openPostgresStore({ url, schema: `objects_${count++}`, connections: 2 }));

  /** Does something with two stores on one schema, as two processes would have them. */
  async function withTwo(work: (stores: readonly [Store, Store]) => Promise<void>): Promise<void> {
    const options = { url, schema: `objects_${count++}`, connections: 3 };
    const stores = [await openPostgresStore(options), await openPostgresStore(options)] as const;
    await work(stores).finally(() => Promise.all(stores.map((store) => store.close())));
  }

  it('become the same, in one order, whoever of two changes them', { timeout: 180_000 }, async () => {
    const anyRounds = fc.array(fc.array(anyObjectPlan, { minLength: 2, maxLength: 6 }), {
      minLength: 1,
      maxLength: 10,
    });
    await withTwo(async (stores) => {
      await fc.assert(
        fc.asyncProperty(anyRounds, async (rounds) => {
          await clear(stores[0]);
          await followReference(stores, rounds);
        }),
        { numRuns: 40 },
      );
    });
  });

  it('are changed by one of two who are based on the same', async () => {
    await withTwo(async (stores) => {
      await change(stores[0], { create: [node('A', top)] });
      for (let round = 0; round < 20; round++) {
        const a = await readObject(stores[0], 'A');
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, i) =>
            changeOutcome(stores[i % 2] as Store, { expect: [a], create: [node(`${round}/${i}`, 'A', `${round}`)] }),
          ),
        );
        expect(results.filter((result) => result !== 'conflict')).toHaveLength(1);
      }
      expect(await stores[1].objects.countMembers('A')).toBe(20);
    });
  });

  it('are no more than the limit when 64 create through two', async () => {
    await withTwo(async (stores) => {
      const limits = [{ resource: 'objects', counts: [ownObjects], most: 10 }];
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, i) =>
          outcome(stores[i % 2] as Store, {
            create: [lamp(`/lamp/${i}`)],
            objects: { create: [node(`${i}`)], now: 0 },
            limits,
          }),
        ),
      );
      expect(outcomes.filter((result) => typeof result === 'number')).toHaveLength(10);
      expect((await usage(stores[1]))[0]?.[ownObjects]).toBe(10);
    });
  });

  it('that the server refuses spoil nothing that is committed beside them', async () => {
    await withTwo(async ([store]) => {
      const attempts = ['a', 'zero\0', 'b'].map((name) => change(store, { create: [node(name, top, name)] }));
      const results = await Promise.allSettled(attempts);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await store.objects.member(top, 'zero\0')).toBeUndefined();
      expect(await store.objects.countMembers(top)).toBe(2);
    });
  });
});
