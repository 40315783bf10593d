import type { Intent } from '../backends/backend.ts';
import { guess, type RawValue } from '../occi/attribute.ts';
import type { Draft, LinkDraft, RawAttributes } from '../occi/draft.ts';
import { core, type Entity, idOf, uuidOf } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import { type Kind, linkKind } from '../occi/kind.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { locate, type NameSpace } from '../occi/name-space.ts';
import { created, type ServerValues, typed } from './assemble.ts';
import { beginning } from './beginning.ts';
import { addMixins, type Classified, checkApplies, classify, instantiable, isLinkKind } from './classify.ts';
import { newId } from './new-id.ts';
import type { Provider, Scope } from './provider.ts';

/** A new entity, thought out completely and not yet written. */
export interface Instance {
  readonly entity: Entity;
  /** The ends of a link that are entities of this provider. */
  readonly source?: Entity;
  readonly target?: Entity;
  /** The links that were rendered inside the resource. */
  readonly links: readonly Instance[];
  /** Values the client gave, for recognising a repeated request. */
  readonly given: readonly string[];
}

/** A draft of an entity, and what its categories are. */
export interface ResolvedDraft {
  readonly draft: Draft;
  /** The categories of the draft, resolved. */
  readonly classified: Classified;
}

/** Finds an entity of this provider, among those being created and in the store. */
export type Finder = (location: string) => Promise<Entity | undefined>;

/** What else is known about an entity to be created. */
export interface Placement {
  /** The path a PUT asks for; otherwise it follows from kind and id. */
  readonly location?: string;
  /** The end that is given by being rendered inside a resource. */
  readonly source?: Entity;
  readonly find: Finder;
}

/**
 * Thinks out a new entity from what a client sent, with the links inside it (GFD.223 §10.2.1, §11.3.1).
 *
 * @throws OcciError for everything that is wrong with it; nothing has happened then
 */
export async function instantiate(
  provider: Provider,
  scope: Scope,
  { draft, classified }: ResolvedDraft,
  placement: Placement,
): Promise<Instance> {
  const { model } = provider.catalogue;
  const kind = instantiable(classified);
  checkApplies(model, classified.mixins, kind.id);
  const mixins = addMixins(model, [], classified.mixins);
  const definitions = model.definitions(kind.id, mixins);
  const client = typed(definitions, draft.attributes, (reference) => localise(scope.space, reference));

  const id = clientId(draft.attributes) ?? newId();
  const source = placement.source?.location ?? client.get(core.source);
  const isLink = isLinkKind(model, kind.id);
  const meant = isLink ? await provider.keeper?.meant(provider, scope, kind, client) : undefined;
  const target = meant?.target.location ?? client.get(core.target);
  const ends: Ends = isLink
    ? await checkEnds(provider, scope, kind, { source, target, targetKind: client.get(core.targetKind) }, placement)
    : { values: {} };
  const { state, ...rest } = beginning(provider, kind, ends.entities?.target);
  const values = { ...state, ...ends.values, ...meant?.values, [core.id]: `urn:uuid:${id}` };
  const attributes = created(definitions, client, values);
  const entity: Entity = {
    location: placement.location ?? `${kind.location}${id}`,
    project: provider.project,
    kind: kind.id,
    mixins,
    attributes,
    revision: 0,
    ...rest,
  };
  const links: Instance[] = [];
  for (const link of draft.links) {
    if (link.action !== undefined) continue;
    links.push(await instantiateLink(provider, scope, link, { source: entity, find: placement.find }));
  }
  if (links.length > 0 && isLinkKind(model, kind.id)) {
    throw new OcciError('invalid-request', 'a link cannot have links of its own');
  }
  return { entity, ...ends.entities, links, given: [...client.keys()] };
}

/** Thinks out a link that is rendered inside its source (GFD.185 §3.4.5). */
export async function instantiateLink(
  provider: Provider,
  scope: Scope,
  link: LinkDraft,
  placement: Placement & { readonly source: Entity },
): Promise<Instance> {
  const { model } = provider.catalogue;
  const { kind } = classify(model, link.categories);
  if (kind !== undefined && !isLinkKind(model, kind.id)) {
    throw new OcciError('invalid-request', `${kind.id} is not the kind of a link`, { token: kind.id });
  }
  const target = localise(scope.space, link.target);
  const stated = link.attributes.get(core.target);
  if (stated !== undefined && localise(scope.space, String(guess(stated))) !== target) {
    throw new OcciError(
      'bad-reference',
      `the link points to ${quoteToken(link.target)}, but its ${core.target} does not`,
    );
  }
  const attributes = new Map<string, RawValue>(link.attributes);
  // The source is the resource around it; what clients call it is their guess at a location not yet known.
  attributes.delete(core.source);
  attributes.delete(core.sourceKind);
  attributes.set(core.target, { form: 'quoted', text: link.target });
  const categories = kind === undefined ? [...link.categories, plainLink] : link.categories;
  const draft = { categories, attributes, links: [] };
  return instantiate(provider, scope, { draft, classified: classify(model, categories) }, placement);
}

