import type { Attributes } from '../occi/attribute.ts';
import type { Draft, LinkDraft } from '../occi/draft.ts';
import { core, type Entity, type EntityView, idOf, uuidOf } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Model } from '../occi/model.ts';
import { type ClientValues, forcedBy, replaced, typed, updated } from './assemble.ts';
import { addMixins, type Classified, checkApplies, classify, isLinkKind, replaceMixins } from './classify.ts';
import { retrying } from './commit.ts';
import { checkEnds, flatten, type Instance, instantiateLink, localise } from './instance.ts';
import { check, type Precondition } from './precondition.ts';
import type { Provider, Scope } from './provider.ts';
import { writeChanges } from './write-changes.ts';

/**
 * Changes what a request names and nothing else (GFD.223 §10.3.1): attributes get new values, mixins are added, new
 * links of a resource are created.
 */
export function update(
  provider: Provider,
  scope: Scope,
  location: string,
  draft: Draft,
  precondition: Precondition,
): Promise<EntityView> {
  return changing(provider, scope, location, precondition, async ({ entity, links }) => {
    const { model } = provider.catalogue;
    const classified = checkKind(model, entity, draft);
    const news = draft.links.filter((link) => link.action === undefined && echoOf(scope, link, links) === undefined);
    if (news.length > 0 && isLinkKind(model, entity.kind)) {
      throw new OcciError('invalid-request', 'a link cannot have links of its own');
    }
    if (draft.categories.length === 0 && draft.attributes.size === 0 && draft.links.length === 0) {
      throw new OcciError('invalid-request', 'there is nothing to update: send a category, an attribute or a link');
    }
    const mixins = addMixins(model, entity.mixins, classified.mixins);
    const definitions = model.definitions(entity.kind, mixins);
    const client = typed(definitions, draft.attributes, (reference) => localise(scope.space, reference));
    checkId(entity, client);
    const added = classified.mixins.filter(({ id }) => !entity.mixins.includes(id));
    const attributes = updated(definitions, entity.attributes, client, forcedBy(added));
    return { mixins, attributes, links: news };
  });
}

/**
 * Replaces an entity by what a request says (GFD.223 §10.2.2): what is left out falls back to its default or
 * disappears, except that links stay, that templates can only be replaced, and that a request without any category
 * leaves kind and mixins alone. A client may send back all that it was shown.
 */
export function replace(
  provider: Provider,
  scope: Scope,
  location: string,
  draft: Draft,
  precondition: Precondition,
): Promise<EntityView> {
  return changing(provider, scope, location, precondition, async ({ entity, links }) => {
    const { model } = provider.catalogue;
    const classified = checkKind(model, entity, draft);
    const foreign = draft.links.find((link) => link.action === undefined && echoOf(scope, link, links) === undefined);
    if (foreign !== undefined) {
      throw new OcciError('invalid-request', 'a full update must not contain new links; POST them', {
        token: foreign.target,
      });
    }
    if (draft.categories.length === 0 && draft.attributes.size === 0) {
      throw new OcciError('invalid-request', 'there is nothing to put: send a full rendering of the entity');
    }
    const mixins =
      draft.categories.length === 0 ? entity.mixins : replaceMixins(model, entity.mixins, classified.mixins);
    const definitions = model.definitions(entity.kind, mixins);
    const client = typed(definitions, draft.attributes, (reference) => localise(scope.space, reference));
    checkId(entity, client);
    const added = classified.mixins.filter(({ id }) => !entity.mixins.includes(id));
    const attributes = replaced(definitions, entity.attributes, client, forcedBy(added));
    return { mixins, attributes, links: [] };
  });
}

/** What becomes of an entity. */
interface Changed {
  readonly mixins: readonly string[];
  readonly attributes: Attributes;
  readonly links: readonly LinkDraft[];
}

/** Reads an entity, decides, and writes; starts over when somebody else was faster. */
function changing(
  provider: Provider,
  scope: Scope,
  location: string,
  precondition: Precondition,
  decide: (view: EntityView) => Promise<Changed>,
): Promise<EntityView> {
  return retrying(async () => {
    const view = await provider.store.view(location);
    check(precondition, view?.entity);
    if (view === undefined) throw new OcciError('not-found', `there is no entity at ${location}`);
    const { mixins, attributes, links } = await decide(view);
    const after = await retarget(provider, { ...view.entity, mixins, attributes }, view.entity);
    const instances = await newLinks(provider, scope, links, after);
    await writeChanges(provider, scope, [{ before: view.entity, after }], instances);
    return (await provider.store.view(location)) ?? { entity: after, links: view.links };
  });
}

/** The kind of an entity is fixed for life (GFD.221 §5.3.3). */
function checkKind(model: Model, entity: Entity, draft: Draft): Classified {
  const classified = classify(model, draft.categories);
  if (classified.kind !== undefined && classified.kind.id !== entity.kind) {
    throw new OcciError('invalid-request', `the entity is a ${entity.kind} and cannot become a ${classified.kind.id}`, {
      token: classified.kind.id,
    });
  }
  checkApplies(model, classified.mixins, entity.kind);
  return classified;
}

/** A bare UUID is the same id as its URN. */
function checkId(entity: Entity, client: ClientValues): void {
  const sent = client.get(core.id);
  if (typeof sent === 'string' && `urn:uuid:${uuidOf(sent)}` === idOf(entity)) {
    (client as Map<string, unknown>).set(core.id, idOf(entity));
  }
}

/** The existing link that a link in a request is the echo of: the same link by `self`, or the same ends and kind. */
function echoOf(scope: Scope, link: LinkDraft, links: readonly Entity[]): Entity | undefined {
  const self = link.self === undefined ? undefined : localise(scope.space, link.self);
  if (self !== undefined) {
    return links.find((one) => one.location === self || idOf(one) === self || uuidOf(self) === uuidOf(idOf(one)));
  }
  return undefined;
}

async function newLinks(
  provider: Provider,
  scope: Scope,
  drafts: readonly LinkDraft[],
  source: Entity,
): Promise<readonly Instance[]> {
  const instances: Instance[] = [];
  for (const link of drafts) {
    const find = async (location: string) => (await provider.store.view(location))?.entity;
    instances.push(...flatten(await instantiateLink(provider, scope, link, { source, find })));
  }
  return instances;
}

/** A link whose ends changed: they are checked as at creation. */
async function retarget(provider: Provider, after: Entity, before: Entity): Promise<Entity> {
  const moved = [core.source, core.target].filter((name) => after.attributes[name] !== before.attributes[name]);
  if (moved.length === 0) return after;
  if (provider.backendOf(before.kind) !== undefined) {
    throw new OcciError(
      'conflict',
      `${moved.join(' and ')} cannot be changed here; delete the link and create another`,
    );
  }
  const { model } = provider.catalogue;
  const { [core.targetKind]: _, ...rest } = after.attributes;
  const ends = await checkEnds(
    model,
    model.kindOf(before),
    after.attributes[core.source],
    after.attributes[core.target],
    undefined,
    { find: async (location) => (await provider.store.view(location))?.entity },
  );
  const definitions = model.definitions(after.kind, after.mixins);
  return { ...after, attributes: updated(definitions, { ...rest, ...ends.values }, new Map(), {}) };
}
