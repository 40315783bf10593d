import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromJson } from '../../../../src/cdmi/domains/summary/account-json.ts';
import { DomainSummaries } from '../../../../src/cdmi/domains/summary/domain-summaries.ts';
import { makeTopDomain } from '../../../../src/cdmi/domains/top-domain.ts';
import type { Container, Domain, Summary } from '../../../../src/cdmi/object.ts';
import { summaryName } from '../../../../src/cdmi/path.ts';
import { fromStored, toStored } from '../../../../src/cdmi/stored-form.ts';
import { noteKind, rootOf } from '../../../../src/store/objects.ts';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../../src/store/store.ts';

const project = 'home';
const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 22, 8);

let directory: string;
let store: Store;
let time: number;
let ids: number;
let errors: unknown[];
let opened: DomainSummaries[];
let root: Container;
let lab: Domain;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'occi-summaries-'));
  store = await openSqliteStore({ directory });
  time = start;
  ids = 0;
  errors = [];
  opened = [];
  root = { ...object('container', rootOf(project), ''), kind: 'container', exports: {} };
  await store.commit({ objects: { create: [toStored(root)], now: 0 } });
  const top = await makeTopDomain({ project, credentials: { user: 'anna' }, ...making, store }, root);
  lab = { ...object('domain', top.id, 'lab'), kind: 'domain' };
  await store.commit({ objects: { create: [toStored(lab)], now: 0 } });
  const first = open();
  first.changed(project);
  await first.flush();
});
afterEach(async () => {
  for (const summaries of opened) await summaries.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

const making = { newId: () => `${++ids}`.padStart(4, '0'), now: () => time * 1000 };

/** Never by itself, unless something is said. */
function open(days = 400, everyMs = 2 ** 30): DomainSummaries {
  const onError = (error: unknown) => errors.push(error);
  const summaries = new DomainSummaries({ ...making, store, everyMs, days, onError });
  opened.push(summaries);
  return summaries;
}

describe('ISO/IEC 17826 §10 domain summaries in the record', () => {
  it('[CDMI-O6] go on without a gateway, with what there was when it ended', async () => {
    const one = open();
    await put('a', 100);
    one.changed(project);
    one.count({ project, domain: lab.id }, { puts: 1n, writes: 100n });
    await one.close();
    time += 10 * hour;
    await open().flush();
    expect(await read('cumulative')).toMatchObject({
      at: start,
      load: { count: 1, size: 100 },
      counts: { puts: 1n, gets: 0n, writes: 100n, reads: 0n },
    });
    // Nothing has changed, so nothing was written; the next one is on another day.
    time += 10 * hour;
    await open().flush();
    const all = await read('cumulative');
    expect(all).toMatchObject({ objectTime: BigInt(20 * hour), byteTime: BigInt(2000 * hour) });
    expect((await read('daily/2026-11-22')).objectTime).toBe(BigInt(16 * hour));
    expect((await read('daily/2026-11-23')).objectTime).toBe(BigInt(4 * hour));
    expect(await kept('daily')).toEqual(['2026-11-22', '2026-11-23']);
  });

  it('[CDMI-O6] find out at the start what was lost when the last gateway was killed', async () => {
    await put('a', 7);
    time += hour;
    await open().flush();
    expect(await read('cumulative')).toMatchObject({ load: { count: 1, size: 7 }, objectTime: 0n });
  });

  it('[CDMI-O6] are written once for all that was counted, and not at all where nothing was', async () => {
    const summaries = open();
    await summaries.flush();
    const before = await revision();
    for (let i = 0; i < 1000; i++) summaries.count({ project, domain: lab.id }, { gets: 1n, reads: 3n });
    expect(await revision()).toBe(before);
    await summaries.flush();
    expect((await read('cumulative')).counts).toMatchObject({ gets: 1000n, reads: 3000n });
    const after = await revision();
    await summaries.flush();
    expect(await revision()).toBe(after);
  });

  it('[CDMI-O6] of several gateways are added up, whoever comes first', async () => {
    const both = [open(), open()] as const;
    await both[0].flush();
    for (let round = 0; round < 10; round++) {
      for (const one of both) one.count({ project, domain: lab.id }, { puts: 1n });
      await Promise.all(both.flatMap((one) => [one.flush(), one.settle([lab])]));
    }
    await Promise.all(both.map((one) => one.flush()));
    expect((await read('cumulative')).counts.puts).toBe(20n);
    expect((await read('daily/2026-11-22')).counts.puts).toBe(20n);
  });

  it('[CDMI-O6] put what was done before midnight where it belongs', async () => {
    const [late, early] = [open(), open()];
    await late.flush();
    late.count({ project, domain: lab.id }, { puts: 3n });
    time = Date.UTC(2026, 11, 1);
    late.count({ project, domain: lab.id }, { puts: 4n });
    await early.flush();
    await late.flush();
    const puts = async (place: string) => (await read(place)).counts.puts;
    expect(await Promise.all(['daily/2026-11-22', 'daily/2026-12-01', 'daily/2026-11-30'].map(puts))).toEqual([
      3n,
      4n,
      0n,
    ]);
    expect(await Promise.all(['monthly/2026-11', 'monthly/2026-12', 'yearly/2026'].map(puts))).toEqual([3n, 4n, 7n]);
    expect(await puts('cumulative')).toBe(7n);
  });

  it('[CDMI-O6] of days are kept as long as is said, those of months and years for ever', async () => {
    const summaries = open(5);
    await summaries.flush();
    for (let i = 0; i < 8; i++) {
      time += day;
      await summaries.flush();
    }
    expect(await kept('daily')).toEqual(['2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30']);
    time += 800 * day;
    await summaries.flush();
    expect(await kept('daily')).toHaveLength(5);
    expect((await kept('daily')).at(-1)).toBe(new Date(time).toISOString().slice(0, 10));
    expect(await kept('monthly')).toHaveLength(28);
    expect(await kept('yearly')).toEqual(['2026', '2027', '2028', '2029']);
    expect((await read('cumulative')).at).toBe(time);
    await open(2).flush();
    time += day;
    await open(2).flush();
    expect(await kept('daily')).toHaveLength(2);
  });

  it('[CDMI-O6] are no burden to quotas, and forgotten with their domain', async () => {
    const summaries = open();
    await summaries.flush();
    const used = await store.usage(project);
    time += 30 * day;
    await summaries.flush();
    expect(await kept('daily')).toHaveLength(31);
    expect(await store.usage(project)).toEqual(used);
    summaries.count({ project, domain: lab.id }, { puts: 1n });
    const stored = await store.objects.object(lab.id);
    await store.commit({ objects: { remove: stored === undefined ? [] : [stored], now: time } });
    // Somebody reads of it at the same time.
    await summaries.settle([lab]);
    await summaries.flush();
    expect(await store.objects.object(lab.id)).toBeUndefined();
    for await (const page of store.objects.all(project)) {
      for (const { kind, parent } of page)
        if (kind === noteKind) expect(await store.objects.object(parent)).toBeDefined();
    }
  });

  it('[CDMI-O6] are written down by themselves', async () => {
    const written = Promise.withResolvers<void>();
    const watched: Store = {
      ...store,
      identity: store.identity,
      objects: store.objects,
      usage: (name) => store.usage(name),
      async commit(changes) {
        const revision = await store.commit(changes);
        written.resolve();
        return revision;
      },
    };
    const own = new DomainSummaries({
      ...making,
      store: watched,
      everyMs: 1,
      days: 9,
      onError: (error) => errors.push(error),
    });
    own.count({ project, domain: lab.id }, { gets: 1n });
    await written.promise;
    await own.close();
    expect((await read('cumulative')).counts.gets).toBe(1n);
  });

  it('[CDMI-O6] are counted again when the record was away', async () => {
    let isAway = true;
    const failed: unknown[] = [];
    const flaky: Store = {
      ...store,
      identity: store.identity,
      get objects() {
        if (isAway) throw new Error('away');
        return store.objects;
      },
      usage: (name) => store.usage(name),
      commit: (changes) => (isAway ? Promise.reject(new Error('away')) : store.commit(changes)),
    };
    const own = new DomainSummaries({
      ...making,
      store: flaky,
      everyMs: 2 ** 30,
      days: 9,
      onError: (error) => failed.push(error),
    });
    own.count({ project, domain: lab.id }, { gets: 5n });
    await own.flush();
    // All of them were to be looked at, and those that something was done with.
    expect(failed).toHaveLength(2);
    isAway = false;
    await own.close();
    expect((await read('cumulative')).counts.gets).toBe(5n);
  });
});

function object(kind: string, parent: string, name: string) {
  return {
    id: making.newId(),
    project,
    parent,
    name,
    revision: 0,
    created: 0,
    modified: 0,
    owner: 'anna',
    metadata: {},
    acl: [],
    others: { kind },
    completion: 'Complete',
  } as const;
}

/** Makes an object of the domain. */
async function put(name: string, size: number): Promise<void> {
  const value = [{ offset: 0, length: size }];
  const made = { ...object('dataobject', root.id, name), kind: 'dataobject', domain: lab.id } as const;
  const one = toStored({ ...made, mimetype: 'text/plain', encoding: 'utf-8', value });
  await store.commit({ objects: { create: [one], now: 0 } });
}

/** What is kept of the domain. */
async function read(place: string) {
  const found = await store.objects.path(lab.id, [summaryName, ...place.split('/')]);
  const note = found.at(-1);
  if (note?.kind !== noteKind) throw new Error(`there is no ${place}`);
  return fromJson((fromStored(note) as Summary).account);
}

async function kept(scale: string): Promise<readonly string[]> {
  const [, container] = await store.objects.path(lab.id, [summaryName, scale]);
  const members = await store.objects.members(container?.id ?? '', { offset: 0, limit: 1000 });
  return members.map(({ name }) => name);
}

async function revision(): Promise<number> {
  const [, note] = await store.objects.path(lab.id, [summaryName, 'cumulative']);
  return note?.revision ?? 0;
}
