import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfirmChannel, connect } from 'amqplib';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { seal } from '../../src/messaging/envelope.ts';
import type { Json } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import type { Shown } from '../http/infrastructure-lab.ts';
import type { Environment } from '../server/command.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { startOcciAgent } from './occi-agent.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';

/** What can happen: a part is killed, or something is done to the bus behind everybody's back. */
export const faults = ['gateway', 'agent', 'broker', 'connections', 'queues', 'messages'] as const;
export type Fault = (typeof faults)[number];

/** A machine as a client knows it: what it was told, and nothing else. */
interface Known {
  /** `created`: a 201 came. `deleted`: a 200 to DELETE came. `unclear`: no answer to one of both. */
  state: 'created' | 'deleted' | 'unclear';
  readonly uuid: string;
}

/** A machine as an agent has it. */
interface Machine {
  readonly uuid: string;
  readonly host: string;
  readonly vm_state: string;
  readonly task_state: string | null;
}

/** What a client would complain about. */
export type Complaint = string;

const states: Readonly<Record<string, string>> = {
  active: 'active',
  stopped: 'inactive',
  suspended: 'suspended',
  building: 'inactive',
  error: 'error',
};

/**
 * A cloud under load whose parts can be killed: broker, agents, gateways, each a process of its own. The load creates
 * machines with ids of its own, stops, starts and deletes them, and remembers what it was answered.
 */
export class Faults {
  readonly broker: RabbitMq;
  readonly #directory: string;
  readonly #environment: Environment;
  readonly #agents = new Map<string, ServerProcess>();
  readonly #clouds: Cloud[] = [];
  readonly #known = new Map<string, Known>();
  readonly #probe: Transport;
  /** The last notifications, as they were on the bus. */
  readonly #told: Buffer[] = [];
  #load: Promise<void>[] = [];
  #isLoading = false;

  private constructor(broker: RabbitMq, probe: Transport, directory: string, environment: Environment) {
    this.broker = broker;
    this.#probe = probe;
    this.#directory = directory;
    this.#environment = environment;
  }

  /** @param environment of the gateways, on top of what names the broker */
  static async open(
    directory: string,
    { agents, gateways, environment = {} }: { agents: number; gateways: number; environment?: Environment },
  ): Promise<Faults> {
    const broker = await startRabbitMq();
    const probe = await openAmqpTransport({ url: broker.url, reconnect: { firstMs: 50, mostMs: 500 } });
    const faults = new Faults(broker, probe, directory, environment);
    await probe.listen((notification) => {
      // As if an agent had sent it again: another message with the same content and the same time.
      faults.#told.push(seal({ ...notification, message_id: randomUUID() }));
      if (faults.#told.length > 200) faults.#told.shift();
    });
    for (let i = 1; i <= agents; i++) await faults.#startAgent(`node${i}`);
    for (let i = 0; i < gateways; i++) await faults.#startGateway(i);
    await faults.cloud.ready();
    return faults;
  }

  /** A gateway that is there. */
  get cloud(): Cloud {
    const cloud = this.#clouds.find(({ gateway }) => gateway.process.exitCode === null && !gateway.process.killed);
    if (cloud === undefined) throw new Error('there is no gateway');
    return cloud;
  }

  get clouds(): readonly Cloud[] {
    return this.#clouds;
  }

  /** How many machines are on which agent. */
  async machinesOnAgents(): Promise<ReadonlyMap<string, number>> {
    const machines = Map.groupBy(await this.#machines(), ({ host }) => host);
    return new Map([...machines].map(([host, there]) => [host, there.length]));
  }

  /** How many machines a client was told to have. */
  get acknowledged(): number {
    return [...this.#known.values()].filter(({ state }) => state === 'created').length;
  }

  /** Lets clients work until {@link rest}. */
  load(clients = 8): void {
    this.#isLoading = true;
    this.#load = Array.from({ length: clients }, (_, client) => this.#work(client));
  }

  async rest(): Promise<void> {
    this.#isLoading = false;
    await Promise.all(this.#load);
  }

  /**
   * Has something happen. What is killed, with SIGKILL, is started again after a while; `connections` are all closed by
   * the broker, `queues` all deleted, and `messages` are rubbish in every queue and old notifications a second time.
   */
  async strike(fault: Fault, awayMs: number): Promise<void> {
    switch (fault) {
      case 'connections':
        return this.broker.closeAllConnections();
      case 'queues':
        return this.#onBus(async (channel, queues) => {
          for (const queue of queues) await channel.deleteQueue(queue);
        });
      case 'messages':
        return this.#onBus(async (channel, queues) => {
          for (const queue of queues) {
            for (const rubbish of [
              '',
              'rubbish',
              '[]',
              '{"oslo.version":"3.0","oslo.message":"{}"}',
              '{"method":"x"}',
            ]) {
              channel.sendToQueue(queue, Buffer.from(rubbish), { contentType: 'application/json' });
            }
          }
          for (const told of this.#told.toReversed()) {
            channel.publish('nova', 'notifications.info', told, { contentType: 'application/json' });
          }
          await channel.waitForConfirms();
        });
      case 'broker':
        await this.broker.kill();
        await delay(awayMs);
        return this.broker.start();
      case 'agent': {
        const hosts = [...this.#agents.keys()];
        const host = hosts[Math.floor(Math.random() * hosts.length)] as string;
        await this.#agents.get(host)?.kill();
        await delay(awayMs);
        return this.#startAgent(host);
      }
      case 'gateway': {
        const at = Math.floor(Math.random() * this.#clouds.length);
        await this.#clouds[at]?.gateway.stop('SIGKILL');
        await delay(awayMs);
        return this.#startGateway(at);
      }
    }
  }

  /**
   * Waits until everybody agrees, and tells what is still wrong after a while: what was acknowledged is on one agent and
   * in the record, and nothing else is; states agree.
   */
  async complaints(withinMs = 60_000): Promise<readonly Complaint[]> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const complaints = await this.#complaints().catch((error: unknown) => [`it cannot be told: ${error}`]);
      if (complaints.length === 0 || performance.now() > deadline) return complaints;
      await delay(200);
    }
  }

