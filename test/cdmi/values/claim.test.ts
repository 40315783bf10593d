import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claim, ValuesClaimed } from '../../../src/cdmi/values/claim.ts';
import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import type { ValueStore } from '../../../src/cdmi/values/value-store.ts';
import { seatOf } from '../../../src/store/seat.ts';

describe('The claim of values', () => {
  let directory: string;
  let values: ValueStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-claim-'));
    values = openFileValues(directory);
  });
  afterEach(async () => {
    await values.close();
    rmSync(directory, { recursive: true });
  });

  const ours = { record: 'one', seat: 'here', where: '/here' };
  const asserted = (claimant: Partial<typeof ours>) => new Claim(values.claim, { ...ours, ...claimant }).assert();
  const file = () => join(directory, 'claim');

  it('is of whoever comes first, however often, and of all who share the record', async () => {
    await asserted({});
    const text = readFileSync(file(), 'utf8');
    await asserted({});
    await asserted({ where: '/mounted/elsewhere' });
    expect(readFileSync(file(), 'utf8')).toBe(text);
    expect(JSON.parse(text)).toEqual({ ...ours, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    expect(readdirSync(join(directory, 'aside'))).toHaveLength(2);
    expect(readdirSync(join(directory, 'aside'), { recursive: true })).toHaveLength(2);
  });

  it.each([
    ['another copy of this record, the one in /here', { seat: 'there' }],
    ['another record, the one in /here', { record: 'other', seat: 'there' }],
    ['another record, the one in /here', { record: 'other' }],
  ])('is against %s: %j', async (who, claimant) => {
    await asserted({});
    await expect(asserted(claimant)).rejects.toThrow(ValuesClaimed);
    await expect(asserted(claimant)).rejects.toThrow(who);
    await expect(asserted(claimant)).rejects.toThrow(`remove the file ${file()}`);
    rmSync(file());
    await asserted(claimant);
    await expect(asserted({})).rejects.toThrow(ValuesClaimed);
  });

  it.each(['', '{}', 'not JSON'])('is not taken for nobody’s when it cannot be read: %j', async (text) => {
    writeFileSync(file(), text);
    await expect(asserted({})).rejects.toThrow('belong to somebody, but nobody knows whom');
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it('is of one of those who come first at the same moment', async () => {
    const seats = ['a', 'b', 'c', 'd'];
    await Promise.allSettled(seats.map((seat) => asserted({ seat })));
    const later = await Promise.allSettled(seats.map((seat) => asserted({ seat })));
    expect(later.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('The seat of a record in a data directory', () => {
  it('is made once, and is that of the directory', async () => {
    const directories = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `occi-seat-${name}-`)));
    const seats = [];
    for (const dataDir of [...directories, ...directories]) {
      const { seat, where } = await seatOf({ dataDir, databaseSchema: 'occi' });
      expect(where).toContain(dataDir);
      seats.push(seat);
    }
    expect(seats[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(seats.slice(2)).toEqual(seats.slice(0, 2));
    expect(seats[0]).not.toBe(seats[1]);
    for (const directory of directories) rmSync(directory, { recursive: true });
  });
});
