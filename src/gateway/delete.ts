import type { Content } from '../occi/draft.ts';
import { core, type Entity, isLink } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Command } from '../store/store.ts';
import { beforeOf, carryOut, commandsFor, endsOf } from './carry-out.ts';
import { retrying } from './commit.ts';
import { authorize } from './policy/authorize.ts';
import { check, type Precondition } from './precondition.ts';
import type { Provider, Scope } from './provider.ts';
import { allOf, type CollectionTarget, membersOf, namedEntities } from './selection.ts';

/** Deletes an entity and the links that start or end at it (GFD.223 §10.4, GFD.221 §5.4.2). */
export function deleteEntity(
  provider: Provider,
  scope: Scope,
  location: string,
  precondition: Precondition,
): Promise<void> {
  return retrying(async () => {
    const view = await provider.store.view(location);
    check(precondition, view?.entity);
    if (view === undefined) throw new OcciError('not-found', `there is no entity at ${location}`);
    authorize(scope, 'delete', [view.entity]);
    await remove(provider, scope, [view.entity]);
  });
}

/**
 * Deletes the members of a collection (GFD.223 §11.4.1, GFD.185 §3.4.2): all of them, or those that the request's
 * filter or list means.
 */
export function deleteMembers(
  provider: Provider,
  scope: Scope,
  target: CollectionTarget,
  content: Content,
): Promise<void> {
  return retrying(async () => {
    const { filter, named } = splitContent(content);
    const members = await allOf(provider, membersOf(provider, scope, target, filter));
    const listed = named === undefined ? undefined : await namedEntities(provider, scope, named);
    const meant = listed === undefined ? undefined : new Set(listed.map(({ location }) => location));
    const chosen = members.filter(({ location }) => meant?.has(location) ?? true);
    authorize(scope, 'delete', chosen, target);
    await remove(provider, scope, chosen);
  });
}

/** A DELETE on a collection may carry a filter, a list of entities, or both. */
export function splitContent(content: Content): { readonly filter: Content; readonly named: Content | undefined } {
  const byId = content.drafts.filter((draft) => draft.attributes.has(core.id));
  const others = content.drafts.filter((draft) => !draft.attributes.has(core.id));
  const listed = content.plural || content.locations.length > 0;
  return {
    filter: { drafts: content.plural ? [] : [...others, ...(listed ? [] : byId)], locations: [], plural: false },
    named: listed
      ? { drafts: content.plural ? content.drafts : [], locations: content.locations, plural: true }
      : undefined,
  };
}

async function remove(provider: Provider, scope: Scope, entities: readonly Entity[]): Promise<void> {
  if (entities.length === 0) return;
  const gone = new Map(entities.map((entity) => [entity.location, entity]));
  // A Map grows while it is walked over, so links that end at links are found, too.
  for (const location of gone.keys()) {
    for (const link of await provider.store.linksAt(location)) {
      if (!gone.has(link.location)) gone.set(link.location, link);
    }
  }
  // Links go first, so that a backend detaches before it destroys.
  const ordered = [...gone.values()].sort((a, b) => Number(isLink(b)) - Number(isLink(a)));
  const commands: Command[] = [];
  for (const entity of ordered) {
    commands.push(...commandsFor(provider, scope, { do: 'delete', entity, ...(await endsOf(provider, entity)) }));
  }
  await carryOut(provider, scope, { remove: ordered, commands }, beforeOf(ordered));
}
