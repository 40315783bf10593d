import type { EntityEvent } from '../backends/backend.ts';

/** How many entities are remembered. */
const remembered = 10_000;

/**
 * When each host spoke last of each entity, by its own clock: also of what was no news, so that nothing was written.
 * The oldest are forgotten; what the record says is in it for good.
 */
export class LastWords {
  readonly #times = new Map<string, string>();

  /** Whether a host has said something newer already. */
  isOld(event: EntityEvent): boolean {
    const last = this.#times.get(keyOf(event));
    return last !== undefined && event.at !== undefined && event.at < last;
  }

  note(event: EntityEvent): void {
    if (event.at === undefined || this.isOld(event)) return;
    const key = keyOf(event);
    this.#times.delete(key);
    this.#times.set(key, event.at);
    if (this.#times.size > remembered) this.#times.delete(this.#times.keys().next().value as string);
  }
}

const keyOf = ({ id, host = '' }: EntityEvent): string => `${host} ${id}`;
