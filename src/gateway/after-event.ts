import type { EntityEvent } from '../backends/backend.ts';
import { sameValue, type Value } from '../occi/attribute.ts';
import type { Entity } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';
import { inOrder, stateOf, withState } from './lifecycle.ts';

type Handle = Readonly<Record<string, Value>>;

/** An entity after an event; undefined when the event tells nothing new. */
export function afterEvent(model: Model, entity: Entity, event: EntityEvent): Entity | undefined {
  if (!isNews(entity, event)) return undefined;
  const lifecycle = model.lifecycleOf(entity.kind);
  const message = event.gone === true ? 'the backend does not have it any more' : event.message;
  const state = event.gone === true ? lifecycle?.error : event.state;
  // A change is over when the backend has nothing more to say about it, or when it failed.
  const settled = message === null || (state !== undefined && state === lifecycle?.error);
  const values: Record<string, Value> = { ...entity.attributes, ...event.attributes };
  const mixins = [...entity.mixins, ...news(model, entity, event.mixins ?? [])];
  const handle = handleAfter(entity.handle, event);
  const changed: Entity = {
    ...entity,
    mixins,
    attributes: inOrder(model, entity.kind, mixins, values),
    ...(handle === undefined ? {} : { handle }),
  };
  const next = withState(model, changed, {
    ...(state === undefined ? {} : { state }),
    ...(message === undefined ? {} : { message }),
    ...(settled ? { pending: null } : {}),
  });
  const same =
    next.mixins.length === entity.mixins.length &&
    sameValue(next.attributes, entity.attributes) &&
    sameValue(timeless(next.handle), timeless(entity.handle)) &&
    next.pending?.to === entity.pending?.to &&
    (lifecycle === undefined || stateOf(next, lifecycle) === stateOf(entity, lifecycle));
  return same ? undefined : next;
}

/** Whether an event comes from the host an entity is on, and is not older than what that host said last. */
function isNews({ handle }: Entity, { host, at, gone }: EntityEvent): boolean {
  if (host === undefined) return true;
  const home = handle?.['host'];
  // An entity that is on no host yet cannot have gone from one: that is about an earlier one with the same id.
  if (home === undefined) return gone !== true;
  if (home !== host) return false;
  const last = handle?.['at'];
  return at === undefined || typeof last !== 'string' || at >= last;
}

function handleAfter(handle: Handle | undefined, { host, at, handle: more }: EntityEvent): Handle | undefined {
  if (handle === undefined && host === undefined && more === undefined) return undefined;
  const next = { ...(host === undefined ? {} : { host }), ...handle, ...more };
  if (at !== undefined) return { ...next, at };
  // The clock of another host says nothing about this one.
  return next['host'] === handle?.['host'] ? next : timeless(next);
}

function timeless(handle: Handle = {}): Handle {
  const { at: _, ...rest } = handle;
  return rest;
}

function news(model: Model, entity: Entity, mixins: readonly string[]): readonly string[] {
  return mixins.filter((id) => {
    const mixin = model.mixin(id);
    return mixin !== undefined && !entity.mixins.includes(id) && model.applies(mixin, entity.kind);
  });
}
