import { noteKind, rootOf, type StoredObject } from '../../store/objects.ts';
import type { Store } from '../../store/store.ts';
import type { EventName, LoggingClass, Tidings } from './event.ts';
import type { WatchKind } from './watching.ts';

/** What the record knows of a queue that the server fills, so that whoever changes something finds it at once. */
export interface Watch {
  readonly queue: string;
  readonly kind: WatchKind;
  readonly events: readonly EventName[];
  readonly classes: readonly LoggingClass[];
  /** Whether values are told, so that they have to be kept until they are. */
  readonly wantsValue: boolean;
}

/** A watch as it is in the record. */
export interface KeptWatch extends Watch {
  readonly id: string;
  readonly revision: number;
}

/**
 * What is to be told, and who is to be told, are members of what the root container of a project is in, beside it: no
 * path leads there. Tidings are in the order of their times, and before watches.
 */
const watchPrefix = 'watch ';
const tidingsPrefix = 'tidings ';

/** What belongs together in all projects, as objects do in a domain; no object IDs. */
const watching = '#watching';

/** Where what is still to be done is found at the start: tidings, and queries. What is done leaves it. */
export const due = '#due';

/** Whether something is in the record for this purpose only, and no object to anybody. */
export function isForWatching({ domain }: Pick<StoredObject, 'domain'>): boolean {
  return domain === watching || domain === due;
}

/** A watch as it is kept. */
export function keptWatch(id: string, project: string, watch: Watch): StoredObject {
  const domain = watch.kind === 'query' ? due : watching;
  return note({ id, project, name: watchPrefix + watch.queue, domain, document: watch });
}

/** Tidings as they are kept. @param time by which they are in order, in microseconds since 1970 */
export function keptTidings(id: string, project: string, time: number, tidings: Tidings): StoredObject {
  const name = `${tidingsPrefix}${String(time).padStart(17, '0')} ${id}`;
  return note({ id, project, name, domain: due, document: tidings });
}

/** What both have in common: they take nothing of what a project may use. */
function note(own: Pick<StoredObject, 'id' | 'project' | 'name' | 'domain' | 'document'>): StoredObject {
  const { project } = own;
  return { ...own, parent: rootOf(project), kind: noteKind, revision: 0, size: 0, values: [], hidden: true };
}

/** The first tidings of a project, at most `count`. */
export async function firstTidings(
  { objects }: Pick<Store, 'objects'>,
  project: string,
  count: number,
): Promise<readonly StoredObject[]> {
  const members = await objects.membersAfter(rootOf(project), tidingsPrefix, count);
  return members.filter(({ name }) => name.startsWith(tidingsPrefix));
}

/** All watches of a project. */
export async function watchesIn(
  { objects }: Pick<Store, 'objects'>,
  project: string,
  most: number,
): Promise<readonly KeptWatch[]> {
  const members = await objects.membersAfter(rootOf(project), watchPrefix, most);
  return members.flatMap(({ id, revision, name, document }) => {
    return name.startsWith(watchPrefix) ? [{ ...(document as Watch), id, revision }] : [];
  });
}

/** What {@link Watches} work with. */
export interface WatchesOptions {
  readonly store: Pick<Store, 'objects' | 'shared'>;
  /** Whether queues are filled at all. */
  readonly isOffered: boolean;
  /** How many a project may have. */
  readonly most: number;
  /** Is told that a project has something to be told, or a query to be run. */
  readonly onNotice: (project: string) => void;
}

/** How many projects are kept in mind. */
const mostProjects = 10_000;

/**
 * Which queues of projects are filled by the server. It is asked with everything that is changed: what only this process
 * changes, it knows by heart; where there are others, it takes a look into an index.
 */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #known = new Map<string, readonly KeptWatch[]>();
  /** Counts what has been forgotten: what was read before is not kept after. */
  #forgotten = 0;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** How many a project may have. */
  get most(): number {
    return this.#options.most;
  }

  of(project: string): readonly KeptWatch[] | Promise<readonly KeptWatch[]> {
    if (!this.#options.isOffered) return [];
    return this.#known.get(project) ?? this.#read(project);
  }

  /** Says that they have changed, or may have. */
  forget(project: string): void {
    this.#forgotten += 1;
    this.#known.delete(project);
  }

  /** Says that there is something to do. */
  notice(project: string): void {
    this.#options.onNotice(project);
  }

  async #read(project: string): Promise<readonly KeptWatch[]> {
    const { store, most } = this.#options;
    const before = this.#forgotten;
    // Some may have come at the same moment.
    const watches = await watchesIn(store, project, 2 * most + 100);
    if (store.shared || this.#forgotten !== before) return watches;
    if (this.#known.size >= mostProjects) this.#known.clear();
    this.#known.set(project, watches);
    return watches;
  }
}
