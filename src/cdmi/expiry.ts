import type { Entity } from '../occi/entity.ts';
import { type Basis, rootOf, type StoredObject } from '../store/objects.ts';
import { type ProjectStore, projectStore } from '../store/project-store.ts';
import { Conflict, type Store } from '../store/store.ts';
import { settle } from './domains/settled.ts';
import { linkTo, storagesIn } from './exports/storages-in.ts';
import type { ToldRemoval } from './watching/removal.ts';

/** What {@link removeExpired} works with. */
export interface ExpiryOptions {
  readonly store: Store;
  /** What is written into the record together with a removal, for whom that is to be told. */
  readonly told?: (object: StoredObject) => Promise<ToldRemoval | undefined>;
  /** Is told that something has been removed. */
  readonly noticed: () => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks; one second. */
  readonly everyMs?: number;
}

/** How many objects are removed in one go. */
const page = 100;

/**
 * Removes objects whose time has come (`cdmi_retention_autodelete`, ISO/IEC 17826 §17.4), and what is left of domains,
 * again and again.
 *
 * @returns ends it; resolves when nothing is being removed any more
 */
export function removeExpired({ store, told, noticed, onError, everyMs = 1000 }: ExpiryOptions): () => Promise<void> {
  let working: Promise<void> | undefined;
  /** How many have to stay for now; they come first every time, and others are not to wait for them. */
  let kept = 0;
  const round = async () => {
    const now = Date.now();
    const expired = await store.objects.expired(now, page + kept);
    kept = 0;
    for (const object of expired) if (!(await remove(object, now))) kept += 1;
    if (expired.length > kept) noticed();
  };
  /** @returns whether nothing stands in its way */
  const remove = async (object: StoredObject, now: number): Promise<boolean> => {
    const { id, revision, project, kind } = object;
    if (kind === 'domain') {
      await settle(projectStore(store, project), id);
      return true;
    }
    const going = kind === 'container' ? await goingFrom(projectStore(store, project), project, id) : nothing;
    if (going === undefined) return false;
    const { storages, expect } = going;
    const telling = await told?.(object);
    const create = telling === undefined ? [] : [telling.record];
    const objects = { remove: [{ id, revision }], create, expect, now };
    try {
      await store.commit({ project, remove: storages, objects, unhurried: true });
      telling?.done();
    } catch (error) {
      // Somebody has prolonged it, or another gateway was faster.
      if (!(error instanceof Conflict)) throw error;
    }
    return true;
  };
  const timer = setInterval(() => {
    working ??= round()
      .catch(onError)
      .finally(() => {
        working = undefined;
      });
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return working ?? Promise.resolve();
  };
}

/** What goes together with something, and what that is decided upon. */
interface Going {
  readonly storages: readonly Entity[];
  readonly expect: readonly Basis[];
}

const nothing: Going = { storages: [], expect: [] };

/** The storage that goes with a container; undefined while something is linked to it, which has to go first. */
async function goingFrom(store: ProjectStore, project: string, container: string): Promise<Going | undefined> {
  const root = await store.objects.member(rootOf(project), '');
  const storages = await storagesIn(store, container);
  if ((await linkTo(store, storages)) !== undefined) return undefined;
  return { storages, expect: root === undefined ? [] : [root] };
}
