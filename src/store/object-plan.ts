import { type Bookings, perUnit } from './amounts.ts';
import {
  type Basis,
  noteKind,
  type ObjectChanges,
  ownKilobytes,
  ownObjects,
  rootOf,
  type StoredObject,
} from './objects.ts';
import { Conflict } from './store.ts';

/** An object that is there, as far as changes depend on it. */
export type ObjectStanding = Pick<
  StoredObject,
  'id' | 'project' | 'parent' | 'name' | 'kind' | 'revision' | 'size' | 'values'
>;

/** What is there before something is changed about objects, as far as it matters. */
export interface Surroundings {
  /** All that is mentioned, parents included, and what is in a place where something is to be; by id. */
  readonly objects: ReadonlyMap<string, ObjectStanding>;
  /** The ids of those of them that are to be removed, or are in what is. */
  readonly gone: ReadonlySet<string>;
  /** What is to be removed, with all that is in it. */
  readonly loads: readonly Load[];
  /** Whether some of that is guarded. */
  readonly isGuarded: boolean;
  /** Whether something that is moved would be below itself. */
  readonly isCircular: boolean;
}

/** How much of a project some objects are. */
export interface Load {
  readonly project: string;
  readonly count: number;
  readonly size: number;
}

/** That an object refers to a value. */
export interface Reference {
  readonly object: string;
  readonly value: string;
}

/** What has to be written, in this order. Nothing of it can meet a conflict. */
export interface ObjectPlan {
  /** Ids; they go with all that is below. */
  readonly removed: readonly string[];
  /** Ids of what has to leave its place before others are written, which may come there. */
  readonly vacated: readonly string[];
  readonly updated: readonly StoredObject[];
  readonly created: readonly StoredObject[];
  /** References that are new. */
  readonly acquired: readonly Reference[];
  /** References that are gone; not those of what is removed. */
  readonly released: readonly Reference[];
}

/**
 * Judges changes of objects.
 *
 * @param bookings is told what the projects use more or less
 * @throws Conflict; or Error when they make no sense
 */
export function planObjects(changes: ObjectChanges, around: Surroundings, bookings: Bookings): ObjectPlan {
  const { remove = [], update = [], create = [], expect = [] } = changes;
  for (const basis of [...remove, ...expect]) present(basis, around);
  if (around.isGuarded) throw new Conflict('something that was to be removed is guarded');
  const changed = update.map((after) => ({ before: updatable(after, around), after }));
  for (const { id } of create) if (isThere(id, around)) throw new Conflict(`the id ${id} is taken`);
  if (new Set([...update, ...create].map(({ id }) => id)).size < update.length + create.length) {
    throw new Conflict('an object is changed twice');
  }
  const moved = changed.flatMap(({ before, after }) => (isMoved(before, after) ? [after] : []));
  checkPlaces([...moved, ...create], around);

  for (const { project, count, size } of around.loads) book(bookings, project, -count, -size);
  for (const { before, after } of changed) book(bookings, after.project, 0, after.size - before.size);
  for (const { project, kind, size } of create) book(bookings, project, kind === noteKind ? 0 : 1, size);
  return {
    removed: remove.map(({ id }) => id),
    vacated: moved.length + create.length > 1 ? moved.map(({ id }) => id) : [],
    updated: update,
    created: create,
    acquired: [
      ...changed.flatMap(({ before, after }) => referencesIn(after, before)),
      ...create.flatMap((object) => referencesIn(object)),
    ],
    released: changed.flatMap(({ before, after }) => referencesIn(before, after)),
  };
}

/** Whether an object is to be in another place than before. */
export function isMoved(before: ObjectStanding, after: StoredObject): boolean {
  return before.parent !== after.parent || before.name !== after.name;
}

function isThere(id: string, { objects, gone }: Surroundings): boolean {
  return objects.has(id) && !gone.has(id);
}

/** What is there now, provided that it is what something is based on. */
function present({ id, revision }: Basis, { objects }: Surroundings): ObjectStanding {
  const standing = objects.get(id);
  if (standing === undefined) throw new Conflict(`there is no object ${id} any more`);
  if (standing.revision !== revision) {
    throw new Conflict(`the object ${id} has changed: it is at revision ${standing.revision}, not ${revision}`);
  }
  return standing;
}

function updatable(object: StoredObject, around: Surroundings): ObjectStanding {
  const before = present(object, around);
  const { id, project, kind } = before;
  if (around.gone.has(id)) throw new Conflict(`the object ${id} is removed with what it is in`);
  if (project !== object.project || kind !== object.kind) {
    throw new Error(`${id} is a ${kind} of ${project} for life, not a ${object.kind} of ${object.project}`);
  }
  return before;
}

/** @param placed what is in its place for the first time */
function checkPlaces(placed: readonly StoredObject[], around: Surroundings): void {
  const newcomers = new Map(placed.map((object) => [object.id, object]));
  const staying = [...around.objects.values()].filter(({ id }) => isThere(id, around) && !newcomers.has(id));
  const taken = new Set(staying.map(placeOf));
  for (const { id, project, parent, name } of placed) {
    if (parent === '') continue;
    const place = placeOf({ parent, name });
    if (taken.has(place)) throw new Conflict(`the name ${name} in ${parent} is taken`);
    taken.add(place);
    if (parent === rootOf(project)) continue;
    const container = newcomers.get(parent) ?? (isThere(parent, around) ? around.objects.get(parent) : undefined);
    // What belongs to another project is not there for this one.
    if (container?.project !== project) throw new Conflict(`there is no object ${parent} for ${id} to be in`);
  }
  if (around.isCircular || isCircular(newcomers)) throw new Conflict('something would be below itself');
}

/** Whether some objects go round in a circle by themselves. */
function isCircular(objects: ReadonlyMap<string, StoredObject>): boolean {
  const cleared = new Set<string>();
  for (const start of objects.values()) {
    const way = new Set<string>();
    for (let one: StoredObject | undefined = start; one !== undefined && !cleared.has(one.id); ) {
      if (way.has(one.id)) return true;
      way.add(one.id);
      one = objects.get(one.parent);
    }
    for (const id of way) cleared.add(id);
  }
  return false;
}

/** No id has a zero character in it. */
function placeOf({ parent, name }: Pick<StoredObject, 'parent' | 'name'>): string {
  return `${parent}\u0000${name}`;
}

function referencesIn(object: Pick<StoredObject, 'id' | 'values'>, other?: Pick<StoredObject, 'values'>): Reference[] {
  const common = new Set(other?.values);
  return object.values.filter((value) => !common.has(value)).map((value) => ({ object: object.id, value }));
}

function book(bookings: Bookings, project: string, objects: number, bytes: number): void {
  bookings.add(project, ownObjects, objects * perUnit);
  // A thousandth of a thousand bytes is a byte.
  bookings.add(project, ownKilobytes, bytes);
}
