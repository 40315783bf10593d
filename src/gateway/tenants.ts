import type { Model } from '../occi/model.ts';
import { type ProjectStore, projectStore } from '../store/project-store.ts';
import type { ChangeSet, Store } from '../store/store.ts';
import { Catalogue } from './catalogue.ts';
import type { Outbox } from './outbox.ts';
import type { Provider } from './provider.ts';
import type { Quotas } from './quota/quotas.ts';
import { withinQuota } from './quota/within-quota.ts';

/** What all projects share. */
export interface Shared extends Pick<Provider, 'limits' | 'templateScheme' | 'backendOf' | 'keeper'> {
  readonly store: Store;
  readonly outbox: Outbox;
  /** How much projects may use, as it is at the moment. */
  readonly quotas: { readonly current: Quotas };
  /** What the provider defines for all. */
  readonly model: Model;
}

/** How many projects are kept in mind. */
const mostTenants = 1_000;

/** The provider as its projects see it, each by itself. */
export class Tenants {
  readonly #shared: Shared;
  readonly #providers = new Map<string, Provider>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The provider as a project sees it, with the mixins that it has now; at once where that is known. */
  of(project: string): Provider | Promise<Provider> {
    const provider = this.#providers.get(project);
    return provider === undefined || provider.store.shared ? this.#upToDate(project) : provider;
  }

  async #upToDate(project: string): Promise<Provider> {
    const provider = this.#providers.get(project) ?? (await this.#open(project));
    // A mixin that one gateway has added is known to all at once.
    if (provider.store.shared) await provider.catalogue.keepUp();
    return provider;
  }

  async #open(project: string): Promise<Provider> {
    const { store: all, outbox, quotas, model, ...rest } = this.#shared;
    const own = projectStore(all, project);
    const limited = (changes: ChangeSet) => ({ ...changes, project, limits: quotas.current.limitsOf(project) });
    const store: ProjectStore = { ...own, commit: (changes) => withinQuota(own.commit(limited(changes))) };
    const quota = async () => quotas.current.standings(project, await store.usage());
    const provider: Provider = {
      ...rest,
      project,
      store,
      quota,
      limited: async (...names) => {
        const limited = quotas.current.limitsOf(project).filter(({ resource }) => names.includes(resource));
        if (limited.length === 0) return [];
        return (await quota()).filter(({ name }) => limited.some(({ resource }) => resource === name));
      },
      catalogue: await Catalogue.open(model, store),
      outbox: {
        carryOut: (changes) => withinQuota(outbox.carryOut(limited(changes))),
        // What is undone was there before, and so has its place.
        compensate: (abandoned, changes) => outbox.compensate(abandoned, { ...changes, project }),
        pursue: (commands, redelivered) => outbox.pursue(commands, redelivered),
      },
    };
    // Somebody else may have opened it meanwhile; one catalogue has to know of every change.
    const first = this.#providers.get(project);
    if (first !== undefined) return first;
    const [oldest] = this.#providers.keys();
    if (this.#providers.size >= mostTenants && oldest !== undefined) this.#providers.delete(oldest);
    this.#providers.set(project, provider);
    return provider;
  }
}
