import { expect, it } from 'vitest';
import { removeExpired } from '../../src/cdmi/expiry.ts';
import { containerMixin } from '../../src/cdmi/exports/storage.ts';
import type { Entity, EntityView } from '../../src/occi/entity.ts';
import type { StoredObject } from '../../src/store/objects.ts';
import type { ChangeSet, Store } from '../../src/store/store.ts';

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
