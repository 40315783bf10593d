import { commonProject } from '../../src/occi/entity.ts';
import { ownKilobytes, ownObjects, rootOf, type StoredObject } from '../../src/store/objects.ts';
import { type ChangeSet, Conflict, LimitExceeded } from '../../src/store/store.ts';
import type { Refused } from './samples.ts';

type Objects = ReadonlyMap<string, StoredObject>;

/** What a store has to do with objects, said in the plainest way: a map, copied as a whole before every change. */
export class ObjectReference {
  objects: Objects = new Map();
  unused = new Set<string>();

  members(parent: string): readonly StoredObject[] {
    return [...this.objects.values()]
      .filter((object) => parent !== '' && object.parent === parent)
      .sort((a, b) => byCodePoints(a.name, b.name));
  }

  ofProject(project: string): readonly StoredObject[] {
    return [...this.objects.values()]
      .filter((object) => object.project === project)
      .sort((a, b) => byCodePoints(a.id, b.id));
  }

  /** An object and all below. */
  subtree(id: string): readonly StoredObject[] {
    return [...this.objects.values()].filter((object) => isIn(this.objects, object, id));
  }

  guarded(id: string, now: number): readonly StoredObject[] {
    return this.subtree(id).filter(({ guardedUntil = 0 }) => guardedUntil > now);
  }

  expired(now: number): readonly StoredObject[] {
    return [...this.objects.values()].filter(
      ({ id, expires = now + 1 }) => expires <= now && this.guarded(id, now).length === 0,
    );
  }

  usage(project: string): ReadonlyMap<string, number> {
    return usageIn(this.objects, project);
  }

  /** What a store makes of a change set when its next revision is the one given: that revision, or why it is refused. */
  outcome(changes: ChangeSet, revision: number): number | Refused {
    const before = this.objects;
    let after: Objects;
    try {
      after = this.#changed(changes, revision);
      checkLimits(before, after, changes);
    } catch (error) {
      if (error instanceof Conflict) return 'conflict';
      if (error instanceof LimitExceeded) return 'over a limit';
      throw error;
    }
    const { forget = [] } = changes.objects ?? {};
    const used = keysIn(after);
    const candidates = [...[...this.unused].filter((key) => !forget.includes(key)), ...keysIn(before)];
    this.unused = new Set(candidates.filter((key) => !used.has(key)));
    this.objects = after;
    return revision;
  }

  #changed({ objects }: ChangeSet, revision: number): Objects {
    const { remove = [], update = [], create = [], expect = [], now = 0 } = objects ?? {};
    const next = new Map(this.objects);
    for (const basis of [...remove, ...expect]) {
      if (next.get(basis.id)?.revision !== basis.revision) throw new Conflict();
    }
    for (const { id } of remove) {
      if (this.guarded(id, now).length > 0) throw new Conflict();
      for (const object of this.subtree(id)) next.delete(object.id);
    }
    for (const object of update) {
      if (next.get(object.id)?.revision !== object.revision) throw new Conflict();
      next.set(object.id, { ...object, revision });
    }
    for (const object of create) {
      if (next.has(object.id)) throw new Conflict();
      next.set(object.id, { ...object, revision });
    }
    check(next);
    return next;
  }
}

function check(objects: Objects): void {
  const places = new Set<string>();
  for (const object of objects.values()) {
    const { id, project, parent, name } = object;
    if (parent === '') continue;
    if (places.has(`${parent}/${name}`)) throw new Conflict();
    places.add(`${parent}/${name}`);
    if (parent !== rootOf(project) && objects.get(parent)?.project !== project) throw new Conflict();
    const container = objects.get(parent);
    if (container !== undefined && isIn(objects, container, id)) throw new Conflict();
  }
}

/** Whether an object is another one, or below it; also in a circle. */
function isIn(objects: Objects, object: StoredObject, id: string): boolean {
  const seen = new Set<string>();
  for (
    let one: StoredObject | undefined = object;
    one !== undefined && !seen.has(one.id);
    one = objects.get(one.parent)
  ) {
    if (one.id === id) return true;
    seen.add(one.id);
  }
  return false;
}

function keysIn(objects: Objects): ReadonlySet<string> {
  return new Set([...objects.values()].flatMap(({ values }) => values));
}

function usageIn(objects: Objects, project: string): ReadonlyMap<string, number> {
  const own = [...objects.values()].filter((object) => object.project === project);
  const bytes = own.reduce((sum, { size }) => sum + size, 0);
  return new Map([
    ...(own.length > 0 ? [[ownObjects, own.length] as const] : []),
    ...(bytes > 0 ? [[ownKilobytes, bytes / 1000] as const] : []),
  ]);
}

function checkLimits(before: Objects, after: Objects, { project = commonProject, limits = [] }: ChangeSet): void {
  for (const { counts, most } of limits) {
    const amount = (objects: Objects) => {
      const usage = usageIn(objects, project);
      return counts.reduce((sum, what) => sum + (usage.get(what) ?? 0), 0);
    };
    if (amount(after) > Math.max(amount(before), most)) throw new LimitExceeded([]);
  }
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
