import { type Json, NoReply, NoServer, RemoteError } from '../../messaging/message.ts';
import { core, type Entity, idOf, text } from '../../occi/entity.ts';
import {
  type DeliverableCommand,
  type EntityEvent,
  type RecordReader,
  Refusal,
  Unanswered,
  Unreachable,
} from '../backend.ts';
import { Addressing } from './addressing.ts';
import { type Agents, type Found, request } from './agents.ts';
import type { NovaCommand } from './command.ts';
import {
  type Errand,
  isCreation,
  isMaking,
  isRemoval,
  knownServers,
  requestOf,
  serverOf,
  subjectOf,
  waiting,
} from './errand.ts';
import { outcomeOf } from './failure.ts';
import { copyOn, hostOf, hostsOf } from './placement.ts';
import { answeredBefore } from './redelivery.ts';
import { storageLinkMapping } from './storage-link.ts';

/** What deliveries need of the backend. */
export interface DeliveryOptions {
  readonly agents: Agents;
  /** How the network or volume of a link is created on one more host. */
  readonly creationOf: (entity: Entity) => NovaCommand;
  /** What an answer tells; nothing when it makes no sense. */
  readonly read: (command: NovaCommand, answer: Json, entity: Entity | undefined) => readonly EntityEvent[];
  /** What an agent tells when it is asked how something is; nothing when it makes no sense. */
  readonly seen: (command: NovaCommand, answer: Json) => readonly EntityEvent[];
  /** Brings into the record what is known before a command is answered, and resolves when it is there. */
  readonly tell: (event: EntityEvent) => Promise<void>;
  /** The same for what nobody waits for. Never throws. */
  readonly say: (event: EntityEvent) => void;
  /** After how long without an answer the entity says that it is waited for, in milliseconds. */
  readonly patienceMs: number;
}

/** An answer, and who gave it, where that is known. */
type Answer = Omit<Found, 'server'> & Partial<Pick<Found, 'server'>>;

