import type { Content } from '../occi/draft.ts';
import { core, type Entity } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import { classify, templateFamily } from './classify.ts';
import { retrying } from './commit.ts';
import { splitContent } from './delete.ts';
import { authorize } from './policy/authorize.ts';
import type { Provider, Scope } from './provider.ts';
import { allOf, membersOf, namedEntities } from './selection.ts';
import { checkRemovable, withMixins, withoutMixin } from './tagging.ts';
import { type Change, writeChanges } from './write-changes.ts';

/** Puts a mixin on the entities a request names (GFD.223 §11.3.2): on all or on none. */
export function associate(provider: Provider, scope: Scope, mixin: Mixin, content: Content): Promise<void> {
  return retrying(async () => {
    const entities = await listed(provider, scope, mixin, content);
    const { model } = provider.catalogue;
    const changes = entities.map((before) => ({ before, after: withMixins(model, before, [mixin]) }));
    authorize(scope, 'tag', entities);
    await writeChanges(provider, scope, changes);
  });
}

/** Makes the entities a request names the members of a mixin collection, and no others (GFD.223 §11.2). */
export function replaceMembers(provider: Provider, scope: Scope, mixin: Mixin, content: Content): Promise<void> {
  return retrying(async () => {
    const { model } = provider.catalogue;
    const empty = content.drafts.length === 0 && content.locations.length === 0;
    const wanted = empty ? [] : await listed(provider, scope, mixin, content);
    const members = await allMembers(provider, scope, mixin);
    const stay = new Set(wanted.map(({ location }) => location));
    const leave = members.filter(({ location }) => !stay.has(location));
    if (leave.length > 0) checkRemovable(templateFamily(model, mixin.id), mixin.id);
    const changes: Change[] = [
      ...wanted.map((before) => ({ before, after: withMixins(model, before, [mixin]) })),
      ...leave.map((before) => ({ before, after: withoutMixin(model, before, mixin.id) })),
    ];
    authorize(scope, 'tag', wanted);
    authorize(scope, 'untag', leave, wanted.length === 0 ? { category: mixin } : undefined);
    await writeChanges(provider, scope, changes);
  });
}

/**
 * Takes a mixin off entities (GFD.223 §11.4.2): off those that the request's list or filter means, without either
 * off all. The entities live on; naming one that does not have the mixin is no error.
 */
export function disassociate(provider: Provider, scope: Scope, mixin: Mixin, content: Content): Promise<void> {
  return retrying(async () => {
    const { model } = provider.catalogue;
    checkRemovable(templateFamily(model, mixin.id), mixin.id);
    const { filter, named } = splitContent(content);
    const members = await allOf(provider, membersOf(provider, scope, { category: mixin }, filter));
    const list = named === undefined ? undefined : await namedEntities(provider, scope, named);
    const meant = list === undefined ? undefined : new Set(list.map(({ location }) => location));
    const leave = members.filter(({ location }) => meant?.has(location) ?? true);
    const changes = leave.map((before) => ({ before, after: withoutMixin(model, before, mixin.id) }));
    authorize(scope, 'untag', leave, { category: mixin });
    await writeChanges(provider, scope, changes);
  });
}

/** All members of a mixin collection. */
export function allMembers(provider: Provider, scope: Scope, mixin: Mixin): Promise<readonly Entity[]> {
  const everything: Content = { drafts: [], locations: [], plural: false };
  return allOf(provider, membersOf(provider, scope, { category: mixin }, everything));
}

async function listed(provider: Provider, scope: Scope, mixin: Mixin, content: Content): Promise<readonly Entity[]> {
  if (content.drafts.length === 0 && content.locations.length === 0) {
    throw new OcciError('invalid-request', `name the entities that are to have ${mixin.term}, as X-OCCI-Location`);
  }
  for (const draft of content.drafts) {
    const { kind } = classify(provider.catalogue.model, draft.categories);
    if (kind !== undefined && !draft.attributes.has(core.id)) {
      throw new OcciError(
        'invalid-request',
        `entities are created at the location of their kind, ${kind.location ?? kind.id}, not at that of a mixin`,
      );
    }
  }
  return namedEntities(provider, scope, content);
}
