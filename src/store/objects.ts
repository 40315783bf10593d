/**
 * What the record keeps of objects that have names in containers, as CDMI has them: a tree.
 *
 * The store knows their places, who they belong to, what they take, and which values they refer to; the rest of an
 * object is a document that only the rooms above read.
 */
export interface StoredObject {
  /** Unique for all time; with CDMI the object ID in upper case. */
  readonly id: string;
  /** For life, and that of what it is in. */
  readonly project: string;
  /**
   * The id of what it is in; {@link rootOf} its project for the root of the tree; empty for what has no name and is
   * found by its id alone.
   */
  readonly parent: string;
  /** Unique among what has the same parent; empty for a root, and where there is no parent. */
  readonly name: string;
  /** What sort of thing it is, for life: `container`, `dataobject`, … */
  readonly kind: string;
  /** Of the value an update is based on; the store counts it up. */
  readonly revision: number;
  /** Whole bytes that are counted as what the project uses. */
  readonly size: number;
  /** The keys of the values it refers to, each once. Several objects may refer to one. */
  readonly values: readonly string[];
  /**
   * Until when, in milliseconds since 1970, neither it nor what it is in may be removed; `Number.MAX_SAFE_INTEGER` for
   * ever. At that time it may.
   */
  readonly guardedUntil?: number;
  /** When it is to be removed by itself, in milliseconds since 1970. */
  readonly expires?: number;
  /** Left out when the members of its parent are listed. */
  readonly hidden?: true;
  /** The id of what it belongs to besides its project, wherever it is; that is not looked after here. */
  readonly domain?: string;
  /** Plain JSON. */
  readonly document: unknown;
}

/** What a member of a container is called. */
export type Member = Pick<StoredObject, 'id' | 'name' | 'kind'>;

/** An object as it was when something was decided upon it. */
export type Basis = Pick<StoredObject, 'id' | 'revision'>;

/** The kind of what the gateway notes down for itself about objects: it has no bytes, and takes nothing of a project. */
export const noteKind = 'note';

/** The parent of a project's root. */
export const rootOf = (project: string): string => `/${project}`;

/**
 * What one request changes about objects: all of it or nothing, together with the rest of its change set. What it is
 * based on is compared with what is there before. Then objects are removed first, updated, and created; ids, names and
 * parents have to be in order when all that is done, so that one may take the place of another.
 */
export interface ObjectChanges {
  /** With everything below. Conflict when `revision` is not the present one, or something in it is still guarded. */
  readonly remove?: readonly Basis[];
  /**
   * New values, perhaps in another place; `revision` is that of the value they are based on. Conflict when the name is
   * taken, its parent is not there, or when it would be below itself.
   */
  readonly update?: readonly StoredObject[];
  /** Conflict when the id is or the name is taken, or its parent is not there. Its revision is ignored. */
  readonly create?: readonly StoredObject[];
  /** Conflict when one has changed: what it was decided upon. */
  readonly expect?: readonly Basis[];
  /** Keys of values that are gone, so that nobody has to be told any more that they are unused. */
  readonly forget?: readonly string[];
  /** The time by which guards are judged, in milliseconds since 1970. */
  readonly now: number;
}

/** The part of a store that reads objects: `Store.objects`. It shows committed state only. */
export interface ObjectReader {
  object(id: string): Promise<StoredObject | undefined>;
  member(parent: string, name: string): Promise<StoredObject | undefined>;
  /** What some names lead to, each a member of the one before and the first one of `parent`; as far as they lead. */
  path(parent: string, names: readonly string[]): Promise<readonly StoredObject[]>;
  /** An object, and before it all that it is in, from the top down; nothing when it is not there. */
  lineage(id: string): Promise<readonly StoredObject[]>;
  /** The members that are not hidden, in the order of their names by Unicode code points. */
  members(parent: string, page: MemberPage): Promise<readonly Member[]>;
  /** How many members are not hidden. */
  countMembers(parent: string): Promise<number>;
  /** Members as a whole, hidden ones, too, in the order of their names, after one. */
  membersAfter(parent: string, name: string | undefined, count: number): Promise<readonly StoredObject[]>;
  /** Whatever guards something that is to be removed with all that is below it: itself, or the first found below. */
  guardIn(id: string, now: number): Promise<StoredObject | undefined>;
  /** Whether something that is not hidden is more than so many levels below an object; its members are one below. */
  isDeeper(id: string, levels: number): Promise<boolean>;
  /** Objects that belong to a domain, in the order of their ids; at most `count`. */
  ofDomain(domain: string, count: number): Promise<readonly StoredObject[]>;
  /** How many objects belong to a domain, and their whole size. */
  domainLoad(domain: string): Promise<DomainLoad>;
  /**
   * All objects of a project in pages, in the order of their ids; what is changed meanwhile may be missing.
   *
   * @param after begins with the first one behind this id
   */
  all(project: string, after?: string): AsyncIterable<readonly StoredObject[]>;
  /** What has expired, of whatever project, and can be removed: nothing in it is guarded. At most `count`. */
  expired(now: number, count: number): Promise<readonly StoredObject[]>;
  /** Keys that no object refers to any more since a change set was committed; at most `count`. */
  unusedValues(count: number): Promise<readonly string[]>;
  /** Those of some keys that an object refers to. */
  usedValues(keys: readonly string[]): Promise<ReadonlySet<string>>;
}

/** How much belongs to a domain. */
export interface DomainLoad {
  readonly count: number;
  /** Bytes. */
  readonly size: number;
}

/** A piece of a listing. */
export interface MemberPage {
  readonly offset: number;
  readonly limit: number;
}

/** The names under which objects and their bytes are counted in what a project uses; bytes by the thousand. */
export const ownObjects = '#objects';
export const ownKilobytes = '#kilobytes';
