import type { Model } from '../occi/model.ts';
import type { Store } from '../store/store.ts';

/** The model as it is now: what the provider defines, and the mixins that were added at run time. */
export class Catalogue {
  readonly #provided: Model;
  #model: Model;
  /** The version of the run-time mixins that the model has at least. */
  #version = Number.NaN;

  private constructor(provided: Model) {
    this.#provided = provided;
    this.#model = provided;
  }

  /** The catalogue with the run-time mixins of a store. */
  static async open(provided: Model, store: Store): Promise<Catalogue> {
    const catalogue = new Catalogue(provided);
    await catalogue.refresh(store);
    return catalogue;
  }

  get model(): Model {
    return this.#model;
  }

  /** Reads the run-time mixins again, after a change of them was committed. */
  async refresh(store: Store): Promise<void> {
    const version = await store.mixinsVersion();
    this.#model = this.#provided.withMixins(await store.mixins());
    this.#version = version;
  }

  /** Reads them when somebody else has changed them. */
  async keepUp(store: Store): Promise<void> {
    if ((await store.mixinsVersion()) !== this.#version) await this.refresh(store);
  }
}
