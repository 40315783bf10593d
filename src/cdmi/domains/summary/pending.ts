import { type Counts, nothing, sum } from './counts.ts';
import { nameOf } from './period.ts';

/** What has been done with the objects of a domain since it was last written down, by days such as `2026-11-22`. */
export type ByDay = ReadonlyMap<string, Counts>;

/** The name of the domain at the top, which is not in the objects that belong to it. */
export const atTop = '';

/** What has been counted, and is not written down yet. It is lost with the process. */
export class Pending {
  readonly #projects = new Map<string, Map<string, Map<string, Counts>>>();

  /** @param domain its ID, or {@link atTop}; @param time in milliseconds since 1970 */
  add(project: string, domain: string, time: number, counts: Partial<Counts>): void {
    this.#put(project, domain, nameOf('daily', time), counts);
  }

  /** Takes it out, to write it down. */
  take(project: string, domain: string): ByDay {
    const days = this.#projects.get(project)?.get(domain);
    this.#projects.get(project)?.delete(domain);
    if (this.#projects.get(project)?.size === 0) this.#projects.delete(project);
    return days ?? new Map();
  }

  /** Puts back what could not be written down. */
  restore(project: string, domain: string, days: ByDay): void {
    for (const [day, counts] of days) this.#put(project, domain, day, counts);
  }

  projects(): readonly string[] {
    return [...this.#projects.keys()];
  }

  domains(project: string): readonly string[] {
    return [...(this.#projects.get(project)?.keys() ?? [])];
  }

  #put(project: string, domain: string, day: string, counts: Partial<Counts>): void {
    const domains = this.#projects.get(project) ?? new Map<string, Map<string, Counts>>();
    const days = domains.get(domain) ?? new Map<string, Counts>();
    this.#projects.set(project, domains.set(domain, days.set(day, sum(days.get(day) ?? nothing, counts))));
  }
}