  async close(): Promise<void> {
    await this.#probe.close();
    await Promise.all(this.#clouds.map(({ gateway }) => gateway.stop('SIGKILL')));
    await Promise.all([...this.#agents.values()].map((agent) => agent.kill()));
    await this.broker.stop();
  }

  /** Does something by hand on the bus, with a list of its queues. */
  async #onBus(work: (channel: ConfirmChannel, queues: readonly string[]) => Promise<void>): Promise<void> {
    const listed = await this.broker.ctl('list_queues', 'name', '--no-table-headers');
    const connection = await connect(this.broker.url);
    const channel = await connection.createConfirmChannel();
    // Queues of a single connection cannot be touched; nobody else can either.
    const shared = listed.split('\n').filter((name) => name !== '' && !/^(?:amq\.gen|occi-events-)/.test(name));
    await work(channel, shared);
    await connection.close();
  }

  async #startAgent(host: string): Promise<void> {
    const options = { 'delay-ms': '5' };
    const place = { url: this.broker.url, host, directory: join(this.#directory, host), options };
    this.#agents.set(host, await startOcciAgent(place));
  }

  async #startGateway(at: number): Promise<void> {
    const directory = join(this.#directory, `gateway${at}`);
    this.#clouds[at] = await startCloud(directory, this.broker.url, {
      OCCI_BACKEND_TIMEOUT_MS: '2000',
      OCCI_AGENT_TIMEOUT: '3',
      ...this.#environment,
    });
  }

  async #work(client: number): Promise<void> {
    for (let turn = 0; this.#isLoading; turn++) {
      try {
        await this.#turn(client + turn);
      } catch {
        // A connection that broke: the gateway was killed.
        await delay(20);
      }
    }
  }

  async #turn(turn: number): Promise<void> {
    const cloud = this.#clouds[turn % this.#clouds.length] as Cloud;
    const uuid = randomUUID();
    const path = `/compute/${uuid}`;
    const known: Known = { state: 'unclear', uuid };
    this.#known.set(path, known);
    const body = { kind: compute, id: `urn:uuid:${uuid}`, title: `machine ${turn}` };
    const created = await cloud.request('POST', '/compute/', body);
    if (created.status !== 201) {
      // It was refused, so that nothing may be left of it.
      if (created.status < 500 || created.status === 503) known.state = 'deleted';
      await delay(20);
      return;
    }
    known.state = 'created';
    if (turn % 3 === 0) await cloud.act(path, 'stop', { method: 'poweroff' });
    if (turn % 4 === 0) {
      known.state = 'unclear';
      const deleted = await cloud.request('DELETE', path);
      if (deleted.status === 200) known.state = 'deleted';
      else if (deleted.status === 503) known.state = 'created';
    }
  }

  async #complaints(): Promise<readonly Complaint[]> {
    const complaints: Complaint[] = [];
    const record = await this.#record();
    const machines = await this.#machines();
    const at = Map.groupBy(machines, ({ uuid }) => uuid);
    for (const [path, { state, uuid }] of this.#known) {
      if (state === 'created' && !record.has(uuid))
        complaints.push(`${path} was acknowledged and is not in the record`);
      if (state === 'deleted' && record.has(uuid))
        complaints.push(`${path} was refused or deleted and is in the record`);
    }
    for (const [uuid, shown] of record) {
      const there = at.get(uuid) ?? [];
      const told = shown.attributes['occi.compute.state'];
      if (there.length !== 1) {
        const { state = 'unknown' } = this.#known.get(`/compute/${uuid}`) ?? {};
        const message = shown.attributes['occi.compute.state.message'];
        complaints.push(`${uuid} (${state}) is ${told} in the record (${message}) and on ${there.length} agents`);
      }
      const [machine] = there;
      if (machine === undefined) continue;
      const real = states[machine.vm_state] ?? machine.vm_state;
      const isBusy = shown.attributes['occi.compute.state.message'] !== undefined || machine.task_state !== null;
      if (told !== real || isBusy) {
        complaints.push(`${uuid} is ${told} in the record, ${real} on ${machine.host}${isBusy ? ', busy' : ''}`);
      }
    }
    for (const { uuid, host } of machines) {
      if (!record.has(uuid)) complaints.push(`${uuid} is on ${host} and not in the record`);
    }
    return complaints;
  }

  async #record(): Promise<ReadonlyMap<string, Shown>> {
    const answer = await this.cloud.request('GET', '/compute/');
    if (answer.status !== 200) throw new Error(answer.text);
    const { resources = [] } = answer.json() as { resources?: readonly Shown[] };
    return new Map(resources.map((shown) => [shown.id.replace('urn:uuid:', ''), shown]));
  }

  async #machines(): Promise<readonly Machine[]> {
    const lists = [...this.#agents.keys()].map(async (server) => {
      const request = { method: 'list_instances', args: {}, version: '1.0' };
      return (await this.#probe.call({ topic: 'compute', server }, request, { timeoutMs: 5000 })) as Json as never;
    });
    return (await Promise.all(lists)).flat() as unknown as readonly Machine[];
  }
}
