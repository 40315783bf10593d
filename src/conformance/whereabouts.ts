/** How a search asks: the locations that a collection lists, and the id of the entity at a location. */
export interface Search {
  list(): Promise<readonly string[]>;
  idAt(location: string): Promise<string | undefined>;
}

/** More than that are not looked at for one entity. */
const most = 200;

/**
 * Where entities are, by their ids. A server that answers a creation with the rendering of what is new need not say
 * where that is (GFD.223 §11.3.1), and a rendering has no URL in it: it has to be looked for among all of its kind.
 */
export class Whereabouts {
  readonly #ids = new Map<string, string | undefined>();

  /** @returns the location of an entity; undefined when it is not found */
  async find(id: string, { list, idAt }: Search): Promise<string | undefined> {
    const locations = await list();
    const known = locations.find((location) => this.#ids.get(location) === id);
    if (known !== undefined) return known;
    // What is new is mostly the last.
    const unknown = locations.filter((location) => !this.#ids.has(location)).toReversed();
    for (const location of unknown.slice(0, most)) {
      const found = await idAt(location);
      this.#ids.set(location, found);
      if (found === id) return location;
    }
    return undefined;
  }
}
