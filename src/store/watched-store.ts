import type { ChangeSet, Store } from './store.ts';

/**
 * A store that tells what is written through it, once it is durable and in the order in which it became so.
 *
 * @param told is called with each change set and the revision that its entities have now
 */
export function watchedStore(store: Store, told: (changes: ChangeSet, revision: number) => void): Store {
  return {
    identity: store.identity,
    shared: store.shared,
    view: (location) => store.view(location),
    byId: (id) => store.byId(id),
    linksAt: (location) => store.linksAt(location),
    locations: (selection) => store.locations(selection),
    views: (selection) => store.views(selection),
    mixins: (project) => store.mixins(project),
    mixinsVersion: () => store.mixinsVersion(),
    async commit(changes) {
      const revision = await store.commit(changes);
      told(changes, revision);
      return revision;
    },
    commands: () => store.commands(),
    settle: (ids) => store.settle(ids),
    health: () => store.health(),
    close: () => store.close(),
  };
}
