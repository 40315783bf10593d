import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SharedTransaction } from '../../../src/store/sqlite/shared-transaction.ts';

describe('a shared transaction', () => {
  let database: DatabaseSync;
  let transaction: SharedTransaction;

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    database.exec(`
      CREATE TABLE house (name TEXT PRIMARY KEY);
      CREATE TABLE lamp (name TEXT, house TEXT REFERENCES house DEFERRABLE INITIALLY DEFERRED);`);
    transaction = new SharedTransaction(database);
  });
  afterEach(() => database.close());

  const insert = (name: string, house: string | null = null) => {
    database.prepare('INSERT INTO lamp VALUES (?, ?)').run(name, house);
    return name;
  };
  const inserting = (name: string, house?: string) => () => insert(name, house);
  const changingItsMind = (): never => {
    insert('b');
    throw new Error('changed my mind');
  };
  const nothing = { before: () => undefined, after: () => undefined };
  const lamps = () =>
    database
      .prepare('SELECT name FROM lamp ORDER BY rowid')
      .all()
      .map(({ name }) => name);

  it('does all work in order, in its frame, and returns its results', () => {
    const results = transaction.run(
      { before: () => void insert('z'), after: () => void insert('y') },
      ['a', 'b'].map((name) => inserting(name)),
    );
    expect(results).toEqual(['a', 'b'].map((value) => ({ status: 'fulfilled', value })));
    expect(lamps()).toEqual(['z', 'a', 'b', 'y']);
    expect(database.isTransaction).toBe(false);
  });

  it('undoes only the part that throws', () => {
    const results = transaction.run(nothing, [inserting('a'), changingItsMind, inserting('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toHaveProperty('reason.message', 'changed my mind');
    expect(lamps()).toEqual(['a', 'c']);
  });

  it('undoes everything when its frame throws', () => {
    for (const frame of [
      { ...nothing, before: changingItsMind },
      { ...nothing, after: changingItsMind },
    ]) {
      expect(() => transaction.run(frame, [inserting('a')])).toThrow('changed my mind');
      expect(lamps()).toEqual([]);
      expect(database.isTransaction).toBe(false);
    }
  });

  it('undoes everything, with the cause, when COMMIT fails', () => {
    const work = [inserting('a'), inserting('b', 'a house that does not exist'), changingItsMind, inserting('d')];
    expect(() => transaction.run(nothing, work)).toThrow('FOREIGN KEY constraint failed');
    expect(lamps()).toEqual([]);
    transaction.run(nothing, [inserting('later')]);
    expect(lamps()).toEqual(['later']);
  });

  it('undoes everything, with the cause, when the database is full in the middle', () => {
    database.exec('PRAGMA max_page_count = 20');
    const work = [inserting('a'), inserting('x'.repeat(200_000)), inserting('c')];
    expect(() => transaction.run(nothing, work)).toThrow('database or disk is full');
    expect(lamps()).toEqual([]);
    transaction.run(nothing, [inserting('later')]);
    expect(lamps()).toEqual(['later']);
  });
});
