import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { seal, unseal } from '../../src/messaging/envelope.ts';
import { uniqueId } from '../../src/messaging/unique-id.ts';
import { shownBy } from './agreement.ts';
import type { Constellation } from './constellation.ts';
import type { PostgreSql } from './lab/postgresql.ts';
import { patiently } from './patience.ts';

/** How a fault happens, as far as it is left to chance. */
export interface Circumstances {
  /** For how long what fails is away, in milliseconds. */
  readonly awayMs: number;
  /** Which of several parts it is: any number. */
  readonly victim: number;
}

type Strike = (constellation: Constellation, circumstances: Circumstances) => Promise<void>;

const oneOf = <T>(all: readonly T[], victim: number): T => all[victim % all.length] as T;

/** Everything that can happen. Each is over when what was killed is there again; whoever was hit is to recover then. */
export const faults = {
  /** SIGKILL of a gateway. */
  gateway: async (constellation, { awayMs, victim }) => {
    const at = victim % constellation.clouds.length;
    await constellation.killGateway(at);
    await delay(awayMs);
    await constellation.startGateway(at);
  },

  /** SIGKILL of an agent, which is back before it is missed. */
  agent: async (constellation, { awayMs, victim }) => {
    const host = oneOf(constellation.hosts, victim);
    await constellation.killAgent(host);
    await delay(awayMs);
    await constellation.startAgent(host);
  },

  /** An agent is away for so long that each gateway shows its machines in error. */
  'agent-away': async (constellation, { victim }) => {
    const host = oneOf(constellation.hosts, victim);
    const machines = await patiently(
      () => constellation.machines([host]).catch(() => []),
      ({ length }) => length > 0,
    );
    await constellation.killAgent(host);
    for (const [at, cloud] of constellation.clouds.entries()) {
      const left = await patiently(
        async () => {
          const shown = await shownBy(cloud);
          return machines.filter(({ uuid }) => (shown.get(uuid)?.state ?? 'error') !== 'error');
        },
        ({ length }) => length === 0,
      );
      if (left.length > 0) throw new Error(`gateway ${at} does not miss ${left.length} machines of ${host}`);
    }
    await constellation.startAgent(host);
  },

  /** SIGKILL of the broker. */
  broker: async ({ broker }, { awayMs }) => {
    await broker.kill();
    await delay(awayMs);
    await broker.start();
  },

  /** The broker is ended in good order and started again. */
  'broker-restart': ({ broker }) => broker.restart(),

  /** The broker closes all connections. */
  connections: ({ broker }) => broker.closeAllConnections(),

  /** All queues are deleted behind everybody's back, but those of a single connection, which nobody else can touch. */
  queues: async (constellation) => {
    const queues = (await queuesOf(constellation)).filter((name) => !/^(?:amq\.gen|occi-events-)/.test(name));
    await constellation.onBus(async (channel) => {
      for (const queue of queues) await channel.deleteQueue(queue);
    });
  },

  /** Every queue gets what makes no sense, from bytes that are no JSON to commands and notifications of nothing. */
  rubbish: async (constellation) => {
    const queues = await queuesOf(constellation);
    await constellation.onBus(async (channel) => {
      for (const queue of queues) {
        for (const bytes of rubbish) channel.sendToQueue(queue, bytes, { contentType: 'application/json' });
      }
      await channel.waitForConfirms();
    });
  },

  /**
   * Commands and notifications come again, the last ones first: each as it was, and as another message with the same
   * content, as if it had been sent twice. Creations, which any agent takes, come to others, too.
   */
  repetition: (constellation, { awayMs }) =>
    constellation.onBus(async (channel) => {
      const heard: ConsumeMessage[] = [];
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, 'nova', '#');
      await channel.consume(queue, (message) => void (message && heard.push(message)), { noAck: true });
      await delay(500 + awayMs);
      for (const { content, fields, properties } of heard.toReversed()) {
        for (const bytes of [content, anotherOf(content)]) {
          channel.publish(fields.exchange, fields.routingKey, bytes, properties);
        }
      }
      await channel.waitForConfirms();
    }),

  /** SIGKILL of the database. */
  database: async (constellation, { awayMs }) => {
    const database = databaseOf(constellation);
    await database.kill();
    await delay(awayMs);
    await database.start();
  },

  /** The database is ended in good order and started again. */
  'database-restart': (constellation) => databaseOf(constellation).restart(),

  /** SIGKILL of everything at once. */
  everything: async (constellation, { awayMs }) => {
    const { broker, database, clouds, hosts } = constellation;
    await Promise.all([
      ...clouds.map((_, at) => constellation.killGateway(at)),
      ...hosts.map((host) => constellation.killAgent(host)),
      broker.kill(),
      database?.kill(),
    ]);
    await delay(awayMs);
    await Promise.all([broker.start(), database?.start()]);
    await Promise.all([
      ...clouds.map((_, at) => constellation.startGateway(at)),
      ...hosts.map((host) => constellation.startAgent(host)),
    ]);
  },
} as const satisfies Readonly<Record<string, Strike>>;

export type Fault = keyof typeof faults;

const rubbish: readonly Buffer[] = [
  Buffer.from(''),
  Buffer.from('rubbish'),
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from('[]'),
  Buffer.from('{"oslo.version":"3.0","oslo.message":"{}"}'),
  Buffer.from('{"oslo.version":"2.0","oslo.message":{}}'),
  Buffer.from('{"method":"x"}'),
  seal({ method: 'terminate_instance', args: { instance_uuid: 7 }, version: '1.0' }),
  seal({ method: 'list_instances', args: {}, version: '9.0', _msg_id: 'nobody', _reply_q: 'nowhere' }),
  seal({ event_type: 'compute.instance.delete.end', publisher_id: 7, payload: [] }),
];

/** The names of all queues. */
async function queuesOf({ broker }: Constellation): Promise<readonly string[]> {
  const listed = await broker.ctl('list_queues', 'name', '--no-table-headers');
  return listed.split('\n').filter((name) => name !== '');
}

/** Another message with the same content: identities of messages are new, those of commands and machines are not. */
function anotherOf(content: Buffer): Buffer {
  const message = unseal(content, 'application/json');
  return seal({ ...message, _unique_id: uniqueId(), ...('message_id' in message ? { message_id: uniqueId() } : {}) });
}

function databaseOf({ database }: Constellation): PostgreSql {
  if (database === undefined) throw new Error('there is no database');
  return database;
}
