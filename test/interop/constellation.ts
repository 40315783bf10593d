import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import type { Environment } from '../server/command.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { startOcciAgent } from './occi-agent.ts';

/** What a constellation is made of. */
export interface Shape {
  /** More than one need a database to share. */
  readonly gateways: number;
  readonly agents: number;
  /** Where the record is: embedded in each gateway, or in one PostgreSQL. */
  readonly store: 'embedded' | 'postgresql';
}

/** A machine as an agent has it. */
export interface Machine {
  readonly uuid: string;
  readonly host: string;
  readonly vm_state: string;
  readonly task_state: string | null;
}

/** A broker, agents, gateways and perhaps a database, each a process of its own that can be killed and started again. */
export class Constellation {
  readonly broker: RabbitMq;
  readonly database: PostgreSql | undefined;
  /** Clients of the gateways. The process of one that was killed is its last. */
  readonly clouds: Cloud[] = [];
  readonly #directory: string;
  readonly #environment: Environment;
  readonly #agents = new Map<string, ServerProcess>();
  readonly #probe: Transport;

  private constructor(
    servers: { readonly broker: RabbitMq; readonly database: PostgreSql | undefined; readonly probe: Transport },
    directory: string,
    environment: Environment,
  ) {
    this.broker = servers.broker;
    this.database = servers.database;
    this.#probe = servers.probe;
    this.#directory = directory;
    this.#environment = environment;
  }

  /** Starts everything, and waits until each gateway is ready. */
  static async start(directory: string, { gateways, agents, store }: Shape): Promise<Constellation> {
    const broker = await startRabbitMq();
    const database = store === 'postgresql' ? await startPostgreSql() : undefined;
    const probe = await openAmqpTransport({ url: broker.url, reconnect: { firstMs: 50, mostMs: 500 } });
    const environment = database === undefined ? {} : { OCCI_DATABASE_URL: await database.database() };
    const constellation = new Constellation({ broker, database, probe }, directory, environment);
    for (let i = 1; i <= agents; i++) await constellation.startAgent(`node${i}`);
    for (let i = 0; i < gateways; i++) await constellation.startGateway(i);
    for (const cloud of constellation.clouds) await cloud.ready();
    return constellation;
  }

  get hosts(): readonly string[] {
    return [...this.#agents.keys()];
  }

  /** The machines that the agents say they have. @throws NoServer, NoReply when one of them does not answer */
  async machines(hosts = this.hosts): Promise<readonly Machine[]> {
    const lists = hosts.map(async (server) => {
      const request = { method: 'list_instances', args: {}, version: '1.0' };
      const list: unknown = await this.#probe.call({ topic: 'compute', server }, request, { timeoutMs: 5000 });
      return list as readonly Machine[];
    });
    return (await Promise.all(lists)).flat();
  }

  /** Does something by hand on the bus, with a connection of its own. */
  async onBus(work: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    const connection = await connect(this.broker.url);
    await work(await connection.createConfirmChannel());
    await connection.close();
  }

  async startAgent(host: string): Promise<void> {
    const options = { 'delay-ms': '5' };
    const place = { url: this.broker.url, host, directory: join(this.#directory, host), options };
    this.#agents.set(host, await startOcciAgent(place));
  }

  async killAgent(host: string): Promise<void> {
    await this.#agents.get(host)?.kill();
  }

  async startGateway(at: number): Promise<void> {
    this.clouds[at] = await startCloud(join(this.#directory, `gateway${at}`), this.broker.url, {
      OCCI_BACKEND_TIMEOUT_MS: '2000',
      OCCI_AGENT_TIMEOUT: '3',
      ...this.#environment,
    });
  }

  async killGateway(at: number): Promise<void> {
    await this.clouds[at]?.gateway.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#probe.close();
    await Promise.all(this.clouds.map(({ gateway }) => gateway.stop('SIGKILL')));
    await Promise.all([...this.#agents.values()].map((agent) => agent.kill()));
    await this.broker.stop();
    await this.database?.stop();
  }
}
