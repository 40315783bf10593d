import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from '../../src/store/group-commit.ts';

describe('group commit', () => {
  let database: DatabaseSync;
  let commits: GroupCommit;
  let transactions: number;
  let durable: number;

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    database.exec(`
      CREATE TABLE house (name TEXT PRIMARY KEY);
      CREATE TABLE lamp (name TEXT, house TEXT REFERENCES house DEFERRABLE INITIALLY DEFERRED);`);
    transactions = 0;
    durable = 0;
    const passenger = {
      write: () => {
        transactions += 1;
      },
      written: () => {
        durable += 1;
      },
    };
    commits = new GroupCommit(database, passenger);
  });
  afterEach(() => database.close());

  const insert = (name: string, house: string | null = null) => {
    database.prepare('INSERT INTO lamp VALUES (?, ?)').run(name, house);
    return name;
  };
  const lamps = () =>
    database
      .prepare('SELECT name FROM lamp ORDER BY rowid')
      .all()
      .map(({ name }) => name);

  it('does the work of one turn in one transaction, in order, and returns its results', async () => {
    const results = ['a', 'b', 'c'].map((name) => commits.run(() => insert(name)));
    expect(transactions).toBe(0);
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
    expect(lamps()).toEqual(['a', 'b', 'c']);
    expect([transactions, durable]).toEqual([1, 1]);
  });

  it('undoes only the part that throws', async () => {
    const results = await Promise.allSettled([
      commits.run(() => insert('a')),
      commits.run(() => {
        insert('b');
        throw new Error('changed my mind');
      }),
      commits.run(() => insert('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toHaveProperty('reason.message', 'changed my mind');
    expect(lamps()).toEqual(['a', 'c']);
  });

  it('rejects everything, with the cause, when COMMIT fails', async () => {
    const results = await Promise.allSettled([
      commits.run(() => insert('a')),
      commits.run(() => insert('b', 'a house that does not exist')),
      commits.run(() => {
        throw new Error('changed my mind');
      }),
      commits.run(() => insert('d')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    for (const result of results) expect(result).toHaveProperty('reason.message', 'FOREIGN KEY constraint failed');
    expect(lamps()).toEqual([]);
    expect([transactions, durable]).toEqual([1, 0]);
    await commits.run(() => insert('later'));
    expect(lamps()).toEqual(['later']);
    expect([transactions, durable]).toEqual([2, 1]);
  });

  it('rejects everything, with the cause, when the database is full in the middle', async () => {
    database.exec('PRAGMA max_page_count = 20');
    const results = await Promise.allSettled([
      commits.run(() => insert('a')),
      commits.run(() => insert('x'.repeat(200_000))),
      commits.run(() => insert('c')),
    ]);
    for (const result of results) expect(result).toHaveProperty('reason.message', 'database or disk is full');
    expect(results).toHaveLength(3);
    expect(lamps()).toEqual([]);
    await commits.run(() => insert('later'));
    expect(lamps()).toEqual(['later']);
  });

  it('lets the event loop have its turn between batches of a long queue', async () => {
    const results = Array.from({ length: 300 }, (_, i) => commits.run(() => insert(`${i}`)));
    await nextTurn();
    expect(transactions).toBe(1);
    expect(lamps().length).toBeLessThan(300);
    await Promise.all(results);
    expect(transactions).toBeGreaterThan(2);
    expect(lamps()).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`));
  });

  it('can be told not to wait', async () => {
    const results = Array.from({ length: 300 }, (_, i) => commits.run(() => insert(`${i}`)));
    commits.flush();
    expect(lamps()).toHaveLength(300);
    expect(await Promise.all(results)).toHaveLength(300);
    const before = transactions;
    await nextTurn();
    expect(transactions).toBe(before);
  });
});
