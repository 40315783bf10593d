import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entity } from '../../../src/occi/entity.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { openWriter } from '../../../src/store/sqlite/writer.ts';
import { collect, lamp, lampKind, read, wireKind } from '../samples.ts';

describe('the thread that writes', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-writer-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** The thread that is started next. */
  const nextThread = () => new Promise<Worker>((resolve) => process.once('worker', resolve));

  it('says why a database cannot be opened, and has ended then', async () => {
    const thread = nextThread();
    await expect(openWriter(join(directory, 'none', 'occi.sqlite'))).rejects.toThrow('unable to open database file');
    // A thread that has ended has no id any more.
    expect((await thread).threadId).toBe(-1);
  });

  it('leaves everybody else their turn while it writes', async () => {
    const store = await openSqliteStore({ directory });
    await store.commit({ create: [lamp('/lamp/old')] });
    let done = false;
    const commit = store.commit({ create: Array.from({ length: 5_000 }, (_, i) => lamp(`/lamp/${i}`)) });
    void commit.then(() => {
      done = true;
    });
    let turns = 0;
    for (; !done; turns++) {
      const seen = await collect(store.locations({ limit: 2 }));
      expect(seen).toHaveLength(done ? 2 : 1);
      expect(await read(store, '/lamp/old')).toBeDefined();
      await nextTurn();
    }
    expect(turns).toBeGreaterThan(5);
    await store.close();
  });

  /** Keeps the event loop busy until the file has something, so that nobody can have been told of it. */
  const untilInFile = (condition: string): void => {
    const other = new DatabaseSync(join(directory, 'occi.sqlite'), { readOnly: true });
    const found = other.prepare(`SELECT ${condition} AS found FROM entity`);
    while (found.get()?.['found'] !== 1);
    other.close();
  };

  it('shows nothing of what is written since somebody has read, before it is acknowledged', async () => {
    const store = await openSqliteStore({ directory });
    await store.commit({ create: [lamp('/lamp/1')] });
    expect(await store.byId('urn:lamp:/lamp/2')).toBeUndefined();
    const commit = store.commit({ create: [lamp('/lamp/2')] });
    await nextTurn();
    untilInFile('count(*) = 2');
    expect(await store.view('/lamp/2')).toBeUndefined();
    expect(await store.byId('urn:lamp:/lamp/2')).toBeUndefined();
    await commit;
    expect(await store.view('/lamp/2')).toBeDefined();
    await store.close();
  });

  it('shows what is in the file already as a whole, whatever it remembers of what was there before', async () => {
    const store = await openSqliteStore({ directory, cachedViews: 600 });
    const places = Array.from({ length: 502 }, (_, i) => `/lamp/${i}`);
    const others = Array.from({ length: 300 }, (_, i) => lamp(`/other/${i}`, { kind: wireKind }));
    await store.commit({ create: [...places.map((location) => lamp(location)), ...others] });
    const listed = async () => (await collect(store.views({ kind: lampKind }))).map(({ entity }) => entity);
    const [first, second] = (await listed()) as [Entity, Entity];
    // Now it remembers where all lamps are, and some of them.
    for (const { location } of [...others, second]) await store.view(location);
    await store.commit({});
    const attributes = { ...second.attributes, 'test.lab.watts': 1 };
    const commit = store.commit({ remove: [first], update: [{ ...second, attributes }], create: [lamp('/lamp/new')] });
    await nextTurn();
    untilInFile("sum(location = '/lamp/new') = 1");
    const there = [...places.slice(1), '/lamp/new'];
    for (const when of ['before', 'after']) {
      const seen = await listed();
      expect(
        seen.map(({ location }) => location),
        when,
      ).toEqual(there);
      expect(seen[0]?.attributes, when).toEqual(attributes);
      expect(await collect(store.locations({ kind: lampKind })), when).toEqual(there);
      expect((await store.view(second.location))?.entity.attributes, when).toEqual(attributes);
      expect((await store.byId('urn:lamp:/lamp/1'))?.attributes, when).toEqual(attributes);
      await commit;
    }
    expect(await store.view(first.location)).toBeUndefined();
    await store.close();
  });

  it('keeps the log short, although somebody always reads', async () => {
    const store = await openSqliteStore({ directory });
    const locations = Array.from({ length: 250 }, (_, i) => `/lamp/${i}`);
    await store.commit({ create: locations.map((location) => lamp(location)) });
    const log = () => statSync(join(directory, 'occi.sqlite-wal')).size;
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        const views = await collect(store.views({}));
        const commit = store.commit({ update: views.map(({ entity }) => entity) });
        await store.byId('urn:lamp:/lamp/1');
        await commit;
      }
    };
    await rounds(10);
    const before = log();
    await rounds(40);
    expect(log()).toBeLessThan(2 * before);
    await store.close();
    expect(existsSync(join(directory, 'occi.sqlite-wal'))).toBe(false);
  });

  it('takes only the writing with it when it dies', async () => {
    const started = nextThread();
    const store = await openSqliteStore({ directory });
    await store.commit({ create: [lamp('/lamp/1')] });
    const waiting = store.commit({ create: [lamp('/lamp/2')] });
    const next = store.commit({ create: [lamp('/lamp/3')] });
    await (await started).terminate();
    const message = 'the thread that writes to the database has died: it exited with 1; restart the gateway';
    await expect(waiting).rejects.toThrow(message);
    await expect(next).rejects.toThrow(message);
    await expect(store.commit({ create: [lamp('/lamp/4')] })).rejects.toThrow(message);
    await expect(store.health()).rejects.toThrow(message);
    expect(await read(store, '/lamp/1')).toBeDefined();
    store.settle(['c1']);
    await store.close();
    const again = await openSqliteStore({ directory });
    expect(await read(again, '/lamp/1')).toBeDefined();
    await again.close();
  });

  it('lets a process end that has forgotten to close, once everything is written', { timeout: 30_000 }, async () => {
    const store = new URL('../../../src/store/sqlite/sqlite-store.ts', import.meta.url).href;
    const script = `
      const { openSqliteStore } = await import(${JSON.stringify(store)});
      const store = await openSqliteStore({ directory: process.argv[1] });
      store.commit({ commands: [{ id: 'c1', backend: 'embedded', location: '/lamp/1', body: {} }] });`;
    const options = ['--input-type=module', '--eval', script, directory];
    const { status, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8', timeout: 20_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const again = await openSqliteStore({ directory });
    expect((await again.commands()).map(({ id }) => id)).toEqual(['c1']);
    await again.close();
  });
});
