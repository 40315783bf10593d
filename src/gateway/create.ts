import type { Content } from '../occi/draft.ts';
import { core, type Entity, type EntityView, idOf } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Bound } from '../occi/model.ts';
import type { ChangeSet, Command } from '../store/store.ts';
import { beforeOf, carryOut, commandsFor } from './carry-out.ts';
import { type Classified, classify, isLinkKind } from './classify.ts';
import { retrying } from './commit.ts';
import {
  birthOf,
  type Finder,
  flatten,
  type Instance,
  instantiate,
  type ResolvedDraft,
  runTimeMixins,
  sameRequest,
} from './instance.ts';
import { authorize } from './policy/authorize.ts';
import { check, type Precondition } from './precondition.ts';
import type { Provider, Scope } from './provider.ts';

/** Where new entities are to be. */
export interface Place {
  /** The collection a POST went to; none for unbound paths. */
  readonly collection?: Bound;
  /** The path a PUT went to. */
  readonly location?: string;
}

/**
 * Creates the entities a request describes, with the links inside them: all or none (GFD.223 §10.2.1, §11.3.1).
 *
 * A request that is repeated with the same client-chosen UUID finds what it made the first time.
 *
 * @returns the new entities in the order of the request
 */
export async function create(
  provider: Provider,
  scope: Scope,
  content: Content,
  place: Place,
  precondition: Precondition = {},
): Promise<readonly EntityView[]> {
  if (content.drafts.length === 0) {
    throw new OcciError('invalid-request', 'there is nothing to create: send a rendering of at least one entity');
  }
  if (content.drafts.length > provider.limits.batch) {
    throw new OcciError('too-large', `at most ${provider.limits.batch} entities can be created at once`);
  }
  return retrying(async () => {
    check(precondition, undefined);
    const { model } = provider.catalogue;
    const drafts = content.drafts.map((draft) => ({ draft, classified: classify(model, draft.categories) }));
    for (const { classified } of drafts) checkPlace(classified, place);
    const instances = await instantiateAll(provider, scope, drafts, place);
    const entities = flatten(instances).map(({ entity }) => entity);
    checkDistinct(entities);
    const earlier = new Map<Instance, Entity>();
    for (const instance of instances) {
      if (!isChosen(instance, place)) continue;
      const made = await madeBefore(provider, instance, place);
      if (made !== undefined) earlier.set(instance, made);
    }
    authorize(scope, 'create', entities);
    const fresh = earlier.size === 0 ? instances : instances.filter((instance) => !earlier.has(instance));
    const written = fresh.length === 0 ? undefined : await write(provider, scope, fresh);
    return Promise.all(
      instances.map(
        (instance) => written?.get(instance) ?? present(provider, earlier.get(instance) ?? instance.entity),
      ),
    );
  });
}

/** Entities can be created at the location of their own kind and at unbound paths, never at those of mixins. */
function checkPlace({ kind }: Classified, { collection }: Place): void {
  if (collection === undefined || kind === undefined || kind.id === collection.id) return;
  throw new OcciError(
    'invalid-request',
    `${collection.location} is the collection of the ${collection.class} ${collection.id}; POST to ${kind.location}`,
    { token: kind.id },
  );
}

/** Resources first, so that links in the same request can refer to them. */
async function instantiateAll(
  provider: Provider,
  scope: Scope,
  drafts: readonly ResolvedDraft[],
  place: Place,
): Promise<readonly Instance[]> {
  const { model } = provider.catalogue;
  const siblings = new Map<string, Entity>();
  const find: Finder = async (location) => siblings.get(location) ?? (await provider.store.view(location))?.entity;
  const placement = place.location === undefined ? { find } : { find, location: place.location };
  const instances: Instance[] = [];
  for (const links of [false, true]) {
    for (const [index, draft] of drafts.entries()) {
      const { kind } = draft.classified;
      if ((kind !== undefined && isLinkKind(model, kind.id)) !== links) continue;
      const instance = await instantiate(provider, scope, draft, placement);
      instances[index] = instance;
      siblings.set(instance.entity.location, instance.entity);
    }
  }
  return instances;
}

/** @throws OcciError `exists` when a request gives two of its entities the same id */
function checkDistinct(entities: readonly Entity[]): void {
  if (entities.length === 1) return;
  const ids = new Set<string>();
  for (const entity of entities) {
    if (ids.has(idOf(entity))) throw taken(entity);
    ids.add(idOf(entity));
  }
}

/** Whether anything of where an instance is to be is the choice of the client; all else is new in any case. */
function isChosen({ given, links }: Instance, place: Place): boolean {
  return place.location !== undefined || given.includes(core.id) || links.some((link) => link.given.includes(core.id));
}

/**
 * What an earlier try of this request has made. What the server chooses itself is free, and so is the path where the
 * request does not choose it.
 *
 * @throws OcciError `exists` when the id or path is taken by something else
 */
async function madeBefore(provider: Provider, instance: Instance, place: Place): Promise<Entity | undefined> {
  const { entity, given } = instance;
  if (given.includes(core.id)) {
    const other = await provider.store.byId(idOf(entity));
    const isElsewhere = place.location !== undefined && other?.location !== place.location;
    if (other !== undefined && !isElsewhere && sameRequest(other, instance)) return other;
    if (!(await provider.store.isNew(idOf(entity)))) throw taken(entity);
  }
  for (const { entity: link, given: stated } of instance.links) {
    if (stated.includes(core.id) && !(await provider.store.isNew(idOf(link)))) throw taken(link);
  }
  if (!given.includes(core.id) && place.location === undefined) return undefined;
  if (!(await provider.store.isFree(entity.location))) {
    throw new OcciError('exists', `there is an entity at ${entity.location} already`, { token: entity.location });
  }
  return undefined;
}

function taken(entity: Entity): OcciError {
  return new OcciError('exists', `the id ${idOf(entity)} is taken by another entity`, { token: idOf(entity) });
}

/** @returns what is known to be written; nothing where a backend may have changed it since */
async function write(
  provider: Provider,
  scope: Scope,
  instances: readonly Instance[],
): Promise<ReadonlyMap<Instance, EntityView>> {
  const { model } = provider.catalogue;
  const all = flatten(instances);
  const entities = all.map(({ entity }) => entity);
  const ends: Entity[] = [];
  const commands: Command[] = [];
  const requireMixins: string[] = [];
  for (const instance of all) {
    const { entity, source, target } = instance;
    if (source !== undefined) ends.push(source);
    if (target !== undefined) ends.push(target);
    commands.push(...commandsFor(provider, scope, birthOf(instance)));
    requireMixins.push(...runTimeMixins(model, entity.mixins));
  }
  const changes: ChangeSet = {
    create: entities,
    ...(ends.length > 0 && { requireEntities: locationsOutside(ends, entities) }),
    ...(requireMixins.length > 0 && { requireMixins }),
    ...(commands.length > 0 && { commands }),
  };
  const revision = await carryOut(provider, scope, changes, beforeOf([]));
  if (commands.length > 0 || ends.length > 0) return new Map();
  return new Map(instances.map((instance) => [instance, { entity: { ...instance.entity, revision }, links: [] }]));
}

/** Where the ends of links are, but for those that are made together with them. */
function locationsOutside(ends: readonly Entity[], own: readonly Entity[]): readonly string[] {
  const made = new Set(own);
  return ends.filter((end) => !made.has(end)).map(({ location }) => location);
}

async function present(provider: Provider, entity: Entity): Promise<EntityView> {
  // Somebody may have deleted it in this very moment; the request was carried out all the same.
  return (await provider.store.view(entity.location)) ?? { entity, links: [] };
}
