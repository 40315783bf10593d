import type { Entity, EntityView } from '../occi/entity.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { ObjectChanges, ObjectReader } from './objects.ts';

/**
 * The durable record of what clients asked for.
 *
 * Reading shows committed state only. Writing is one operation: {@link Store.commit} applies a {@link ChangeSet}
 * wholly or not at all, checks that what it was based on is still so, and resolves when it would survive `kill -9`
 * and a power cut. Use cases read, decide, commit, and start over when they meet a {@link Conflict}.
 */
export interface Store {
  /** A UUID that was made with the database: it tells what is this provider's from what is others'. */
  readonly identity: string;
  /** Whether other processes write to the same database, so that it may change without this one's doing. */
  readonly shared: boolean;
  /** An entity and the links that start at it. */
  view(location: string): Promise<EntityView | undefined>;
  /** An entity by its `occi.core.id`. */
  byId(id: string): Promise<Entity | undefined>;
  /** The links that start or end at a location. */
  linksAt(location: string): Promise<readonly Entity[]>;
  /** Members of a collection in creation order, in pages; paths only. */
  locations(selection: Selection): AsyncIterable<readonly string[]>;
  /** The same with everything a rendering needs. */
  views(selection: Selection): AsyncIterable<readonly EntityView[]>;
  /** The mixins that a project has added at run time, in order. */
  mixins(project: string): Promise<readonly Mixin[]>;
  /** A number that grows whenever such mixins have been added or removed, by whomever in whatever project. */
  mixinsVersion(): Promise<number>;
  /** What has a name in a container, such as CDMI has. */
  readonly objects: ObjectReader;
  /** What a project uses, and nothing that it does not use. */
  usage(project: string): Promise<Usage>;
  /** The projects that have entities of a kind, in whatever order. */
  projectsWith(kind: string): Promise<readonly string[]>;
  /**
   * @returns the revision that all entities of the change set have now
   * @throws Conflict when something it was based on has changed; nothing is written then
   * @throws LimitExceeded when the project would use more than it may; nothing is written then
   * @throws StoreUnavailable when the database is away
   * @throws StoreFull when there is no room for it; nothing is written then
   */
  commit(changes: ChangeSet): Promise<number>;
  /**
   * Commands that are this process's to deliver, oldest first: those it has committed and not yet settled, and those
   * whose process is gone, which become its own by being returned. Others may take over what belongs to a process that
   * was stopped for long; so what is delivered again has to be asked for again.
   */
  commands(): Promise<readonly Command[]>;
  /** Forgets commands that have been answered. Need not be durable at once: commands are idempotent. */
  settle(ids: readonly string[]): void;
  /** @throws Error when it could not take a commit now */
  health(): Promise<void>;
  close(): Promise<void>;
}

/** A part of all entities. Conditions hold at once; without any it is everything. */
export interface Selection {
  readonly project?: string;
  readonly kind?: string;
  /** All of these mixins. */
  readonly mixins?: readonly string[];
  /** A path ending in `/`: only entities below it. */
  readonly under?: string;
  /** How many members to leave out at the start, in creation order. */
  readonly offset?: number;
  readonly limit?: number;
}

/** Everything one request changes. */
export interface ChangeSet {
  /** New entities. Conflict when a location or id is taken. Their revision is ignored. */
  readonly create?: readonly Entity[];
  /** New values of entities; `revision` is that of the value they are based on. */
  readonly update?: readonly Entity[];
  /** Conflict when `revision` is not the present one, or when links outside the change set start or end at one. */
  readonly remove?: readonly Entity[];
  /** Locations of entities that have to exist once it is applied. */
  readonly requireEntities?: readonly string[];
  /** The project whose mixins are meant; the common one when nothing is said. */
  readonly project?: string;
  /** Conflict when the project has a mixin with that type identifier or location. */
  readonly addMixins?: readonly Mixin[];
  /** Type identifiers. Conflict when one is unknown or entities outside the change set still have it. */
  readonly removeMixins?: readonly string[];
  /** Type identifiers of run-time mixins that have to exist once it is applied. */
  readonly requireMixins?: readonly string[];
  /** What is changed about objects; they get the same revision as entities. */
  readonly objects?: ObjectChanges;
  /** Commands for backends, to be delivered once it is committed. */
  readonly commands?: readonly Command[];
  /** What the project may use once it is applied, of all that it uses more of than before. */
  readonly limits?: readonly Limit[];
  /** Nobody waits for it: it may wait some milliseconds for others whose flush it can share. */
  readonly unhurried?: boolean;
}

/**
 * How much a project uses: the number of its entities of a kind, by type identifier; the sum of an attribute that is a
 * number over all its entities, by name; and the number of mixins that it has added, under `ownMixins`. Counted to the
 * thousandth.
 */
export type Usage = ReadonlyMap<string, number>;

/** How much of something a project may use. */
export interface Limit {
  /** What it is called. */
  readonly resource: string;
  /** What of the usage is counted, together. */
  readonly counts: readonly string[];
  readonly most: number;
}

/** A limit that would not have been kept. */
export interface Excess extends Omit<Limit, 'counts'> {
  readonly used: number;
  /** What was to be added to that. */
  readonly asked: number;
}

/** A command for a backend, in the outbox until it has been answered. */
export interface Command {
  /** Unique; chosen by the gateway, and the same at every attempt. */
  readonly id: string;
  /** The name of the backend. */
  readonly backend: string;
  /** The entity it is about. */
  readonly location: string;
  /** The backend's own words: plain JSON. */
  readonly body: unknown;
}

/** Somebody else was faster: what a change set was based on is no longer so. Read again and decide again. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** A project would use more than it may. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly excesses: readonly Excess[];
  constructor(excesses: readonly Excess[]) {
    super(`over the limit of ${excesses.map(({ resource }) => resource).join(', ')}`);
    this.excesses = excesses;
  }
}

/** The database cannot be asked now. Nothing is wrong with what was asked: the same may succeed when it is back. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** There is no room on the disk of the database. Nothing was written; the same may succeed when there is. */
export class StoreFull extends StoreUnavailable {
  override readonly name = 'StoreFull';
}
