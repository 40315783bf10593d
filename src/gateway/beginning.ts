import type { Entity } from '../occi/entity.ts';
import type { Kind } from '../occi/kind.ts';
import type { ServerValues } from './assemble.ts';
import { keeperOf, keptBy } from './keeper.ts';
import type { Provider } from './provider.ts';

/** What a new entity begins with. */
export interface Beginning extends Pick<Entity, 'pending' | 'handle'> {
  /** The attributes of its state. */
  readonly state: ServerValues;
}

/**
 * What a new entity begins with: the state that its backend will change, or where it stays when it has none. A link to
 * what somebody keeps is a record, too: there is nothing to be attached.
 */
export function beginning(provider: Provider, kind: Kind, target: Entity | undefined): Beginning {
  const keeper = target === undefined ? undefined : keeperOf(target);
  const kept = keeper === undefined ? {} : { handle: keptBy(keeper) };
  const lifecycle = provider.catalogue.model.lifecycleOf(kind.id);
  if (lifecycle === undefined) return { state: {}, ...kept };
  const { attribute, message, initial, settled } = lifecycle;
  if (keeper !== undefined || provider.backendOf(kind.id) === undefined) {
    return { state: { [attribute]: settled }, ...kept };
  }
  if (initial === settled) return { state: { [attribute]: initial } };
  return {
    state: { [attribute]: initial, ...(message !== undefined && { [message]: 'being created' }) },
    pending: { to: settled },
  };
}
