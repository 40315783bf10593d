import type { EntityView } from '../occi/entity.ts';
import type { Mixin } from '../occi/mixin.ts';
import { type ProjectObjects, projectObjects } from './project-objects.ts';
import type { Store, Usage } from './store.ts';

/** What one project sees of a store, and what it writes. */
export interface ProjectStore
  extends Pick<Store, 'shared' | 'view' | 'byId' | 'linksAt' | 'locations' | 'views' | 'mixinsVersion' | 'commit'> {
  readonly objects: ProjectObjects;
  /** The mixins that the project has added at run time, in order. */
  mixins(): Promise<readonly Mixin[]>;
  /** What the project uses. */
  usage(): Promise<Usage>;
  /** Whether no project has anything at a location; machines and URLs are in one world. */
  isFree(location: string): Promise<boolean>;
  /** Whether no project has anything with an id. */
  isNew(id: string): Promise<boolean>;
}

/** The part of a store that belongs to a project. What belongs to others is not there for it. */
export function projectStore(store: Store, project: string): ProjectStore {
  const own = (view: EntityView | undefined) => (view?.entity.project === project ? view : undefined);
  return {
    shared: store.shared,
    objects: projectObjects(store.objects, project),
    view: (location) => store.view(location).then(own),
    byId: async (id) => {
      const entity = await store.byId(id);
      return entity?.project === project ? entity : undefined;
    },
    linksAt: async (location) => (await store.linksAt(location)).filter((link) => link.project === project),
    locations: (selection) => store.locations({ ...selection, project }),
    views: (selection) => store.views({ ...selection, project }),
    mixins: () => store.mixins(project),
    usage: () => store.usage(project),
    isFree: async (location) => (await store.view(location)) === undefined,
    isNew: async (id) => (await store.byId(id)) === undefined,
    mixinsVersion: () => store.mixinsVersion(),
    commit: (changes) => store.commit({ ...changes, project }),
  };
}
