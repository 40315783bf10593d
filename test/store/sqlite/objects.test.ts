import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { commonProject } from '../../../src/occi/entity.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { objectContract } from '../object-contract.ts';
import { change, names, node, readObject, top } from '../object-samples.ts';
import { collect } from '../samples.ts';

const root = mkdtempSync(join(tmpdir(), 'occi-objects-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const fresh = () => join(root, `${count++}`);
objectContract('SQLite', () => openSqliteStore({ directory: fresh() }));

describe('objects in SQLite', () => {
  it('are there when it is opened again, with what is known of values', async () => {
    const directory = fresh();
    const first = await openSqliteStore({ directory });
    await change(first, {
      create: [node('A', top, '', { values: ['a'] }), node('B', 'A', 'b', { guardedUntil: 9, values: ['a', 'b'] })],
    });
    await change(first, { update: [{ ...(await readObject(first, 'B')), values: ['c'] }] });
    const before = await collect(first.objects.all(commonProject));
    await first.close();
    const second = await openSqliteStore({ directory });
    expect(await collect(second.objects.all(commonProject))).toStrictEqual(before);
    expect(await second.objects.unusedValues(9)).toEqual(['b']);
    expect(await second.objects.usedValues(['a', 'b', 'c'])).toEqual(new Set(['a', 'c']));
    await second.close();
  });

  it('are not seen before their commit has resolved', async () => {
    const store = await openSqliteStore({ directory: fresh() });
    const commit = change(store, { create: [node('A', top)] });
    expect(await store.objects.object('A')).toBeUndefined();
    await commit;
    expect(await store.objects.object('A')).toBeDefined();
    await store.close();
  });

  it.each([
    ['document', '{"says":'],
    ['keys', '{}'],
    ['keys', '[1]'],
  ])('are named when they are damaged: %s %s', async (column, content) => {
    const directory = fresh();
    const store = await openSqliteStore({ directory });
    await change(store, { create: [node('A', top), node('B', 'A', 'b')] });
    await store.close();
    const database = new DatabaseSync(join(directory, 'occi.sqlite'));
    database.prepare(`UPDATE object SET ${column} = ? WHERE id = 'B'`).run(content);
    database.close();

    const damaged = await openSqliteStore({ directory });
    await expect(damaged.objects.object('B')).rejects.toThrow('the stored object B is damaged');
    await expect(damaged.objects.membersAfter('A', undefined, 9)).rejects.toThrow('the stored object B is damaged');
    expect(await names(damaged, 'A')).toEqual(['b']);
    expect(await readObject(damaged, 'A')).toBeDefined();
    await damaged.close();
  });
});
