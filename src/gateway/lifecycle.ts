import type { Action } from '../occi/action.ts';
import type { Value } from '../occi/attribute.ts';
import type { Entity } from '../occi/entity.ts';
import { type Lifecycle, type Pending, transitionFrom } from '../occi/lifecycle.ts';
import type { Model } from '../occi/model.ts';
import { keeperOf } from './keeper.ts';

/** The state an entity is in; undefined when its kind has no lifecycle. */
export function stateOf(entity: Entity, lifecycle: Lifecycle): string {
  const state = entity.attributes[lifecycle.attribute];
  return typeof state === 'string' ? state : lifecycle.initial;
}

/** Whether an action is an edge of a state machine; others, such as those of mixins, do not depend on the state. */
export function isTransition(lifecycle: Lifecycle | undefined, action: string): lifecycle is Lifecycle {
  return lifecycle?.transitions.some((edge) => edge.action === action) ?? false;
}

/**
 * The actions that an entity offers in its present state (GFD.185 §3.4.4, GFD.229 §5.1.1). The state of what somebody
 * keeps is not to be changed.
 */
export function applicable(model: Model, entity: Entity): readonly Action[] {
  const lifecycle = model.lifecycleOf(entity.kind);
  return model
    .actionsOf(entity.kind, entity.mixins)
    .filter(
      ({ id }) =>
        !isTransition(lifecycle, id) ||
        (keeperOf(entity) === undefined && transitionFrom(lifecycle, stateOf(entity, lifecycle), id) !== undefined),
    );
}

/** A change of state of an entity. */
export interface StateChange {
  readonly state?: string;
  /** What is going on; null for nothing. */
  readonly message?: string | null;
  /** A change under way; null for none. */
  readonly pending?: Pending | null;
}

/** An entity after a change of state, its attributes in their order. */
export function withState(model: Model, entity: Entity, change: StateChange): Entity {
  const lifecycle = model.lifecycleOf(entity.kind);
  const values: Record<string, Value> = { ...entity.attributes };
  if (lifecycle !== undefined) {
    if (change.state !== undefined) values[lifecycle.attribute] = change.state;
    if (lifecycle.message !== undefined) {
      if (change.message === null) delete values[lifecycle.message];
      else if (change.message !== undefined) values[lifecycle.message] = change.message;
    }
  }
  const { pending, ...rest } = entity;
  const next = change.pending === undefined ? pending : (change.pending ?? undefined);
  return {
    ...rest,
    attributes: inOrder(model, entity.kind, entity.mixins, values),
    ...(next === undefined ? {} : { pending: next }),
  };
}

/** Attributes in the order of their definitions; what is not defined is left out. */
export function inOrder(
  model: Model,
  kind: string,
  mixins: readonly string[],
  values: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const ordered: Record<string, Value> = {};
  for (const name of model.definitions(kind, mixins).keys()) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) ordered[name] = value;
  }
  return ordered;
}
