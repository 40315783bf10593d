import { retrying } from '../../../gateway/commit.ts';
import { type DomainLoad, rootOf } from '../../../store/objects.ts';
import type { Store } from '../../../store/store.ts';
import type { CdmiObject, Container, Domain } from '../../object.ts';
import { domainsName } from '../../path.ts';
import { fromStored, toStored } from '../../stored-form.ts';
import { isTopDomain, makeTopDomain } from '../top-domain.ts';
import type { Counts } from './counts.ts';
import { domainsFrom, loadsOf } from './domain-loads.ts';
import { type Entry, entryFor } from './entry.ts';
import { type Kept, readKept } from './notes.ts';
import { atTop, type ByDay, Pending } from './pending.ts';
import { nameOf } from './period.ts';
import { allTops, type Making } from './summary-objects.ts';

/** What {@link DomainSummaries} work with. */
export interface SummariesOptions extends Making {
  readonly store: Store;
  /** How often what has been counted is written down, in milliseconds. */
  readonly everyMs: number;
  /** How many daily summaries of a domain stay. */
  readonly days: number;
  /** Is told why it could not be written down; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** How many domains are written down in one commit. */
const batch = 50;

/** More than there are projects. */
const all = 1_000_000;

/**
 * Sums up what domains have and do (ISO/IEC 17826 §10.4), as objects below them. What is counted is in memory until it
 * is written down: again and again, whenever somebody reads it, and at the end. What there is, is looked at then, in
 * projects in which something has changed; once a day, and at the start, in all. Several gateways add what each of them
 * has counted.
 */
export class DomainSummaries {
  readonly #options: SummariesOptions;
  readonly #pending = new Pending();
  /** Projects in which something has changed. */
  #touched = new Set<string>();
  /** The day on which all have been looked at. */
  #surveyed = '';
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> | undefined;
  /** The end of what is being written down. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: SummariesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#begin(), options.everyMs);
    this.#timer.unref();
  }

  /** Counts what has been done with an object. */
  count({ project, domain }: Pick<CdmiObject, 'project' | 'domain'>, counts: Partial<Counts>): void {
    this.#pending.add(project, domain ?? atTop, this.#now(), counts);
  }

  /** Is told that there may be more in a project than before, or less; or in whatever project. */
  changed(project?: string): void {
    if (project === undefined) this.#surveyed = '';
    else this.#touched.add(project);
  }

  /** Writes down all that has been counted. What cannot be written down now is the next time. */
  async flush(): Promise<void> {
    await this.#survey().catch(this.#options.onError);
    const projects = new Set([...this.#touched, ...this.#pending.projects()]);
    this.#touched = new Set();
    for (const project of projects) {
      try {
        await this.#flushProject(project);
      } catch (error) {
        this.#touched.add(project);
        this.#options.onError(error);
      }
    }
  }

  /**
   * Writes down what has been counted of some domains, and what they have now, if there is anything new about them.
   *
   * @throws OcciError `conflict` when others keep doing the same
   */
  settle(domains: readonly Domain[]): Promise<void> {
    // One after the other: what somebody else has taken to write it down is there then.
    const mine = this.#last.then(() => retrying(() => this.#write(domains)));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** The same for a domain of which nothing is kept yet. */
  async open(domain: Domain): Promise<void> {
    const kept = await readKept(this.#options.store.objects, domain);
    if (kept !== undefined && kept.begun === undefined) await this.settle([domain]);
  }

  /** Writes down all, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
    await this.flush();
  }

  /** Has all looked at that nobody may have looked at since before the last gateway ended, or for a day. */
  async #survey(): Promise<void> {
    const today = nameOf('daily', this.#now());
    if (this.#surveyed === today) return;
    this.#surveyed = today;
    try {
      for (const { project } of await this.#options.store.objects.ofDomain(allTops, all)) this.#touched.add(project);
    } catch (error) {
      this.#surveyed = '';
      throw error;
    }
  }

  #begin(): void {
    this.#working ??= this.flush().finally(() => {
      this.#working = undefined;
    });
  }

  async #flushProject(project: string): Promise<void> {
    const { store } = this.#options;
    const top = await retrying(() => this.#topOf(project));
    if (top === undefined) return;
    const domains = await domainsFrom(store, top);
    for (let start = 0; start < domains.length; start += batch) await this.settle(domains.slice(start, start + batch));
    const present = new Set([atTop, ...domains.map(({ id }) => id)]);
    for (const id of this.#pending.domains(project)) {
      // A domain that has been deleted takes its summary with it.
      if (!present.has(id) && (await readKept(store.objects, { id })) === undefined) this.#pending.take(project, id);
    }
  }

  /** The domain at the top; it is made where there is a tree without one. */
  async #topOf(project: string): Promise<Domain | undefined> {
    const { store, newId, now } = this.#options;
    const root = await store.objects.member(rootOf(project), '');
    if (root === undefined) return undefined;
    const stored = await store.objects.member(root.id, domainsName);
    if (stored !== undefined) return fromStored(stored) as Domain;
    const container = fromStored(root) as Container;
    return makeTopDomain({ project, credentials: { user: container.owner }, newId, now, store }, container);
  }

  /** @throws Conflict when somebody has written down more in the meantime */
  async #write(domains: readonly Domain[]): Promise<void> {
    const { store, days, newId, now } = this.#options;
    const kept: Kept[] = [];
    for (const domain of domains) {
      const one = await readKept(store.objects, domain);
      if (one !== undefined) kept.push(one);
    }
    // What is kept is read before that: whoever finds out more afterwards, and writes it down, is not undone.
    const loads = await loadsOf(
      store,
      kept.map(({ domain }) => domain),
    );
    const taken: (readonly [Domain, ByDay])[] = [];
    try {
      const entries: Entry[] = [];
      for (const one of kept) {
        const { domain } = one;
        const counts = this.#pending.take(domain.project, nameIn(domain));
        taken.push([domain, counts]);
        const load = loads.get(domain.id) ?? nothing;
        const entry = await entryFor(store.objects, { newId, now }, one, { now: this.#now(), load, counts, days });
        if (entry !== undefined) entries.push(entry);
      }
      if (entries.length > 0) await this.#commit(entries);
    } catch (error) {
      for (const [domain, counts] of taken) this.#pending.restore(domain.project, nameIn(domain), counts);
      throw error;
    }
  }

  async #commit(entries: readonly Entry[]): Promise<void> {
    await this.#options.store.commit({
      objects: {
        create: entries.flatMap(({ create }) => create.map(toStored)),
        update: entries.flatMap(({ update }) => update.map(toStored)),
        remove: entries.flatMap(({ remove }) => remove),
        now: this.#now(),
      },
    });
  }

  #now(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

const nothing: DomainLoad = { count: 0, size: 0 };

/** The name under which a domain is counted. */
function nameIn(domain: Domain): string {
  return isTopDomain(domain) ? atTop : domain.id;
}
