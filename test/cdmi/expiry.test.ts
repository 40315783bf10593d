import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeExpired } from '../../src/cdmi/expiry.ts';
import { containerMixin } from '../../src/cdmi/exports/storage.ts';
import type { CdmiObject, Domain } from '../../src/cdmi/object.ts';
import { toStored } from '../../src/cdmi/stored-form.ts';
import type { Entity, EntityView } from '../../src/occi/entity.ts';
import type { StoredObject } from '../../src/store/objects.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { ChangeSet, Store } from '../../src/store/store.ts';
import { until } from '../http/until.ts';

const project = 'a';

const container = (id: string): StoredObject => ({
  id,
  project,
  parent: '/a',
  name: id,
  kind: 'container',
  revision: 1,
  size: 0,
  values: [],
  document: {},
});

const entity = (location: string, more: Partial<Entity> = {}): Entity => ({
  location,
  project,
  kind: 'k',
  mixins: [],
  attributes: {},
  revision: 1,
  ...more,
});

/** A record with containers that have expired, some of which are linked to machines. */
function recordOf(linked: readonly string[], free: readonly string[]) {
  const expired = new Map([...linked, ...free].map((id) => [id, container(id)]));
  const storages = linked.map((id) =>
    entity(`/storage/${id}`, { mixins: [containerMixin], attributes: { 'cdmi.objectid': id } }),
  );
  const gone = Promise.withResolvers<void>();
  const store = {
    async *views() {
      yield storages.map((storage): EntityView => ({ entity: storage, links: [] }));
    },
    linksAt: async () => [entity('/link/1')],
    objects: {
      object: async (id: string) => expired.get(id),
      member: async () => undefined,
      expired: async (_now: number, count: number) => [...expired.values()].slice(0, count),
    },
    async commit({ objects }: ChangeSet) {
      for (const { id } of objects?.remove ?? []) expired.delete(id);
      if (expired.size === linked.length) gone.resolve();
      return 1;
    },
  } as unknown as Store;
  return { store, expired, gone: gone.promise };
}

it('[CDMI-T9] what cannot go yet does not stand in the way of others, however many there are', async () => {
  const linked = Array.from({ length: 250 }, (_, i) => `linked-${i}`);
  const { store, expired, gone } = recordOf(linked, ['free-1', 'free-2']);
  const errors: unknown[] = [];
  const end = removeExpired({ store, noticed: () => {}, onError: (error) => errors.push(error), everyMs: 1 });
  await gone;
  await end();
  expect([...expired.keys()]).toEqual(linked);
  expect(errors).toEqual([]);
});

it('[CDMI-O4] what is left of a domain goes when all that belonged to it has been told', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'occi-expiry-'));
  const store = await openSqliteStore({ directory });
  try {
    const time = 1_700_000_000_000_000;
    const common = {
      project,
      revision: 0,
      created: time,
      modified: time,
      owner: 'o',
      metadata: {},
      acl: [],
      others: {},
    };
    const nameless = { ...common, parent: '', name: '', completion: 'Complete' } as const;
    const domain = (id: string, more: Partial<Domain>): Domain => ({ ...nameless, kind: 'domain', id, ...more });
    // As the record is when the gateway is killed right after two domains have been deleted, one behind the other.
    const create = [
      domain('heir', {}),
      domain('first', { hidden: true, gone: true, domain: 'second' }),
      domain('second', { hidden: true, gone: true, domain: 'heir' }),
      domain('last', { hidden: true, gone: true }),
      ...Array.from({ length: 1_100 }, (_, i): CdmiObject => {
        const of = i === 0 ? 'last' : i % 2 === 0 ? 'first' : 'second';
        return { ...nameless, kind: 'queue', next: 0, id: `o${i}`, domain: of };
      }),
    ].map(toStored);
    await store.commit({ objects: { create, now: 0 } });
    const errors: unknown[] = [];
    const end = removeExpired({ store, noticed: () => {}, onError: (error) => errors.push(error), everyMs: 1 });
    await until(
      () => store.objects.expired(Date.now(), 9),
      (left) => left.length === 0,
    );
    await end();
    expect(errors).toEqual([]);
    expect(await store.objects.domainLoad('heir')).toMatchObject({ count: 1_099 });
    expect((await store.objects.object('o0'))?.domain).toBeUndefined();
    for (const gone of ['first', 'second', 'last']) expect(await store.objects.object(gone)).toBeUndefined();
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
