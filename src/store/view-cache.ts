import type { EntityView } from '../occi/entity.ts';

/**
 * The views that were read last. Only for a store with one writer, who says what has changed; then what it returns is
 * what the database would, and the same object as long as nothing changes, so that others can remember what they have
 * made of it.
 */
export class ViewCache {
  readonly #capacity: number;
  readonly #views = new Map<string, EntityView>();

  /** @param capacity how many views are kept; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(location: string): EntityView | undefined {
    const view = this.#views.get(location);
    if (view === undefined) return undefined;
    // A Map keeps the order of insertion, so what was used last goes to the end.
    this.#views.delete(location);
    this.#views.set(location, view);
    return view;
  }

  /** The same for a listing, which is not to push out what others use. */
  peek(location: string): EntityView | undefined {
    return this.#views.get(location);
  }

  /** Keeps what a listing has read, as long as there is room. */
  offer(location: string, view: EntityView): void {
    if (this.#views.size < this.#capacity && !this.#views.has(location)) this.#views.set(location, view);
  }

  set(location: string, view: EntityView): void {
    this.#views.set(location, view);
    if (this.#views.size <= this.#capacity) return;
    const [oldest] = this.#views.keys();
    if (oldest !== undefined) this.#views.delete(oldest);
  }

  forget(locations: Iterable<string>): void {
    for (const location of locations) this.#views.delete(location);
  }
}
