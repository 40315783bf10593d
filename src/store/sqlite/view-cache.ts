import { type EntityView, idOf } from '../../occi/entity.ts';

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
  /** By id: where it was, at one time. */
  readonly #places = new Map<string, string>();
  /** Goes on where it was: from the start, it would step over all that has been deleted, each time. */
  #oldest = this.#old.keys();

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

  /** The view of the entity with an id. */
  byId(id: string): EntityView | undefined {
    const location = this.#places.get(id);
    const view = location === undefined ? undefined : this.get(location);
    return view !== undefined && idOf(view.entity) === id ? view : undefined;
  }

  /** What {@link get} returns, without any claim to be kept. */
  peek(location: string): EntityView | undefined {
    return this.#young.get(location) ?? this.#old.get(location);
  }

  /**
   * Keeps what one listing reads, where there is room; and in the place of what was not used lately, but only an eighth
   * of all. So what is listed again and again is known after some times, and a listing that is too long does not make
   * everything new each time, which would keep the garbage collection busy.
   */
  forListing(): (location: string, view: EntityView) => void {
    let left = Math.floor(this.#capacity / 8);
    return (location, view) => {
      if (this.#young.has(location)) return;
      const isNew = !this.#old.delete(location);
      if (isNew && this.#young.size + this.#old.size >= this.#capacity) {
        if (left === 0) return;
        left -= 1;
      }
      this.#old.set(location, view);
      this.#makeRoom();
    };
  }

  set(location: string, view: EntityView): void {
    if (this.#capacity === 0) return;
    this.#old.delete(location);
    this.#young.set(location, view);
    // Some are of entities that were forgotten or deleted; that shows when they are asked for.
    if (this.#places.size >= 2 * this.#capacity) this.#places.clear();
    this.#places.set(idOf(view.entity), location);
    if (this.#young.size > this.#capacity / 2) {
      this.#old = this.#young;
      this.#oldest = this.#old.keys();
      this.#young = new Map();
    } else this.#makeRoom();
  }

  forget(locations: Iterable<string>): void {
    for (const location of locations) {
      this.#young.delete(location);
      this.#old.delete(location);
    }
  }

  #makeRoom(): void {
    if (this.#young.size + this.#old.size <= this.#capacity) return;
    const { value: oldest } = this.#oldest.next();
    if (oldest !== undefined) this.#old.delete(oldest);
  }
}
