import { type DomainLoad, type ObjectReader, rootOf, type StoredObject } from './objects.ts';

/** What one project sees of the objects in a store. */
export interface ProjectObjects
  extends Pick<
    ObjectReader,
    'object' | 'member' | 'path' | 'lineage' | 'members' | 'countMembers' | 'membersAfter' | 'guardIn' | 'isDeeper'
  > {
  /** All objects of the project; see `ObjectReader.all`. */
  all(): AsyncIterable<readonly StoredObject[]>;
  /** Objects of the project that belong to a domain; see `ObjectReader.ofDomain`. */
  ofDomain(domain: string, count: number): Promise<readonly StoredObject[]>;
  /** How much belongs to a domain of the project. */
  domainLoad(domain: string): Promise<DomainLoad>;
  /** Whether no project has an object with an id. */
  isNew(id: string): Promise<boolean>;
}

/** The objects that belong to a project. Those of others are not there for it. */
export function projectObjects(objects: ObjectReader, project: string): ProjectObjects {
  const own = (object: StoredObject | undefined) => (object?.project === project ? object : undefined);
  // What is in something is of the same project.
  const allOwn = (way: readonly StoredObject[]) => (own(way[0]) === undefined ? [] : way);
  const isOwn = async (parent: string) => parent === rootOf(project) || own(await objects.object(parent)) !== undefined;
  return {
    object: async (id) => own(await objects.object(id)),
    member: async (parent, name) => own(await objects.member(parent, name)),
    path: async (parent, names) => allOwn(await objects.path(parent, names)),
    lineage: async (id) => allOwn(await objects.lineage(id)),
    members: async (parent, page) => ((await isOwn(parent)) ? objects.members(parent, page) : []),
    countMembers: async (parent) => ((await isOwn(parent)) ? objects.countMembers(parent) : 0),
    membersAfter: async (parent, name, count) =>
      (await objects.membersAfter(parent, name, count)).filter((object) => own(object) !== undefined),
    guardIn: async (id, now) => own(await objects.guardIn(id, now)),
    isDeeper: async (id, levels) => (await isOwn(id)) && (await objects.isDeeper(id, levels)),
    // What belongs to a domain is of the same project.
    ofDomain: async (domain, count) => ((await isOwn(domain)) ? objects.ofDomain(domain, count) : []),
    domainLoad: async (domain) => ((await isOwn(domain)) ? objects.domainLoad(domain) : { count: 0, size: 0 }),
    all: () => objects.all(project),
    isNew: async (id) => (await objects.object(id)) === undefined,
  };
}
