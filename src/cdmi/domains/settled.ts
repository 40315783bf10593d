import type { StoredObject } from '../../store/objects.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { Conflict } from '../../store/store.ts';

/** How many objects are told at once that they belong to another domain. */
const page = 500;

/**
 * Tells all that belonged to a domain that is gone which one it belongs to now, which is that of what is left of the
 * domain, and removes that. Until then it is read there, so that nobody sees a difference: when the gateway is killed
 * meanwhile, it goes on at the next start, as with all that has expired.
 *
 * @param id what is left of the domain
 */
export async function settle(store: Pick<ProjectStore, 'objects' | 'commit'>, id: string): Promise<void> {
  for (;;) {
    const now = Date.now();
    try {
      const gone = await store.objects.object(id);
      if (gone === undefined) return;
      const objects = await store.objects.ofDomain(id, page);
      const update = objects.map((object) => belongingTo(gone, object));
      // The domain that follows may be going, too, and then another one follows.
      if (update.length > 0) await store.commit({ objects: { update, expect: [gone], now }, unhurried: true });
      if (update.length === page) continue;
      await store.commit({ objects: { remove: [gone], now }, unhurried: true });
      return;
    } catch (error) {
      // Somebody has changed one of them, or settles the same: what is left is looked at again.
      if (!(error instanceof Conflict)) throw error;
    }
  }
}

function belongingTo({ domain }: StoredObject, { domain: _, ...object }: StoredObject): StoredObject {
  return { ...object, ...(domain !== undefined && { domain }) };
}