/** The kind of a link whose rendering names none. */
const plainLink = {
  id: linkKind,
  scheme: 'http://schemas.ogf.org/occi/core#',
  term: 'link',
  related: [],
  applies: [],
  attributes: [],
  actions: [],
} as const;

/** A reference as it is kept: the location of an entity of this provider, or the URL of something elsewhere. */
export function localise(space: NameSpace, reference: string): string {
  return locate(space, reference) ?? reference.trim();
}

/** The UUID a client has chosen; other ids are accepted and replaced by one. */
function clientId(attributes: RawAttributes): string | undefined {
  const sent = attributes.get(core.id);
  return sent === undefined ? undefined : uuidOf(String(guess(sent)));
}

/** What is said about the ends of a link. */
interface StatedEnds {
  readonly source: unknown;
  readonly target: unknown;
  readonly targetKind?: unknown;
}

/** The ends of a link, found and checked, with the attributes that name them. */
interface Ends {
  readonly values: ServerValues;
  readonly entities?: { readonly source?: Entity; readonly target?: Entity };
}

/**
 * Checks the ends of a link (GFD.221 §5.4.3): the source is a resource of this provider; the target is one, too, or,
 * where the kind of the link leaves it open, any URL. OCCI 1.1 had that for kinds of one's own only (GFD.183 §4.5.3).
 *
 * @throws OcciError `attribute-required`, `bad-reference`
 */
export async function checkEnds(
  { catalogue: { model } }: Provider,
  { version }: Scope,
  kind: Kind,
  { source, target, targetKind }: StatedEnds,
  { source: around, find }: Placement,
): Promise<Ends> {
  if (typeof source !== 'string') throw new OcciError('attribute-required', `${core.source} is required`);
  if (typeof target !== 'string') throw new OcciError('attribute-required', `${core.target} is required`);
  const sourceEntity = around ?? (await find(source));
  if (sourceEntity === undefined || isLinkKind(model, sourceEntity.kind)) {
    throw new OcciError('bad-reference', `${core.source}: there is no resource ${quoteToken(source)} here`, {
      token: source,
    });
  }
  const local = target.startsWith('/');
  const targetEntity = local ? await find(target) : undefined;
  if (local && targetEntity === undefined) {
    throw new OcciError('bad-reference', `${core.target}: there is no entity ${quoteToken(target)} here`, {
      token: target,
    });
  }
  if (!local && version === '1.1' && kind.id === linkKind) {
    throw new OcciError(
      'bad-reference',
      `${core.target}: ${quoteToken(target)} is elsewhere, where links lead since OCCI 1.2; say that you speak it`,
      { token: target },
    );
  }
  checkEnd(model, core.source, sourceEntity, kind.ends?.source);
  checkEnd(model, core.target, targetEntity, kind.ends?.target);
  const actual = targetEntity?.kind ?? targetKind;
  if (typeof targetKind === 'string' && actual !== targetKind) {
    throw new OcciError('bad-reference', `${core.targetKind} is ${actual}, not ${quoteToken(targetKind)}`, {
      token: targetKind,
    });
  }
  return {
    values: {
      [core.source]: sourceEntity.location,
      [core.sourceKind]: sourceEntity.kind,
      [core.target]: targetEntity?.location ?? target,
      ...(typeof actual === 'string' ? { [core.targetKind]: actual } : {}),
    },
    entities: { source: sourceEntity, ...(targetEntity === undefined ? {} : { target: targetEntity }) },
  };
}

function checkEnd(model: Model, name: string, entity: Entity | undefined, wanted: string | undefined): void {
  if (wanted === undefined || (entity !== undefined && model.descends(entity.kind, wanted))) return;
  const found = entity === undefined ? 'something elsewhere' : entity.kind;
  throw new OcciError('bad-reference', `${name} has to be a ${wanted}, not ${found}`, { token: found });
}

/** Instances and the links inside them, in the order in which they come into being. */
export function flatten(instances: readonly Instance[]): readonly Instance[] {
  const isFlat = instances.every(({ links }) => links.length === 0);
  return isFlat ? instances : instances.flatMap((instance) => [instance, ...instance.links]);
}

/** What a backend is asked to do about an instance. */
export function birthOf({ entity, source, target }: Instance): Intent {
  return {
    do: 'create',
    entity,
    ...(source === undefined ? {} : { source }),
    ...(target === undefined ? {} : { target }),
  };
}

/** The run-time mixins among those of an entity, which may be gone by the time it is written. */
export function runTimeMixins(model: Model, mixins: readonly string[]): readonly string[] {
  return mixins.filter((id) => (model.mixin(id) as Mixin).origin === 'user');
}

/** Whether an existing entity is what a repeated request would have made of it. */
export function sameRequest(existing: Entity, { entity, given }: Instance): boolean {
  return (
    existing.kind === entity.kind &&
    idOf(existing) === idOf(entity) &&
    entity.mixins.every((id) => existing.mixins.includes(id)) &&
    given.every((name) => JSON.stringify(existing.attributes[name]) === JSON.stringify(entity.attributes[name]))
  );
}
