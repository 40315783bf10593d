import { z } from 'zod';
import { NoReply, NoServer, type Notification, RemoteError, type RpcRequest } from '../../messaging/message.ts';
import type { Transport } from '../../messaging/transport.ts';
import type { Entity } from '../../occi/entity.ts';
import { idOf } from '../../occi/entity.ts';
import type { Model, ModelFragment } from '../../occi/model.ts';
import { type Backend, type EntityEvent, type Intent, Unreachable } from '../backend.ts';
import { type NovaCommand, novaCommand } from './command.ts';
import { computeMapping, hostOf, instance, instanceEvent } from './compute.ts';
import { outcomeOf } from './failure.ts';
import type { Mapping } from './mapping.ts';
import { networkMapping } from './network.ts';
import { networkInterfaceMapping, port, portEvent } from './network-interface.ts';
import { storageMapping } from './storage.ts';
import { attachment, attachmentEvent, storageLinkMapping } from './storage-link.ts';

const mappings: readonly Mapping[] = [
  computeMapping,
  networkMapping,
  storageMapping,
  networkInterfaceMapping,
  storageLinkMapping,
];

const listed = instance.extend({ nics: z.array(port).default([]), volumes: z.array(attachment).default([]) });

/** What a nova backend is made of. The transport stays the caller's to close. */
export interface NovaOptions {
  readonly name: string;
  readonly transport: Transport;
  /** The model as it is now, to tell templates from other mixins; not asked for before the first plan. */
  readonly model: () => Pick<Model, 'depends'>;
  readonly offers?: ModelFragment;
  /** How long an agent may take to accept a command; 60 s as with oslo.messaging when nothing is said. */
  readonly timeoutMs?: number;
  /** Is told about messages that make no sense. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/**
 * The backend that has agents carry out Nova-style commands, over whatever transport.
 *
 * Agents accept or refuse at once; what comes of it they tell by notifications. Everything they say is checked, and
 * what makes no sense is logged and left alone.
 */
export async function novaBackend(options: NovaOptions): Promise<Backend> {
  const { name, transport, model, timeoutMs = 60_000 } = options;
  const offers = options.offers ?? { kinds: [], mixins: [], actions: [] };
  const log = options.log ?? (() => {});
  const listeners = new Set<(event: EntityEvent) => void>();

  /** What something an agent said means; nothing when it makes no sense. */
  const read = <T>(what: string, said: unknown, reading: () => T): T | undefined => {
    try {
      return reading();
    } catch (error) {
      log(`${what} makes no sense`, { said, error });
      return undefined;
    }
  };

  const stopListening = await transport.listen((notification) => {
    const event = read('a notification', notification, () => noticed(notification));
    if (event !== undefined) for (const listener of listeners) listener(event);
  });

  return {
    name,
    offers,
    serves: (kind) => mappings.some((mapping) => mapping.kind === kind),

    plan(intent, context) {
      const entity = subjectOf(intent);
      const kwargs = {
        request_id: context.requestId,
        ...(context.user === undefined ? {} : { user_id: context.user }),
        ...(context.project === undefined ? {} : { project_id: context.project }),
      };
      return mappingOf(entity.kind)
        .plan(intent, model(), context.requestId)
        .map((call) => {
          const body: NovaCommand = { kind: entity.kind, id: idOf(entity), ...call, context: kwargs };
          return { location: entity.location, body };
        });
    },

    async deliver({ id, location, body }, entities) {
      const command = novaCommand.parse(body);
      const entity = await entities(location);
      const { serverOf } = command;
      const compute = serverOf === undefined || serverOf === location ? entity : await entities(serverOf);
      const server = serverOf === undefined ? undefined : (hostOf(compute) ?? command.server);
      const target = { topic: command.topic, ...(server === undefined ? {} : { server }) };
      let result: unknown;
      try {
        result = await transport.call(target, requestOf(command, id), { timeoutMs });
      } catch (error) {
        return outcomeOf(command, error);
      }
      const mapping = mappingOf(command.kind);
      return read(`the answer to ${command.method}`, result, () => mapping.answered(command, result, entity)) ?? [];
    },

    subscribe(listener) {
      const own = (event: EntityEvent): void => listener(event);
      listeners.add(own);
      return () => listeners.delete(own);
    },

    async *survey() {
      let answer: unknown;
      try {
        answer = await transport.call({ topic: 'compute' }, request('list_instances', {}), { timeoutMs });
      } catch (error) {
        throw new Unreachable('no compute agent lists its machines', { cause: error });
      }
      for (const one of read('the list of instances', answer, () => z.array(z.unknown()).parse(answer)) ?? []) {
        yield* read('a listed instance', one, () => observed(one)) ?? [];
      }
    },

    async health() {
      try {
        // There is no such instance, but whoever says so is there.
        const args = { instance_uuid: '00000000-0000-0000-0000-000000000000' };
        await transport.call({ topic: 'compute' }, request('get_instance', args), { timeoutMs });
      } catch (error) {
        if (error instanceof NoServer || error instanceof NoReply) throw new Error('no compute agent answers');
        if (!(error instanceof RemoteError)) throw error;
      }
    },

    async close() {
      listeners.clear();
      await stopListening();
    },
  };
}

function subjectOf(intent: Intent): Entity {
  return intent.do === 'update' ? intent.after : intent.entity;
}

/** @throws Error for a kind that is not served */
function mappingOf(kind: string): Mapping {
  const mapping = mappings.find((one) => one.kind === kind);
  if (mapping === undefined) throw new Error(`${kind} is not served by agents`);
  return mapping;
}

function noticed(notification: Notification): EntityEvent | undefined {
  return mappings.find(({ hears }) => hears(notification.event_type))?.noticed(notification);
}

/** An instance in an agent's list, with what is attached to it. */
function observed(one: unknown): readonly EntityEvent[] {
  const { nics, volumes, ...machine } = listed.parse(one);
  return [instanceEvent(machine), ...nics.map(portEvent), ...volumes.map(attachmentEvent)];
}

function requestOf({ method, args, context }: NovaCommand, id: string): RpcRequest {
  return {
    ...request(method, args),
    // The command's own id, so that agents know it again when it is delivered twice.
    _unique_id: id.replaceAll('-', ''),
    ...Object.fromEntries(Object.entries(context).map(([key, value]) => [`_context_${key}`, value])),
  };
}

function request(method: string, args: RpcRequest['args']): RpcRequest {
  return { method, args, version: '1.0' };
}
