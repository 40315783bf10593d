/** A map whose latest changes can be kept or dropped together. */
export class Overlay<K, V> {
  readonly #kept: Map<K, V>;
  /** Undefined where something is removed. */
  readonly #latest = new Map<K, V | undefined>();

  constructor(entries: Iterable<readonly [K, V]> = []) {
    this.#kept = new Map(entries);
  }

  get(key: K): V | undefined {
    return this.#latest.has(key) ? this.#latest.get(key) : this.#kept.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    this.#latest.set(key, value);
  }

  delete(key: K): void {
    this.#latest.set(key, undefined);
  }

  *entries(): Generator<readonly [K, V]> {
    for (const entry of this.#kept) if (!this.#latest.has(entry[0])) yield entry;
    for (const [key, value] of this.#latest) if (value !== undefined) yield [key, value];
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  keep(): void {
    for (const [key, value] of this.#latest) {
      if (value === undefined) this.#kept.delete(key);
      else this.#kept.set(key, value);
    }
    this.#latest.clear();
  }

  drop(): void {
    this.#latest.clear();
  }
}
