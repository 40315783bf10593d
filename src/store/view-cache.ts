import type { EntityView } from '../occi/entity.ts';

/**
 * The views that were read last. Only for a store with one writer, who says what has changed; then what it returns is
 * what the database would, and the same object as long as nothing changes, so that others can remember what they have
 * made of it.
 *
 * Views are in two generations: those that were used lately, and those before them. When the younger one is full it
 * becomes the older one, and what was not used for that long is forgotten. So a hit changes nothing.
 */
export class ViewCache {
  readonly #capacity: number;
  #young = new Map<string, EntityView>();
  #old = new Map<string, EntityView>();

  /** @param capacity how many views are kept at most; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(location: string): EntityView | undefined {
    const young = this.#young.get(location);
    if (young !== undefined) return young;
    const old = this.#old.get(location);
    if (old === undefined) return undefined;
    this.#old.delete(location);
    this.set(location, old);
    return old;
  }

  /** The same for a listing, which is not to push out what others use. */
  peek(location: string): EntityView | undefined {
    return this.#young.get(location) ?? this.#old.get(location);
  }

  /** Keeps what a listing has read, as long as there is room. */
  offer(location: string, view: EntityView): void {
    if (this.#young.size + this.#old.size < this.#capacity && !this.#young.has(location)) this.#old.set(location, view);
  }

  set(location: string, view: EntityView): void {
    if (this.#capacity === 0) return;
    this.#old.delete(location);
    this.#young.set(location, view);
    if (this.#young.size > this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    } else if (this.#young.size + this.#old.size > this.#capacity) {
      const [oldest] = this.#old.keys();
      if (oldest !== undefined) this.#old.delete(oldest);
    }
  }

  forget(locations: Iterable<string>): void {
    for (const location of locations) {
      this.#young.delete(location);
      this.#old.delete(location);
    }
  }
}
