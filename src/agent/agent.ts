import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Notification, RemoteError } from '../messaging/message.ts';
import { timestamp } from '../messaging/timestamp.ts';
import type { RequestHandler, Transport } from '../messaging/transport.ts';
import { uniqueId } from '../messaging/unique-id.ts';
import { Capacity, type Limits, unlimited } from './capacity.ts';
import type { Driver } from './driver.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Host, Notify } from './host.ts';
import { Lanes } from './lanes.ts';
import type { MachineStore } from './machine-store.ts';
import { Machines } from './machines.ts';
import { Networks } from './networks.ts';
import { topics as allTopics, computeTopic, networkTopic, type Topic, volumeTopic } from './topics.ts';
import { Volumes } from './volumes.ts';

/** What an agent is made of. Transport and store stay the caller's to close. */
export interface AgentOptions {
  readonly transport: Transport;
  /** The name under which it is reached. */
  readonly host: string;
  readonly store: MachineStore;
  readonly driver: Driver;
  /** How much of the host may be taken up; anything when nothing is said. */
  readonly limits?: Limits;
  /** What it serves; everything when nothing is said. */
  readonly topics?: readonly Topic[];
  /** Seconds between signs of life; it gives none when nothing is said. */
  readonly heartbeatSeconds?: number;
  /** Is told about faults of the agent itself, and about requests that make no sense. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/** A running agent. */
export interface Agent {
  /**
   * Accepts nothing more, finishes what it has accepted and ends. What is not finished is taken up again when an agent
   * is started with the same store.
   *
   * @param hurry stops what is under way when it is aborted; without it that is at once
   */
  close(hurry?: AbortSignal): Promise<void>;
}

/**
 * Starts a compute agent: it serves its topics on its host, has a driver carry the commands out, and publishes what
 * happens. What an earlier agent left unfinished is taken up first.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { transport, host: name, store, driver, limits = unlimited, topics = allTopics, heartbeatSeconds } = options;
  const stop = new AbortController();
  const lanes = new Lanes((error) => options.log?.('work of the agent failed', error));
  const host: Host = {
    name,
    store,
    driver,
    capacity: new Capacity(limits),
    lanes,
    stopping: stop.signal,
    notify: notifier(transport, name),
  };
  const networks = new Networks(host);
  const volumes = new Volumes(host);
  const machines = new Machines(host);
  networks.resume();
  volumes.resume();
  machines.resume();
  const handlers: Readonly<Record<Topic, RequestHandler>> = {
    compute: computeTopic(host, machines),
    network: networkTopic(host, networks),
    volume: volumeTopic(host, volumes),
  };
  const serve = (topic: Topic) => transport.serve({ topic, server: name }, watched(handlers[topic], options.log));
  const ends = await Promise.all(topics.map(serve));
  const heartbeat = heartbeatSeconds === undefined ? undefined : new Heartbeat(host, transport, heartbeatSeconds);
  await heartbeat?.tell('up');
  return {
    async close(hurry = AbortSignal.abort()) {
      const told = heartbeat?.tell('draining');
      await Promise.all(ends.map((end) => end()));
      if (!hurry.aborted) await Promise.race([lanes.idle(), once(hurry, 'abort')]);
      stop.abort();
      await lanes.idle();
      await told;
      await heartbeat?.tell('down');
    },
  };
}

/** Answers as a handler does. What it cannot make sense of, and what should not happen, is told to the log as well. */
function watched(handler: RequestHandler, log: AgentOptions['log']): RequestHandler {
  return async (request, delivery) => {
    try {
      return await handler(request, delivery);
    } catch (error) {
      // A refusal is no fault, and has a code.
      const isRefusal = error instanceof RemoteError && Object.hasOwn(error.failure.kwargs, 'code');
      if (!isRefusal) log?.(`a request for ${request.method} failed`, error);
      throw error;
    }
  };
}

function notifier(transport: Transport, name: string): Notify {
  return (service, event_type, payload, priority = 'INFO') =>
    transport.notify({
      message_id: randomUUID(),
      publisher_id: `${service}.${name}`,
      event_type,
      priority,
      payload: payload as Notification['payload'],
      timestamp: timestamp(),
      _unique_id: uniqueId(),
    });
}
