/** What a watch has seen so far. */
export interface Watch {
  /** Whether something was said or done about an id since the watch began, or was being done then. */
  saw(id: string): boolean;
  end(): void;
}

/**
 * What is being said and done about which entities. Who compares a list with the record watches meanwhile: where
 * something has happened, the list may be older than the record.
 */
export class Activity {
  readonly #underWay = new Map<string, number>();
  readonly #watches = new Set<Set<string>>();

  /** Something was said about an id. */
  note(id: string): void {
    for (const seen of this.#watches) seen.add(id);
  }

  /** Something is being done about an id. @returns ends it */
  begin(id: string): () => void {
    this.note(id);
    this.#underWay.set(id, (this.#underWay.get(id) ?? 0) + 1);
    return () => {
      const left = (this.#underWay.get(id) ?? 0) - 1;
      if (left > 0) this.#underWay.set(id, left);
      else this.#underWay.delete(id);
    };
  }

  watch(): Watch {
    const seen = new Set(this.#underWay.keys());
    this.#watches.add(seen);
    return { saw: (id) => seen.has(id), end: () => this.#watches.delete(seen) };
  }
}
