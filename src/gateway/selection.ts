import { guess } from '../occi/attribute.ts';
import type { Content } from '../occi/draft.ts';
import { core, type Entity, type EntityView } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import { type AttributeCondition, type Filter, matches, noFilter } from '../occi/filter.ts';
import type { Bound } from '../occi/model.ts';
import type { Selection } from '../store/store.ts';
import { localise } from './instance.ts';
import { visible } from './policy/authorize.ts';
import type { Sight } from './policy/policy.ts';
import type { Provider, Scope } from './provider.ts';

/** The collection a request is about: that of a kind or mixin, or everything below an unbound path. */
export type CollectionTarget = { readonly category: Bound } | { readonly under: string };

/** The members of a collection that a request means. */
export interface Members {
  readonly selection: Selection;
  /** What the store cannot select by. */
  readonly filter: Filter;
  /** What of it the client may see, where that is not all. */
  readonly sees?: Sight;
  /** Nothing can match, whatever is stored. */
  readonly none: boolean;
}

/**
 * Reads the filter of a request (GFD.223 §7, GFD.185 §3.4): categories and attribute values, all of which have to
 * hold.
 *
 * @throws OcciError `unknown-filter-category`, `bad-filter`
 */
export function membersOf(provider: Provider, scope: Scope, target: CollectionTarget, content: Content): Members {
  const { model } = provider.catalogue;
  const draft = content.drafts[0];
  const selection: { kind?: string; mixins: string[]; under?: string } = { mixins: [] };
  let none = false;
  const include = (category: Bound) => {
    if (category.class === 'mixin') selection.mixins.push(category.id);
    else if (selection.kind !== undefined && selection.kind !== category.id) none = true;
    else selection.kind = category.id;
  };
  if ('under' in target) {
    if (target.under !== '/') selection.under = target.under;
  } else include(target.category);
  for (const reference of draft?.categories ?? []) {
    const category = model.find(reference);
    if (category === undefined) {
      throw new OcciError('unknown-filter-category', `there is no category ${quoteToken(reference.id)} to filter by`, {
        token: reference.id,
      });
    }
    if (category.class === 'action') {
      throw new OcciError('bad-filter', `${category.id} is an action; entities are filtered by kinds and mixins`);
    }
    include(category);
  }
  const attributes = [...(draft?.attributes ?? [])].map(([name, value]): AttributeCondition => {
    const known = [...model.kinds, ...model.mixins].some((one) => one.attributes.some((own) => own.name === name));
    if (!known) {
      throw new OcciError('bad-filter', `no category defines the attribute ${quoteToken(name)}`, { token: name });
    }
    if (name !== core.source && name !== core.target) return { name, value };
    return { name, value: { form: 'quoted', text: localise(scope.space, String(guess(value))) } };
  });
  const sees = scope.policy.sightOf(scope.credentials);
  return {
    selection,
    filter: attributes.length === 0 ? noFilter : { categories: [], attributes },
    ...(sees && { sees }),
    none,
  };
}

/** The members, page by page, with everything a rendering needs. */
export async function* viewsOf(provider: Provider, members: Members): AsyncIterable<readonly EntityView[]> {
  if (members.none) return;
  for await (const page of provider.store.views(members.selection)) {
    if (isWhole(members)) yield page;
    else yield page.flatMap((view) => (isMeant(members, view.entity) ? [visible(view, members.sees)] : []));
  }
}

function isMeant({ filter, sees }: Members, entity: Entity): boolean {
  return matches(filter, entity) && sees?.(entity) !== false;
}

/** Whether the store selects all that there is to select by. */
export function isWhole({ filter, sees }: Members): boolean {
  return filter === noFilter && sees === undefined;
}

/** The members' paths; as cheap as the store can do it. */
export async function* locationsOf(provider: Provider, members: Members): AsyncIterable<readonly string[]> {
  if (members.none) return;
  if (isWhole(members)) {
    yield* provider.store.locations(members.selection);
    return;
  }
  for await (const page of viewsOf(provider, members)) yield page.map(({ entity }) => entity.location);
}

/**
 * All members at once, for what changes them together.
 *
 * @throws OcciError `too-large` when there are more than one request may change
 */
export async function allOf(provider: Provider, members: Members): Promise<readonly Entity[]> {
  const entities: Entity[] = [];
  for await (const page of viewsOf(provider, members)) {
    for (const { entity } of page) entities.push(entity);
    if (entities.length > provider.limits.batch) {
      throw new OcciError('too-large', `more than ${provider.limits.batch} entities at once; name or filter some`);
    }
  }
  return entities;
}

/**
 * The entities a request names by URI, or in JSON by id (GFD.223 §11.3.2).
 *
 * @throws OcciError `bad-reference` when one does not exist
 */
export async function namedEntities(provider: Provider, scope: Scope, content: Content): Promise<readonly Entity[]> {
  const found = new Map<string, Entity>();
  for (const reference of content.locations) {
    const entity = reference.toLowerCase().startsWith('urn:')
      ? await provider.store.byId(reference.toLowerCase())
      : (await provider.store.view(localise(scope.space, reference)))?.entity;
    if (entity === undefined) throw noEntity(reference);
    found.set(entity.location, entity);
  }
  for (const draft of content.drafts) {
    const id = draft.attributes.get(core.id);
    if (id === undefined) {
      throw new OcciError('invalid-request', 'entities of a collection are named by location or id; one has none');
    }
    const sent = String(guess(id));
    const urn = sent.toLowerCase().startsWith('urn:') ? sent.toLowerCase() : `urn:uuid:${sent.toLowerCase()}`;
    const entity = await provider.store.byId(urn);
    if (entity === undefined) throw noEntity(sent);
    found.set(entity.location, entity);
  }
  return [...found.values()];
}

/** Which keys a JSON rendering of the collection has even when it is empty. */
export function shapeOf(provider: Provider, target: CollectionTarget): 'resources' | 'links' | 'mixed' {
  if ('under' in target || target.category.class === 'mixin') return 'mixed';
  return isLinkCategory(provider, target.category) ? 'links' : 'resources';
}

function isLinkCategory(provider: Provider, category: Bound): boolean {
  return provider.catalogue.model.definitions(category.id, []).has(core.source);
}

function noEntity(reference: string): OcciError {
  return new OcciError('bad-reference', `there is no entity ${quoteToken(reference)} here`, { token: reference });
}
