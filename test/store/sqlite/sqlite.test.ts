import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { commonProject } from '../../../src/occi/entity.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { anyPlan, resolvePlan } from '../change-sets.ts';
import { expectSame, storeContract } from '../contract.ts';
import { Reference } from '../reference.ts';
import { collect, contents, expectWhatEarlierFormatsHad, lamp, outcome, read, tag, wire } from '../samples.ts';

const root = mkdtempSync(join(tmpdir(), 'occi-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const fresh = () => join(root, `${count++}`);

storeContract('SQLite', () => openSqliteStore({ directory: fresh() }));

describe('SQLite', () => {
  it('keeps everything, its order and the revision counter when it is opened again', async () => {
    const directory = fresh();
    const first = await openSqliteStore({ directory });
    await first.commit({
      create: [lamp('/lamp/z', { mixins: [tag('b').id] }), lamp('/lamp/a'), wire('/wire/1', '/lamp/a', '/lamp/z')],
      addMixins: [tag('b'), tag('a')],
      commands: ['c2', 'c1', 'c3'].map((id) => ({ id, backend: 'embedded', location: '/lamp/z', body: { id } })),
    });
    first.settle(['c1']);
    const before = await contents(first);
    const version = await first.mixinsVersion();
    await first.close();

    const second = await openSqliteStore({ directory });
    expect(await contents(second)).toStrictEqual(before);
    expect(second.identity).toBe(first.identity);
    expect(await second.mixinsVersion()).toBe(version);
    expect(before.commands.map(({ id }) => id)).toEqual(['c2', 'c3']);
    expect(await collect(second.locations({ mixins: [tag('b').id] }))).toEqual(['/lamp/z']);
    const all = before.views.map(({ entity }) => entity);
    const last = await second.commit({ remove: all });
    expect(last).toBeGreaterThan(Math.max(...all.map(({ revision }) => revision)));
    await second.close();

    const third = await openSqliteStore({ directory });
    expect(await third.commit({ create: [lamp('/lamp/a')] })).toBeGreaterThan(last);
    await third.close();
  });

  it.each([1, 2, 3, 4])('brings a file of format %d to the present one, with everything in it', async (format) => {
    const directory = fresh();
    mkdirSync(directory);
    const database = new DatabaseSync(join(directory, 'occi.sqlite'));
    database.exec(readFileSync(new URL(`../../fixtures/store/sqlite-${format}.sql`, import.meta.url), 'utf8'));
    database.close();

    const store = await openSqliteStore({ directory });
    await expectWhatEarlierFormatsHad(store, format >= 3);
    expect(store.identity).toHaveLength(36);
    await store.close();
    const again = await openSqliteStore({ directory });
    expect(again.identity).toBe(store.identity);
    await again.close();
  });

  it('shows nothing of a commit before that has resolved', async () => {
    const store = await openSqliteStore({ directory: fresh() });
    const commit = store.commit({ create: [lamp('/lamp/1')] });
    expect(await store.view('/lamp/1')).toBeUndefined();
    await commit;
    expect(await store.view('/lamp/1')).toBeDefined();
    await store.close();
  });

  it('applies what is committed at once in the order of the calls, each by itself', { timeout: 60_000 }, async () => {
    const severalPlans = fc.array(anyPlan, { minLength: 2, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(severalPlans, { minLength: 1, maxLength: 3 }), async (rounds) => {
        const store = await openSqliteStore({ directory: fresh() });
        try {
          const reference = new Reference();
          let revision = 0;
          for (const plans of rounds) {
            const commits = plans.map((plan) => {
              const changes = resolvePlan(plan, (location) => reference.revisionOf(location));
              const expected = reference.outcome(changes, revision + 1);
              if (typeof expected === 'number') revision = expected;
              return { expected, actual: outcome(store, changes) };
            });
            const actual = await Promise.all(commits.map((commit) => commit.actual));
            expect(actual).toEqual(commits.map(({ expected }) => expected));
            await expectSame(store, reference, []);
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets others have their turn between the pages of a listing', async () => {
    const store = await openSqliteStore({ directory: fresh() });
    await store.commit({ create: Array.from({ length: 2_600 }, (_, i) => lamp(`/lamp/${i}`)) });
    let turns = 0;
    let running = true;
    const tick = () => {
      turns += 1;
      if (running) setImmediate(tick);
    };
    setImmediate(tick);
    expect(await collect(store.views({}))).toHaveLength(2_600);
    running = false;
    expect(turns).toBeGreaterThanOrEqual(5);
    await store.close();
  });

  it('ends a listing with an error when it is closed before the last page', async () => {
    const store = await openSqliteStore({ directory: fresh() });
    await store.commit({ create: Array.from({ length: 1_200 }, (_, i) => lamp(`/lamp/${i}`)) });
    const pages = store.locations({})[Symbol.asyncIterator]();
    expect((await pages.next()).done).toBe(false);
    await store.close();
    await expect(pages.next()).rejects.toThrow('the store is closed');
  });

  describe('with a damaged row', () => {
    const documents = [
      '',
      '{"mixins":[],"attributes":{',
      'null',
      '[]',
      '{}',
      '{"mixins":[]}',
      '{"mixins":[],"attributes":[]}',
      '{"mixins":"a","attributes":{}}',
      '{"mixins":[1],"attributes":{}}',
      '{"mixins":[],"attributes":{},"pending":1}',
      '{"mixins":[],"attributes":{},"handle":[]}',
    ];

    it.each(documents)('names the entity: %s', async (document) => {
      const directory = fresh();
      const store = await openSqliteStore({ directory });
      await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2')] });
      await store.close();
      tamper(directory, 'UPDATE entity SET document = ? WHERE seq = 2', document);

      const damaged = await openSqliteStore({ directory });
      const message = 'the stored entity 2 (/lamp/2) is damaged';
      await expect(damaged.view('/lamp/2')).rejects.toThrow(message);
      await expect(damaged.byId('urn:lamp:/lamp/2')).rejects.toThrow(message);
      await expect(collect(damaged.views({}))).rejects.toThrow(message);
      expect(await collect(damaged.locations({}))).toEqual(['/lamp/1', '/lamp/2']);
      expect(await read(damaged, '/lamp/1')).toBeDefined();
      await damaged.commit({ remove: [lamp('/lamp/2', { revision: 1 })] });
      expect(await collect(damaged.views({}))).toHaveLength(1);
      await damaged.close();
    });

    it('names the mixin or the command', async () => {
      const directory = fresh();
      const store = await openSqliteStore({ directory });
      const command = { id: 'c1', backend: 'embedded', location: '/lamp/1', body: {} };
      await store.commit({ addMixins: [tag('a')], commands: [command] });
      await store.close();
      tamper(directory, 'UPDATE mixin SET document = ?', '{"class":"kind"}');
      tamper(directory, 'UPDATE command SET body = ?', '{');

      const damaged = await openSqliteStore({ directory });
      await expect(damaged.mixins(commonProject)).rejects.toThrow(`the stored mixin ${tag('a').id} is damaged`);
      await expect(damaged.commands()).rejects.toThrow('the stored command c1 is damaged');
      await damaged.close();
    });
  });
});

function tamper(directory: string, sql: string, value: string): void {
  const database = new DatabaseSync(join(directory, 'occi.sqlite'));
  database.prepare(sql).run(value);
  database.close();
}
