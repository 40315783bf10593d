import type { RpcRequest } from '../../messaging/message.ts';
import type { Entity } from '../../occi/entity.ts';
import type { EntityEvent, RecordReader } from '../backend.ts';
import { request } from './agents.ts';
import type { NovaCommand } from './command.ts';
import { hostOf, hostsOf } from './placement.ts';

/** A command on its way to agents. */
export interface Errand {
  readonly command: NovaCommand;
  readonly request: RpcRequest;
  readonly redelivered: boolean;
  /** The entity it is about, as it is now, if it still is. */
  readonly entity: Entity | undefined;
  readonly record: RecordReader;
}

/** Whether a command makes something that may be on any host. */
export function isCreation({ method }: NovaCommand): boolean {
  return ['run_instance', 'create_network', 'create_volume'].includes(method);
}

/** Whether a command takes something away, wherever it is. */
export function isRemoval({ method }: NovaCommand): boolean {
  return ['terminate_instance', 'delete_network', 'delete_volume'].includes(method);
}

/** Whether a command makes what it is about, be it a link. */
export function isMaking(command: NovaCommand): boolean {
  return isCreation(command) || command.method.startsWith('attach_');
}

/** The hosts that know a network or volume, now or when the command was planned. */
export function knownServers({ command, entity }: Errand): readonly string[] {
  const now = hostsOf(entity);
  return now.length > 0 ? now : (command.servers ?? []);
}

/** The host that a command is for, as far as it is known. */
export function serverOf({ command, entity }: Errand): string | undefined {
  return hostOf(entity) ?? command.server ?? command.servers?.[0];
}

/** The id of what the agent is asked to deal with. */
export function subjectOf({ topic, args }: NovaCommand): string {
  return String(args[{ compute: 'instance_uuid', network: 'network_id', volume: 'volume_id' }[topic]]);
}

/** What an entity says while an agent takes long. */
export function waiting({ id }: NovaCommand, server: string | undefined): EntityEvent {
  return { id, message: `waiting for ${server === undefined ? 'an agent' : `agent ${server}`}` };
}

/** The request of a command. Its id is the same at every delivery, so that agents can know it again. */
export function requestOf({ method, args, context }: NovaCommand, id: string): RpcRequest {
  return {
    ...request(method, args),
    ...Object.fromEntries(Object.entries(context).map(([key, value]) => [`_context_${key}`, value])),
    _context_command_id: id,
  };
}
