import { type Demand, noDemand } from './demand.ts';
import { noValidHost } from './failures.ts';

/** The most that may be taken up of a host; null is no limit. */
export type Limits = { readonly [D in keyof Demand]: number | null };

/** A host whose machines may take up what they like. */
export const unlimited: Limits = { vcpus: null, memory_mb: null, disk_mb: null };

const names = { vcpus: 'cores', memory_mb: 'MiB of memory', disk_mb: 'MiB of disk' } as const;

/** Keeps the books of what is taken up of a host, and does not let it become more than there is. */
export class Capacity {
  readonly limits: Limits;
  #used = noDemand;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get used(): Demand {
    return this.#used;
  }

  /**
   * Something is to take up more or less than before.
   *
   * @throws RemoteError `NoValidHost` saying what is missing; nothing has changed then
   */
  change(before: Demand, after: Demand): void {
    const missing = (['vcpus', 'memory_mb', 'disk_mb'] as const).flatMap((of) => {
      const limit = this.limits[of];
      const more = after[of] - before[of];
      if (limit === null || more <= 0) return [];
      const free = Math.max(limit - this.#used[of], 0);
      return more <= free ? [] : [`${more} ${names[of]} wanted, ${free} of ${limit} free`];
    });
    if (missing.length > 0) throw noValidHost(`not enough room: ${missing.join('; ')}`);
    this.adopt(before, after);
  }

  /** As {@link change}, but for what is so already, whether it fits or not. */
  adopt(before: Demand, after: Demand): void {
    this.#used = {
      vcpus: this.#used.vcpus + after.vcpus - before.vcpus,
      memory_mb: this.#used.memory_mb + after.memory_mb - before.memory_mb,
      disk_mb: this.#used.disk_mb + after.disk_mb - before.disk_mb,
    };
  }
}
