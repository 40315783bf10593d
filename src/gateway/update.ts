import type { Attributes } from '../occi/attribute.ts';
import type { Draft, LinkDraft } from '../occi/draft.ts';
import { core, type Entity, type EntityView, idOf, uuidOf } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Definitions, Model } from '../occi/model.ts';
import { type ClientValues, forcedBy, replaced, type ServerValues, typed, updated } from './assemble.ts';
import { addMixins, type Classified, checkApplies, classify, isLinkKind, replaceMixins } from './classify.ts';
import { retrying } from './commit.ts';
import { checkEnds, type Finder, type Instance, instantiateLink, localise } from './instance.ts';
import { authorizeChange } from './policy/authorize.ts';
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
  return changing(provider, scope, 'update', location, precondition, async (view) => {
    const { model } = provider.catalogue;
    const { entity } = view;
    const wish = read(provider, scope, draft, view, (sent) => addMixins(model, entity.mixins, sent));
    if (wish.links.length > 0 && isLinkKind(model, entity.kind)) {
      throw new OcciError('invalid-request', 'a link cannot have links of its own');
    }
    if (draft.categories.length === 0 && draft.attributes.size === 0 && draft.links.length === 0) {
      throw new OcciError('invalid-request', 'there is nothing to update: send a category, an attribute or a link');
    }
    return { ...wish, attributes: updated(wish.definitions, entity.attributes, wish.client, wish.forced) };
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
  return changing(provider, scope, 'replace', location, precondition, async (view) => {
    const { model } = provider.catalogue;
    const { entity } = view;
    const silent = draft.categories.length === 0;
    const wish = read(provider, scope, draft, view, (sent) => {
      return silent ? entity.mixins : replaceMixins(model, entity.mixins, sent);
    });
    const [foreign] = wish.links;
    if (foreign !== undefined) {
      throw new OcciError('invalid-request', 'a full update must not contain new links; POST them', {
        token: foreign.target,
      });
    }
    if (silent && draft.attributes.size === 0) {
      throw new OcciError('invalid-request', 'there is nothing to put: send a full rendering of the entity');
    }
    return { ...wish, attributes: replaced(wish.definitions, entity.attributes, wish.client, wish.forced) };
  });
}

/** What a client wants of an entity, read against the model. */
interface Wish {
  readonly mixins: readonly string[];
  readonly definitions: Definitions;
  readonly client: ClientValues;
  /** What templates that are new fix. */
  readonly forced: ServerValues;
  /** Links that the entity does not have yet. */
  readonly links: readonly LinkDraft[];
}

function read(
  provider: Provider,
  scope: Scope,
  draft: Draft,
  { entity, links }: EntityView,
  mixinsAfter: (sent: readonly Mixin[]) => readonly string[],
): Wish {
  const { model } = provider.catalogue;
  const sent = checkKind(model, entity, draft).mixins;
  const mixins = mixinsAfter(sent);
  const definitions = model.definitions(entity.kind, mixins);
  return {
    mixins,
    definitions,
    client: typed(definitions, draft.attributes, (reference) => localise(scope.space, reference)),
    forced: forcedBy(sent.filter(({ id }) => !entity.mixins.includes(id))),
    links: draft.links.filter((link) => link.action === undefined && !isEcho(scope, link, links)),
  };
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
  operation: 'update' | 'replace',
  location: string,
  precondition: Precondition,
  decide: (view: EntityView) => Promise<Changed>,
): Promise<EntityView> {
  return retrying(async () => {
    const view = await provider.store.view(location);
    check(precondition, view?.entity);
    if (view === undefined) throw new OcciError('not-found', `there is no entity at ${location}`);
    const { mixins, attributes, links } = await decide(view);
    const after = await retarget(provider, scope, { ...view.entity, mixins, attributes }, view.entity);
    const instances = await newLinks(provider, scope, links, after);
    authorizeChange(scope, operation, view.entity, after, instances);
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

/** Whether a link in a request is one of the links of the resource: clients send back what they were shown. */
function isEcho(scope: Scope, link: LinkDraft, links: readonly Entity[]): boolean {
  if (link.self === undefined) return false;
  const self = localise(scope.space, link.self);
  return links.some((one) => one.location === self || idOf(one) === self || `urn:uuid:${uuidOf(self)}` === idOf(one));
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
    instances.push(await instantiateLink(provider, scope, link, { source, find }));
  }
  return instances;
}

/** A link whose ends changed: they are checked as at creation. */
async function retarget(provider: Provider, scope: Scope, after: Entity, before: Entity): Promise<Entity> {
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
  const { [core.source]: source, [core.target]: target } = after.attributes;
  const find: Finder = async (location) => (await provider.store.view(location))?.entity;
  const ends = await checkEnds(provider, scope, model.kindOf(before), { source, target }, { find });
  const definitions = model.definitions(after.kind, after.mixins);
  return { ...after, attributes: updated(definitions, { ...rest, ...ends.values }, new Map(), {}) };
}
