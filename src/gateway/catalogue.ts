import type { Model } from '../occi/model.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** The model of a project as it is now: what the provider defines, and the mixins that it has added at run time. */
export class Catalogue {
  readonly #provided: Model;
  readonly #store: ProjectStore;
  #model: Model;
  /** The version of the run-time mixins that the model has at least. */
  #version = Number.NaN;

  private constructor(provided: Model, store: ProjectStore) {
    this.#provided = provided;
    this.#store = store;
    this.#model = provided;
  }

  /** The catalogue with the run-time mixins that are in the store. */
  static async open(provided: Model, store: ProjectStore): Promise<Catalogue> {
    const catalogue = new Catalogue(provided, store);
    await catalogue.refresh();
    return catalogue;
  }

  get model(): Model {
    return this.#model;
  }

  /** Reads the run-time mixins again, after a change of them was committed. */
  async refresh(): Promise<void> {
    const version = await this.#store.mixinsVersion();
    const mixins = await this.#store.mixins();
    this.#model = mixins.length === 0 ? this.#provided : this.#provided.withMixins(mixins);
    this.#version = version;
  }

  /** Reads them when somebody else may have changed them. */
  async keepUp(): Promise<void> {
    if (this.#store.shared && (await this.#store.mixinsVersion()) !== this.#version) await this.refresh();
  }
}
