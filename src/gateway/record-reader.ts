import { setImmediate } from 'node:timers/promises';
import type { RecordReader } from '../backends/backend.ts';
import type { Store } from '../store/store.ts';

/** What backends see of the record. */
export function recordReader(store: Store): RecordReader {
  return {
    at: async (location) => (await store.view(location))?.entity,
    byId: (id) => store.byId(id),
    linksAt: (location) => store.linksAt(location),
    async *entities(kind) {
      // In the order of their projects, there is an index: what is rare need not be looked for among all there is.
      for (const project of await store.projectsWith(kind)) {
        for await (const page of store.views({ project, kind })) {
          for (const { entity } of page) yield entity;
          // Whoever reads everything must not keep others waiting.
          await setImmediate();
        }
      }
    },
  };
}