/**
 * Brings commands to the agents they are for, and makes sure that none is carried out twice or in the wrong place:
 * what may have been carried out before is looked for first.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #agents: Agents;
  readonly #addressing: Addressing;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#agents = options.agents;
    this.#addressing = new Addressing(options.tell);
  }

  /** @throws Refusal, Unreachable, Unanswered */
  async deliver(command: NovaCommand, delivery: DeliverableCommand, record: RecordReader) {
    const { id, location, redelivered = false } = delivery;
    const entity = await record.at(location);
    const errand: Errand = { command, request: requestOf(command, id), redelivered, entity, record };
    try {
      return await this.#carryOut(errand);
    } catch (error) {
      if (error instanceof Unreachable && redelivered) this.#options.say(waiting(command, serverOf(errand)));
      if (error instanceof Refusal && redelivered) return await this.#truth(errand, error);
      throw error;
    }
  }

  async #carryOut(errand: Errand): Promise<readonly EntityEvent[]> {
    const { command, entity, redelivered } = errand;
    // What is not wanted any more need not be made. What undoes it comes later.
    if (redelivered && entity === undefined && isMaking(command)) return [];
    try {
      if (isRemoval(command)) return await this.#remove(errand);
      if (isCreation(command)) return this.#told(errand, await this.#create(errand));
      if (command.serverOf !== undefined) return await this.#onHost(errand);
      return this.#told(errand, await this.#everywhere(errand));
    } catch (error) {
      if (error instanceof Unreachable || error instanceof Refusal) throw error;
      return outcomeOf(command, error);
    }
  }

  /** Creates something on any host, and on one only. */
  async #create(errand: Errand): Promise<Answer> {
    const { command, entity, redelivered } = errand;
    const { topic } = command;
    const known = hostOf(entity);
    if (known !== undefined) return this.#ask(errand, known);
    if (redelivered) {
      const found = await this.#agents.find(topic, subjectOf(command));
      if (found !== undefined) return found;
    }
    try {
      return await this.#ask(errand, undefined);
    } catch (error) {
      if (!isFull(error)) throw error;
      for (const server of this.#agents.hosts.accepting()) {
        try {
          return await this.#ask(errand, server);
        } catch (next) {
          // One that has not answered may have done it: then nobody else may.
          if (!isFull(next) && !(next instanceof NoServer)) throw next;
        }
      }
      throw error;
    }
  }

  /** Removes something from every host that has it. */
  async #remove(errand: Errand): Promise<readonly EntityEvent[]> {
    const { command, entity } = errand;
    const servers = command.server === undefined ? knownServers(errand) : [hostOf(entity) ?? command.server];
    // The copies go first: while the first host keeps it, it is still there.
    for (const server of servers.slice(1).reverse()) {
      try {
        await this.#ask(errand, server);
      } catch (error) {
        outcomeOf(command, error);
      }
    }
    const [first] = servers;
    if (first !== undefined) return this.#told(errand, await this.#ask(errand, first));
    const alive = this.#agents.hosts.alive();
    if (alive.length === 0) return this.#told(errand, await this.#ask(errand, undefined));
    const swept = await Promise.all(alive.map((server) => this.#sweep(errand, server)));
    if (!swept.includes(true)) throw new NoServer(`no agent serves ${command.topic}`);
    return [];
  }

  /** Removes from a host what should not be there. @returns whether the host serves such things */
  async #sweep(errand: Errand, server: string): Promise<boolean> {
    const { command, record } = errand;
    const now = await record.byId(command.id);
    if (now !== undefined && hostOf(now) === server) return true;
    if (now !== undefined && hostOf(now) === undefined) throw new Unreachable('it is being created again');
    try {
      await this.#ask(errand, server);
    } catch (error) {
      if (error instanceof NoServer) return false;
      outcomeOf(command, error);
    }
    return true;
  }

  /** Has something done to a machine, where it is. */
  async #onHost(errand: Errand): Promise<readonly EntityEvent[]> {
    const { command, redelivered, record } = errand;
    const uuid = subjectOf(command);
    const compute = await record.at(command.serverOf ?? '');
    let server = hostOf(compute) ?? command.server;
    if (server === undefined && this.#agents.hosts.alive().length > 1) {
      server = (await this.#agents.find('compute', uuid))?.server;
    }
    if (redelivered) {
      const instance = await this.#agents.look('compute', server, uuid);
      const answer = instance === undefined ? undefined : answeredBefore(command, instance);
      if (answer !== undefined) return this.#told(errand, foundOn(server, answer));
    }
    if (server !== undefined) await this.#makeKnown(errand, server);
    const ask = (one: Errand) => this.#ask(one, server);
    const isPlug = command.method === 'attach_interface';
    return this.#told(errand, await (isPlug ? this.#addressing.plug(errand, ask) : ask(errand)));
  }

  /**
   * Makes the network or volume of a link known to the host of its machine: agents are taken to reach the same
   * networks and volumes under the same ids.
   */
  async #makeKnown({ command, record }: Errand, server: string): Promise<void> {
    const used = command.uses === undefined ? undefined : await record.at(command.uses);
    if (used === undefined) return;
    if (command.method === 'attach_volume') await assertFree(command, used, record);
    const hosts = hostsOf(used);
    if (hosts.includes(server)) return;
    if (hosts.length === 0 && this.#agents.hosts.list().length <= 1) return;
    const creation = this.#options.creationOf(used);
    await this.#agents.call({ topic: creation.topic, server }, request(creation.method, creation.args));
    const id = idOf(used);
    // Told at once: whatever becomes of the link, that host knows it now.
    this.#options.say(hosts.length === 0 ? { id, host: server } : { id, handle: copyOn(server) });
  }

  /** Has something done to a network or volume on all hosts that know it. What the first says counts. */
  async #everywhere(errand: Errand): Promise<Answer> {
    const { topic } = errand.command;
    let [first, ...others] = knownServers(errand);
    if (first === undefined && this.#agents.hosts.alive().length > 1) {
      first = (await this.#agents.find(topic, subjectOf(errand.command)))?.server;
    }
    const answer = await this.#ask(errand, first);
    if (errand.command.method === 'create_snapshot') return answer;
    for (const server of others) await this.#ask(errand, server);
    return answer;
  }

  async #ask({ command, request }: Errand, server: string | undefined): Promise<Answer> {
    const target = { topic: command.topic, ...(server === undefined ? {} : { server }) };
    const timer = setTimeout(() => this.#options.say(waiting(command, server)), this.#options.patienceMs);
    try {
      const { traceparent } = command;
      const options = traceparent === undefined ? {} : { traceparent };
      return foundOn(server, await this.#agents.call(target, request, options));
    } finally {
      clearTimeout(timer);
    }
  }

  #told({ command, entity }: Errand, { server, result }: Answer): readonly EntityEvent[] {
    const host = server === undefined ? {} : { host: server };
    return this.#options.read(command, result, entity).map((event) => ({ ...host, ...event }));
  }

  /**
   * What becomes of a command that was refused when it was delivered once more: perhaps it was carried out and is
   * refused because of that. So the agent is asked how things are.
   *
   * @throws Refusal when that cannot be asked
   */
  async #truth(errand: Errand, refusal: Refusal): Promise<readonly EntityEvent[]> {
    const { command, entity } = errand;
    if (entity === undefined || isMaking(command)) throw refusal;
    const server = serverOf(errand);
    const now = await this.#agents.look(command.topic, server, subjectOf(command)).catch((error: unknown) => {
      throw error instanceof NoServer || error instanceof NoReply ? new Unanswered(refusal.message) : error;
    });
    if (now === undefined) throw refusal;
    return this.#options.seen(command, now);
  }
}

/** A volume is on one machine at most, and no agent knows what the others have. @throws Refusal `conflict` */
async function assertFree(command: NovaCommand, volume: Entity, record: RecordReader): Promise<void> {
  for (const link of await record.linksAt(volume.location)) {
    const isAttachment = link.kind === storageLinkMapping.kind && link.attributes[core.target] === volume.location;
    const other = idOf(link);
    if (!isAttachment || other === command.id || text(link, 'occi.storagelink.state') === 'error') continue;
    // Of two that are under way at once, the one that was asked for first.
    if (hostOf(link) !== undefined || other < command.id) {
      throw new Refusal('conflict', `${volume.location} is attached already, by ${link.location}`);
    }
  }
}

const foundOn = (server: string | undefined, result: Json): Answer => ({
  result,
  ...(server === undefined ? {} : { server }),
});

const isFull = (error: unknown): boolean => error instanceof RemoteError && error.failure.class === 'NoValidHost';
