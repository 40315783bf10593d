import type { Notification } from '../../messaging/message.ts';
import type { ActionInvocation } from '../../occi/action.ts';
import type { Entity } from '../../occi/entity.ts';
import type { Model } from '../../occi/model.ts';
import { type EntityEvent, type Intent, Refusal } from '../backend.ts';
import type { Call, NovaCommand } from './command.ts';

/** What plans are made with. */
export interface Plan {
  /** To tell templates from other mixins. */
  readonly model: Pick<Model, 'depends'>;
  /** The identity of the provider, which its machines carry. */
  readonly provider: string;
  readonly requestId: string;
}

/** How one kind is mapped onto the command set of the agents, in both directions. */
export interface Mapping {
  /** A type identifier. */
  readonly kind: string;
  /**
   * The calls that make an intent real, in order. Pure.
   *
   * @throws Refusal when agents have no way to do it
   */
  plan(intent: Intent, plan: Plan): readonly Call[];
  /**
   * What the answer to one of its calls tells. A state is told only when it is final: the notification of what came
   * of it may be faster than the answer. Who answered is told where the answer says it.
   *
   * @param entity the entity it is about, as it is now, if it still is
   * @throws Error when the answer is not what it should be
   */
  answered(command: NovaCommand, result: unknown, entity: Entity | undefined): readonly EntityEvent[];
  /** Whether it understands notifications of a type. */
  hears(eventType: string): boolean;
  /**
   * What a notification tells; undefined for nothing.
   *
   * @throws Error when it is not what its type promises
   */
  noticed(notification: Notification): EntityEvent | undefined;
}

/** @returns the refusal of an action for which agents have no command */
export function noSuchAction({ action }: ActionInvocation): Refusal {
  return new Refusal('not-implemented', `there is no command for the action ${action.id}`);
}
