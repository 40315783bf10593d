import type { Action, ActionInvocation } from '../occi/action.ts';
import { type Draft, emptyContent } from '../occi/draft.ts';
import type { Entity, EntityView } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import { judge } from '../occi/lifecycle.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import type { Command } from '../store/store.ts';
import { parameters } from './assemble.ts';
import { beforeOf, carryOut, commandsFor } from './carry-out.ts';
import { invoked } from './classify.ts';
import { retrying } from './commit.ts';
import { keeperOf } from './keeper.ts';
import { isTransition, stateOf, withState } from './lifecycle.ts';
import { authorize } from './policy/authorize.ts';
import { check, type Precondition } from './precondition.ts';
import type { Provider, Scope } from './provider.ts';
import { claimsOf } from './resize.ts';
import { saveAction, savedTemplate } from './save.ts';
import { allOf, type CollectionTarget, membersOf } from './selection.ts';

/** The result of an action: the entity, and the template that `save` has made of it (GFD.224 §3.1). */
export interface Acted {
  readonly view: EntityView;
  readonly template?: Mixin;
}

/** Invokes an action on an entity (GFD.223 §10.3.2). */
export function actOnEntity(
  provider: Provider,
  scope: Scope,
  location: string,
  term: string,
  draft: Draft | undefined,
  precondition: Precondition,
): Promise<Acted> {
  return retrying(async () => {
    const view = await provider.store.view(location);
    check(precondition, view?.entity);
    if (view === undefined) throw new OcciError('not-found', `there is no entity at ${location}`);
    const invocation = invocationOf(provider.catalogue.model, draft, term);
    const templates = await act(provider, scope, [view.entity], invocation);
    const after = (await provider.store.view(location)) ?? view;
    const [template] = templates;
    return template === undefined ? { view: after } : { view: after, template };
  });
}

/**
 * Invokes an action on all members of the collection of a kind or mixin (GFD.223 §11.3.3): valid only when all of
 * them have it, and then for all or none. Members where there is nothing to do do no harm.
 */
export function actOnMembers(
  provider: Provider,
  scope: Scope,
  target: CollectionTarget,
  term: string,
  draft: Draft | undefined,
): Promise<void> {
  return retrying(async () => {
    const invocation = invocationOf(provider.catalogue.model, draft, term);
    if ('category' in target && target.category.class === 'kind') {
      const { category } = target;
      if (!provider.catalogue.model.actionIdsOf(category).includes(invocation.action.id)) {
        throw notOffered(invocation.action, category.id);
      }
    }
    const members = await allOf(provider, membersOf(provider, scope, target, emptyContent));
    await act(provider, scope, members, invocation, target);
  });
}

function invocationOf(model: Model, draft: Draft | undefined, term: string): ActionInvocation {
  const action = invoked(model, draft, term);
  return { action, attributes: parameters(action.attributes, draft?.attributes ?? new Map()) };
}

async function act(
  provider: Provider,
  scope: Scope,
  entities: readonly Entity[],
  invocation: ActionInvocation,
  where?: CollectionTarget,
): Promise<readonly Mixin[]> {
  const { model } = provider.catalogue;
  const concerned = entities.filter((entity) => mustAct(model, entity, invocation.action));
  authorize(scope, invocation.action, entities, where);
  const update: Entity[] = [];
  const commands: Command[] = [];
  const templates: Mixin[] = [];
  for (const entity of concerned) {
    const template =
      invocation.action.id === saveAction ? savedTemplate(provider, entity, invocation.attributes) : undefined;
    if (template !== undefined) templates.push(template);
    const planned = commandsFor(provider, scope, {
      do: 'act',
      entity,
      invocation,
      ...(template === undefined ? {} : { template }),
    });
    commands.push(...planned);
    update.push(underWay(model, entity, invocation, planned.length > 0));
  }
  if (update.length === 0) return [];
  await carryOut(provider, scope, { update, addMixins: templates, commands }, beforeOf(concerned));
  if (templates.length > 0) await provider.catalogue.refresh();
  return templates;
}

/**
 * Whether an action is to be carried out on an entity; false when its goal holds already.
 *
 * @throws OcciError `invalid-request` when the entity has no such action, `action-not-allowed` in this state
 */
function mustAct(model: Model, entity: Entity, action: Action): boolean {
  if (!model.actionsOf(entity.kind, entity.mixins).includes(action)) throw notOffered(action, entity.location);
  const lifecycle = model.lifecycleOf(entity.kind);
  if (!isTransition(lifecycle, action.id)) return true;
  const state = stateOf(entity, lifecycle);
  const verdict = judge(lifecycle, state, entity.pending, action.id);
  if (!verdict.allowed) {
    const busy = entity.pending === undefined ? '' : ` and on its way to ${entity.pending.to}`;
    throw new OcciError('action-not-allowed', `${action.term} is not possible: ${entity.location} is ${state}${busy}`, {
      token: action.term,
    });
  }
  if (verdict.transition !== undefined && keeperOf(entity) !== undefined) {
    throw new OcciError('action-not-allowed', `${action.term} is not possible: ${entity.location} stays ${state}`, {
      token: action.term,
    });
  }
  return verdict.transition !== undefined;
}

/** An entity with an action under way; with nobody to carry it out, it has happened. */
function underWay(model: Model, entity: Entity, invocation: ActionInvocation, delivered: boolean): Entity {
  const { action } = invocation;
  const lifecycle = model.lifecycleOf(entity.kind);
  if (!isTransition(lifecycle, action.id)) return entity;
  const verdict = judge(lifecycle, stateOf(entity, lifecycle), entity.pending, action.id);
  const transition = verdict.allowed ? verdict.transition : undefined;
  if (transition === undefined) return entity;
  if (!delivered) return withState(model, entity, { state: transition.to, message: null, pending: null });
  const claims = claimsOf(invocation);
  return withState(model, entity, {
    ...(transition.via === undefined ? {} : { state: transition.via }),
    message: `${action.term} under way`,
    pending: { to: transition.to, action: action.id, ...(claims && { claims }) },
  });
}

function notOffered(action: Action, by: string): OcciError {
  return new OcciError('invalid-request', `${by} has no action ${action.id}`, { token: action.id });
}
