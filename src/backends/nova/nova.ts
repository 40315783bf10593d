import { NoReply, NoServer, type Notification, RemoteError } from '../../messaging/message.ts';
import type { Transport } from '../../messaging/transport.ts';
import { type Entity, idOf } from '../../occi/entity.ts';
import type { Model, ModelFragment } from '../../occi/model.ts';
import {
  type Backend,
  type EntityEvent,
  type HostStatus,
  type Intent,
  type RequestContext,
  Unreachable,
} from '../backend.ts';
import { Activity } from './activity.ts';
import { Agents, request } from './agents.ts';
import { type NovaCommand, novaCommand } from './command.ts';
import { computeMapping, instance, instanceEvent } from './compute.ts';
import { Delivery } from './delivery.ts';
import { Hosts, hostIn } from './hosts.ts';
import type { Mapping, Plan } from './mapping.ts';
import { networkEvent, networkMapping } from './network.ts';
import { networkInterfaceMapping } from './network-interface.ts';
import { storageMapping, volumeEvent } from './storage.ts';
import { storageLinkMapping } from './storage-link.ts';
import type { StraysOptions } from './strays.ts';
import { Survey } from './survey.ts';

const mappings: readonly Mapping[] = [
  computeMapping,
  networkMapping,
  storageMapping,
  networkInterfaceMapping,
  storageLinkMapping,
];

/** What a nova backend is made of. The transport stays the caller's to close. */
export interface NovaOptions {
  readonly name: string;
  readonly transport: Transport;
  /** The model as it is now, to tell templates from other mixins; not asked for before the first plan. */
  readonly model: () => Pick<Model, 'depends'>;
  /** The identity of the provider: its machines carry it. */
  readonly provider: string;
  /** What becomes of its machines that are in no record, and of what is attached to machines; `terminate`. */
  readonly strays?: StraysOptions['strays'];
  readonly offers?: ModelFragment;
  /** How long an agent may take to accept a command; 60 s as with oslo.messaging when nothing is said. */
  readonly timeoutMs?: number;
  /** How long an agent may be silent before its machines are in error; 60 s. */
  readonly agentTimeoutMs?: number;
  /** After how long without an answer an entity says that an agent is waited for; 2 s. */
  readonly patienceMs?: number;
  /** The time, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Is told about messages that make no sense, and about machines that are in no record. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/** A backend that knows its agents. */
export interface NovaBackend extends Backend {
  /** The hosts that were heard of or are in the record. */
  hosts(): readonly HostStatus[];
}

/** The longest that a question of health or a page of a survey is waited for, in milliseconds. */
const questionMs = 5000;

/**
 * The backend that has agents carry out Nova-style commands, over whatever transport.
 *
 * Agents accept or refuse at once; what comes of it they tell by notifications. Everything they say is checked, and
 * what makes no sense is logged and left alone.
 */
export async function novaBackend(options: NovaOptions): Promise<NovaBackend> {
  const { name, transport, model, provider, timeoutMs = 60_000, patienceMs = 2000, strays = 'terminate' } = options;
  const offers = options.offers ?? { kinds: [], mixins: [], actions: [] };
  const log = options.log ?? (() => {});
  const listeners = new Set<(event: EntityEvent) => Promise<void> | void>();
  /** Resolves when there is somebody to tell; rejects when there will be nobody any more. */
  let audience = Promise.withResolvers<void>();
  const activity = new Activity();
  const hosts = new Hosts({ timeoutMs: options.agentTimeoutMs ?? 60_000, now: options.now ?? Date.now });
  const agents = new Agents(transport, hosts, timeoutMs);

  /** What something an agent said means; nothing when it makes no sense. */
  const read = <T>(what: string, said: unknown, reading: () => T): T | undefined => {
    try {
      return reading();
    } catch (error) {
      log(`${what} makes no sense`, { said, error });
      return undefined;
    }
  };

  const tell = async (event: EntityEvent): Promise<void> => {
    activity.note(event.id);
    await Promise.all([...listeners].map((listener) => listener(event)));
  };

  const stopListening = await transport.listen(async (notification) => {
    read('a sign of life', notification, () => hosts.notice(notification));
    const event = read('a notification', notification, () => noticed(notification));
    if (event === undefined) return;
    // What was told while the gateway was away may come before the record is open, or when it is closed already.
    if (listeners.size === 0) await audience.promise;
    await tell(event);
  });

  const planned = (intent: Intent, context: RequestContext): readonly NovaCommand[] => {
    const entity = subjectOf(intent);
    const trace = context.traceparent === undefined ? {} : { traceparent: context.traceparent };
    const plan: Plan = { model: model(), provider, requestId: context.requestId };
    return mappingOf(entity.kind)
      .plan(intent, plan)
      .map((call) => ({ kind: entity.kind, id: idOf(entity), ...call, ...trace, context: contextOf(context) }));
  };

  const delivery = new Delivery({
    agents,
    patienceMs,
    creationOf: (entity) => {
      const [creation] = planned({ do: 'create', entity }, { requestId: idOf(entity) });
      if (creation === undefined) throw new Error(`${entity.kind} is not created by agents`);
      return creation;
    },
    read: (command, answer, entity) =>
      read(`the answer to ${command.method}`, answer, () =>
        mappingOf(command.kind).answered(command, answer, entity),
      ) ?? [],
    seen: ({ topic }, answer) => {
      const event = read('what an agent shows', answer, () => shown[topic](answer));
      return event === undefined ? [] : [event];
    },
    tell,
    say: (event) => {
      tell(event).catch((error: unknown) => log('an event could not be told', error));
    },
  });
  const survey = new Survey({ agents, activity, provider, strays, timeoutMs: Math.min(timeoutMs, questionMs), log });

  return {
    name,
    offers,
    serves: (kind) => mappings.some((mapping) => mapping.kind === kind),

    plan(intent, context) {
      const { location } = subjectOf(intent);
      return planned(intent, context).map((body) => ({ location, body }));
    },

    needs({ body }) {
      const { serverOf, uses } = novaCommand.parse(body);
      return [serverOf, uses].filter((location) => location !== undefined);
    },

    async deliver(command, record) {
      const body = novaCommand.parse(command.body);
      const end = activity.begin(body.id);
      try {
        return await delivery.deliver(body, command, record);
      } finally {
        end();
      }
    },

    subscribe(listener) {
      const own = (event: EntityEvent) => listener(event);
      listeners.add(own);
      audience.resolve();
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) audience = Promise.withResolvers();
      };
    },

