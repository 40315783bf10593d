import type { ObjectReader, StoredObject } from '../store/objects.ts';
import { Conflict, type Store } from '../store/store.ts';

/** What {@link removeExpired} works with. */
export interface ExpiryOptions {
  readonly store: Pick<Store, 'commit'> & { readonly objects: Pick<ObjectReader, 'expired'> };
  /** Is told that something has been removed. */
  readonly noticed: () => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks; one second. */
  readonly everyMs?: number;
}

/** How many objects are removed in one go. */
const page = 100;

/**
 * Removes objects whose time has come (`cdmi_retention_autodelete`, ISO/IEC 17826 §17.4), again and again.
 *
 * @returns ends it; resolves when nothing is being removed any more
 */
export function removeExpired({ store, noticed, onError, everyMs = 1000 }: ExpiryOptions): () => Promise<void> {
  let working = Promise.resolve();
  const round = async () => {
    const now = Date.now();
    const expired = await store.objects.expired(now, page);
    for (const object of expired) await remove(object, now);
    if (expired.length > 0) noticed();
  };
  const remove = async ({ id, revision, project }: StoredObject, now: number) => {
    try {
      await store.commit({ project, objects: { remove: [{ id, revision }], now }, unhurried: true });
    } catch (error) {
      // Somebody has prolonged it, or another gateway was faster.
      if (!(error instanceof Conflict)) throw error;
    }
  };
  const timer = setInterval(() => {
    working = working.then(round).catch(onError);
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return working;
  };
}
