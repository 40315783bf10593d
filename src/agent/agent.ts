import { randomUUID } from 'node:crypto';
import type { Notification } from '../messaging/message.ts';
import type { Transport } from '../messaging/transport.ts';
import type { Driver } from './driver.ts';
import type { Host, Notify } from './host.ts';
import { Lanes } from './lanes.ts';
import type { MachineStore } from './machine-store.ts';
import { Machines } from './machines.ts';
import { Networks } from './networks.ts';
import { computeTopic, networkTopic, volumeTopic } from './topics.ts';
import { Volumes } from './volumes.ts';

/** What an agent is made of. Transport and store stay the caller's to close. */
export interface AgentOptions {
  readonly transport: Transport;
  /** The name under which it is reached. */
  readonly host: string;
  readonly store: MachineStore;
  readonly driver: Driver;
  /** Is told about faults of the agent itself. */
  readonly log?: (message: string, detail?: unknown) => void;
}

/** A running agent. */
export interface Agent {
  /**
   * Accepts nothing more and stops what is under way; it is taken up again when an agent is started with the same
   * store.
   */
  close(): Promise<void>;
}

/**
 * Starts a compute agent: it serves the topics `compute`, `network` and `volume` on its host, has a driver carry the
 * commands out, and publishes what happens. What an earlier agent left unfinished is taken up first.
 */
export async function startAgent({ transport, host: name, store, driver, log }: AgentOptions): Promise<Agent> {
  const stop = new AbortController();
  const lanes = new Lanes((error) => log?.('work of the agent failed', error));
  const host: Host = { name, store, driver, lanes, stopping: stop.signal, notify: notifier(transport, name) };
  const networks = new Networks(host);
  const volumes = new Volumes(host);
  const machines = new Machines(host);
  networks.resume();
  volumes.resume();
  machines.resume();
  const ends = await Promise.all([
    transport.serve({ topic: 'compute', server: name }, computeTopic(machines)),
    transport.serve({ topic: 'network', server: name }, networkTopic(networks)),
    transport.serve({ topic: 'volume', server: name }, volumeTopic(volumes)),
  ]);
  return {
    async close() {
      await Promise.all(ends.map((end) => end()));
      stop.abort();
      await lanes.idle();
    },
  };
}

function notifier(transport: Transport, name: string): Notify {
  return (service, event_type, payload, priority = 'INFO') => {
    void transport.notify({
      message_id: randomUUID(),
      publisher_id: `${service}.${name}`,
      event_type,
      priority,
      payload: payload as Notification['payload'],
      timestamp: timestamp(new Date()),
      _unique_id: randomUUID().replaceAll('-', ''),
    });
  };
}

/** UTC as Python writes it: a space, microseconds, no zone. */
function timestamp(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '000');
}