    async *survey(record) {
      try {
        await transport.health();
      } catch (error) {
        // Who hears nothing cannot tell who is silent.
        throw new Unreachable(error instanceof Error ? error.message : String(error), { cause: error });
      }
      yield* survey.run(record);
    },

    onDoubt(listener) {
      const stops = [
        hosts.onReturn(listener),
        transport.onReconnect(() => {
          hosts.forgive();
          listener();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },

    hosts: () => hosts.list(),

    async health() {
      await transport.health();
      if (hosts.list().some(({ host, lastSeen }) => lastSeen !== undefined && !hosts.isAway(host))) return;
      try {
        // There is no such instance, but whoever says so is there.
        const args = { instance_uuid: '00000000-0000-0000-0000-000000000000' };
        await agents.probe({ topic: 'compute' }, request('get_instance', args), Math.min(timeoutMs, questionMs));
      } catch (error) {
        if (error instanceof NoServer || error instanceof NoReply) throw new Error('no compute agent answers');
        if (!(error instanceof RemoteError)) throw error;
      }
    },

    async close() {
      listeners.clear();
      const stopped = stopListening();
      // What nobody has heard is told again, to this gateway when it is back or to another one.
      audience.promise.catch(() => {});
      audience.reject(new Error('the backend was closed'));
      await stopped;
    },
  };
}

/** What agents show when they are asked how something is. */
const shown = {
  compute: (answer: unknown) => instanceEvent(instance.parse(answer)),
  network: networkEvent,
  volume: volumeEvent,
};

function contextOf({ requestId, user, project }: RequestContext): NovaCommand['context'] {
  return {
    request_id: requestId,
    ...(user === undefined ? {} : { user_id: user }),
    ...(project === undefined ? {} : { project_id: project }),
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

/** What a notification tells, and who says so when. */
function noticed(notification: Notification): EntityEvent | undefined {
  const { event_type, publisher_id, payload, timestamp } = notification;
  const event = mappings.find(({ hears }) => hears(event_type))?.noticed(notification);
  if (event === undefined) return undefined;
  const host = hostIn(publisher_id, payload);
  return { ...event, ...(host === undefined ? {} : { host }), at: timestamp };
}
