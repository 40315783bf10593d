import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { commonProject } from '../../src/occi/entity.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { until } from '../http/until.ts';
import { anyPlan, anySelection, resolvePlan } from '../store/change-sets.ts';
import { expectSame } from '../store/contract.ts';
import { Reference } from '../store/reference.ts';
import { collect, lamp, outcome, read, tag, wire } from '../store/samples.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { startProcess } from './lab/server-process.ts';
import { describeWith } from './lab/shared.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('Several stores on one database', () => {
  let server: PostgreSql;
  let url: string;
  let stores: readonly [Store, Store];
  beforeAll(async () => {
    server = await startPostgreSql();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.database();
    stores = await openTwo('occi');
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  async function openTwo(schema: string): Promise<readonly [Store, Store]> {
    const options = { url, schema, connections: 3, beatMs: 50, goneMs: 1_500 };
    return [await openPostgresStore(options), await openPostgresStore(options)];
  }

  it('apply what is committed at once in one order, each by itself', async () => {
    let schemas = 0;
    const anyRound = fc.array(fc.record({ plan: anyPlan, by: fc.nat({ max: 1 }) }), { minLength: 2, maxLength: 16 });
    const anyRounds = fc.array(anyRound, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(anyRounds, fc.array(anySelection, { maxLength: 3 }), async (rounds, selections) => {
        const pair = await openTwo(`property_${schemas++}`);
        try {
          const reference = new Reference();
          for (const round of rounds) {
            const attempts = round.map(async ({ plan, by }) => {
              // Whose commands are whose is another matter.
              const changes = { ...resolvePlan(plan, (location) => reference.revisionOf(location)), commands: [] };
              return { changes, revision: await outcome(pair[by] as Store, changes) };
            });
            const succeeded = (await Promise.all(attempts)).flatMap(({ changes, revision }) =>
              typeof revision === 'number' ? [{ changes, revision }] : [],
            );
            succeeded.sort((a, b) => a.revision - b.revision);
            for (const { changes, revision } of succeeded) expect(reference.outcome(changes, revision)).toBe(revision);
            for (const store of pair) await expectSame(store, reference, selections);
          }
        } finally {
          await Promise.all(pair.map((store) => store.close()));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('let one win when both change an entity', async () => {
    await stores[0].commit({ create: [lamp('/lamp/1')] });
    for (let round = 0; round < 20; round++) {
      const base = await read(stores[0], '/lamp/1');
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, i) => outcome(stores[i % 2] as Store, { update: [base] })),
      );
      expect(outcomes.filter((result) => result !== 'conflict')).toEqual([(await read(stores[1], '/lamp/1')).revision]);
    }
  });

  it('use no more of what is limited than they may, together', async () => {
    const kind = 'http://example.org/occi/house#scarce';
    const limits = [{ resource: 'scarce', counts: [kind], most: 10 }];
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        outcome(stores[i % 2] as Store, { create: [lamp(`/scarce/${i}`, { kind })], limits }),
      ),
    );
    expect(outcomes.filter((result) => typeof result === 'number')).toHaveLength(10);
    expect(outcomes.filter((result) => result === 'over a limit')).toHaveLength(54);
    for (const store of stores) expect((await store.usage(commonProject)).get(kind)).toBe(10);
  });

  it('leave no link without its ends, whoever is faster', async () => {
    for (let round = 0; round < 30; round++) {
      const ends = [`/lamp/${round}/a`, `/lamp/${round}/b`] as const;
      await stores[0].commit({ create: ends.map((location) => lamp(location)) });
      const link = wire(`/wire/${round}`, ...ends);
      const gone = await read(stores[1], ends[1]);
      const attempts = [
        () => outcome(stores[0], { create: [link], requireEntities: ends }),
        () => outcome(stores[1], { remove: [gone] }),
      ];
      if (round % 2 === 1) attempts.reverse();
      const results = await Promise.all(attempts.map((attempt) => attempt()));
      expect(results.filter((result) => result !== 'conflict')).toHaveLength(1);
      const [hasLink, hasEnd] = [await stores[1].view(link.location), await stores[0].view(ends[1])];
      expect(hasLink !== undefined).toBe(hasEnd !== undefined);
    }
  });

  it('list in the order of commits, and hide nothing, while both write', async () => {
    const acknowledged = new Map<string, number>();
    let running = true;
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; running; i++) {
        const location = `/lamp/${writer}/${i}`;
        acknowledged.set(location, await (stores[writer % 2] as Store).commit({ create: [lamp(location)] }));
      }
    };
    const writing = Promise.all([0, 1, 2, 3, 4, 5].map(write));
    while (acknowledged.size < 1_500) {
      const seen = (await collect(stores[0].views({}))).map(({ entity }) => entity);
      const revisions = seen.map(({ revision }) => revision);
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      const last = revisions.at(-1) ?? 0;
      const locations = new Set(seen.map(({ location }) => location));
      expect(locations.size).toBe(seen.length);
      const hidden = [...acknowledged].filter(([location, at]) => at <= last && !locations.has(location));
      expect(hidden).toEqual([]);
    }
    running = false;
    await writing;
    expect(await collect(stores[1].locations({}))).toHaveLength(acknowledged.size);
  });

  it('see the mixins of each other, and their version', async () => {
    const before = await stores[1].mixinsVersion();
    await stores[0].commit({ addMixins: [tag('a')] });
    const added = await stores[1].mixinsVersion();
    expect(added).toBeGreaterThan(before);
    expect(await stores[1].mixins(commonProject)).toEqual([tag('a')]);
    await stores[1].commit({ removeMixins: [tag('a').id] });
    expect(await stores[0].mixinsVersion()).toBeGreaterThan(added);
    expect(await stores[0].mixins(commonProject)).toEqual([]);
  });

  const command = (id: string) => ({ id, backend: 'embedded', location: '/lamp/1', body: {} });
  const ids = async (store: Store) => (await store.commands()).map(({ id }) => id);

  it('deliver what they have committed themselves, and share what one leaves behind', async () => {
    await stores[0].commit({ commands: ['a', 'b'].map(command) });
    await stores[1].commit({ commands: ['c', 'd'].map(command) });
    expect([await ids(stores[0]), await ids(stores[1])]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    stores[1].settle(['c']);
    await stores[1].close();
    expect(await ids(stores[0])).toEqual(['a', 'b', 'd']);
  });

  it('take over each command once, however many want it at the same moment', async () => {
    for (let round = 0; round < 40; round++) {
      const leaver = await openPostgresStore({ url });
      const left = ['a', 'b', 'c', 'd'].map((name) => `${round}/${name}`);
      await leaver.commit({ commands: left.map(command) });
      await leaver.close();
      const found = (await Promise.all([...stores, ...stores].map(ids))).slice(0, 2);
      const owned = await Promise.all(stores.map(ids));
      expect(owned.flat().sort()).toEqual(left);
      // Nobody was given what became somebody else's.
      for (const [i, mine] of found.entries()) expect(owned[i]).toEqual(expect.arrayContaining(mine));
      for (const store of stores) store.settle(left);
      await stores[0].commit({});
    }
  });

  const script = join(import.meta.dirname, '..', 'store', 'postgres-process.ts');
  const startOther = async (commands: number) => {
    const lines: string[] = [];
    const other = await startProcess([process.execPath, script, url, `${commands}`], {
      ready: /^\[/,
      onLine: (line) => lines.push(line),
    });
    const last = async (count: number) => {
      await until(
        async () => lines.length,
        (length) => length >= count,
      );
      return JSON.parse(lines.at(-1) as string) as readonly string[];
    };
    return { other, last };
  };

  it('take over the commands of a process that was killed, each once', async () => {
    const { other, last } = await startOther(40);
    const left = await last(1);
    expect(left).toHaveLength(40);
    expect(await ids(stores[0])).toEqual([]);
    await other.kill();
    const taken = new Map<string, readonly string[]>();
    const all = await until(
      async () => {
        const found = await Promise.all(stores.map(ids));
        found.forEach((mine, i) => {
          taken.set(`${i}`, mine);
        });
        return [...taken.values()].flat();
      },
      (found) => found.length >= left.length,
    );
    expect([...all].sort()).toEqual([...left].sort());
    for (const mine of taken.values()) expect(mine).toEqual(left.filter((id) => mine.includes(id)));
  });

  it('keep what they have taken over from a process that comes back', async () => {
    const { other, last } = await startOther(3);
    const left = await last(1);
    process.kill(other.pid, 'SIGSTOP');
    const taken = await until(
      () => ids(stores[0]),
      (found) => found.length > 0,
    );
    expect(taken).toEqual(left);
    process.kill(other.pid, 'SIGCONT');
    other.stdin.write('\n');
    expect(await last(2)).toEqual([]);
    expect(await ids(stores[1])).toEqual([]);
    expect(await ids(stores[0])).toEqual(left);
    await other.kill();
  });
});
