import type { Entity } from '../../occi/entity.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { containerMixin, containerOf } from './storage.ts';

/** What has to be known of a project. */
type Record = Pick<ProjectStore, 'views' | 'linksAt'> & { readonly objects: Pick<ProjectStore['objects'], 'object'> };

/**
 * The storage that stands for a container, and for those that are in it, at whatever depth. Exports are few, containers
 * may be large: so it is looked from the exports up.
 */
export async function storagesIn(store: Record, container: string): Promise<readonly Entity[]> {
  const storages: Entity[] = [];
  for await (const views of store.views({ mixins: [containerMixin] })) {
    for (const { entity } of views) {
      const exported = containerOf(entity);
      if (exported !== undefined && (await isIn(store, exported, container))) storages.push(entity);
    }
  }
  return storages;
}

async function isIn({ objects }: Record, id: string, container: string): Promise<boolean> {
  for (let at: string | undefined = id; at !== undefined; at = (await objects.object(at))?.parent) {
    if (at === container) return true;
  }
  return false;
}

/** The location of a link to one of some storages, where there is one. */
export async function linkTo(
  store: Pick<ProjectStore, 'linksAt'>,
  storages: readonly Entity[],
): Promise<string | undefined> {
  for (const { location } of storages) {
    const [link] = await store.linksAt(location);
    if (link !== undefined) return link.location;
  }
  return undefined;
}
