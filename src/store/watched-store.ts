import type { ChangeSet, Store } from './store.ts';

/** Does something before, after or in place of a commit. */
export type AroundCommit = (changes: ChangeSet, commit: () => Promise<number>) => Promise<number>;

/**
 * A store that tells what is written through it, once it is durable and in the order in which it became so.
 *
 * @param told is called with each change set and the revision that its entities have now
 */
export function watchedStore(store: Store, told: (changes: ChangeSet, revision: number) => void): Store {
  return aroundCommits(store, async (changes, commit) => {
    const revision = await commit();
    told(changes, revision);
    return revision;
  });
}

/** A store that does something around each commit, and else is the same. */
export function aroundCommits(store: Store, around: AroundCommit): Store {
  return {
    identity: store.identity,
    shared: store.shared,
    objects: store.objects,
    view: (location) => store.view(location),
    byId: (id) => store.byId(id),
    linksAt: (location) => store.linksAt(location),
    locations: (selection) => store.locations(selection),
    views: (selection) => store.views(selection),
    mixins: (project) => store.mixins(project),
    mixinsVersion: () => store.mixinsVersion(),
    usage: (project) => store.usage(project),
    projectsWith: (kind) => store.projectsWith(kind),
    commit: (changes) => around(changes, () => store.commit(changes)),
    commands: () => store.commands(),
    settle: (ids) => store.settle(ids),
    health: () => store.health(),
    close: () => store.close(),
  };
}
