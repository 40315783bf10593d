import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { type Json, RemoteError, type RpcRequest } from '../../messaging/message.ts';
import { type Entity, idOf } from '../../occi/entity.ts';
import { type EntityEvent, type RecordReader, Unreachable } from '../backend.ts';
import type { Activity } from './activity.ts';
import { type Agents, isUnknownMethod, request } from './agents.ts';
import type { Call } from './command.ts';
import { computeMapping, instance, instanceEvent, ownerOf } from './compute.ts';
import { networkEvent, networkMapping } from './network.ts';
import { networkInterfaceMapping, port, portEvent } from './network-interface.ts';
import { hostOf, hostsOf } from './placement.ts';
import { storageMapping, volumeEvent } from './storage.ts';
import { attachment, attachmentEvent, storageLinkMapping } from './storage-link.ts';
import { wireId } from './wire-id.ts';

/** How many are asked for at once. */
const pageSize = 500;

/** After how many comparisons others get their turn: the store answers at once, and a survey may be long. */
const between = 20;

/** How long a host may take that has not been heard of for long, in milliseconds. */
const awayMs = 1000;

/** What a survey is made with. */
export interface SurveyOptions {
  readonly agents: Agents;
  readonly activity: Activity;
  /** The identity of the provider: machines that carry it and are not in the record are strays. */
  readonly provider: string;
  /** How long a host may take for a page of its list, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: (message: string, detail?: unknown) => void;
}

const listed = instance.extend({ nics: z.array(port).default([]), volumes: z.array(attachment).default([]) });

/** Something on a host. */
interface Sighting {
  readonly host: string;
  readonly event: EntityEvent;
  /** The id by which the host knows a machine of this provider. */
  readonly machine?: string;
}

/** What a host has, by topic; undefined where it does not tell. */
interface Inventory {
  readonly host: string;
  readonly sightings: readonly Sighting[];
  readonly tells: Readonly<Record<Call['topic'], boolean>>;
}

/** What is listed where: links are on machines. */
const listings: readonly { readonly kind: string; readonly topic: Call['topic'] }[] = [
  { kind: computeMapping.kind, topic: 'compute' },
  { kind: networkInterfaceMapping.kind, topic: 'compute' },
  { kind: storageLinkMapping.kind, topic: 'compute' },
  { kind: networkMapping.kind, topic: 'network' },
  { kind: storageMapping.kind, topic: 'volume' },
];

/**
 * Compares the record with what the agents have.
 *
 * What the record says is read first, so that what a host does not list any more was there before. What something is
 * said or done about meanwhile is left alone: the list may be older than that, and the next survey tells.
 */
export class Survey {
  readonly #options: SurveyOptions;
  /** Strays the log knows about. */
  readonly #told = new Set<string>();

  constructor(options: SurveyOptions) {
    this.#options = options;
  }

  async *run(record: RecordReader): AsyncIterable<EntityEvent> {
    const { agents, activity } = this.#options;
    const watch = activity.watch();
    try {
      const { placed, revisions } = await this.#known(record);
      if (agents.hosts.list().length === 0) await this.#discover();
      const asked = await Promise.all(agents.hosts.list().map(({ host }) => this.#inventory(host)));
      const inventories = new Map(asked.map((inventory) => [inventory.host, inventory]));
      const sightings = asked.flatMap((inventory) => inventory.sightings);
      const seen = new Map<string, Set<string>>();
      for (const { event, host } of sightings) seen.set(event.id, (seen.get(event.id) ?? new Set()).add(host));

      for (const [index, sighting] of sightings.entries()) {
        const { id } = sighting.event;
        if (index % between === 0) await setImmediate();
        const entity = await record.byId(id);
        // Somebody, perhaps another gateway, has heard or done something since.
        if (watch.saw(id) || entity?.revision !== revisions.get(id)) continue;
        const event = await this.#compared(sighting, entity, inventories, seen);
        if (event !== undefined) yield event;
      }
      for (const { id, host, topic, isMachine } of placed) {
        if (inventories.get(host)?.tells[topic] === true) {
          if (!seen.has(id) && !watch.saw(id)) yield { id, host, gone: true };
          continue;
        }
        const since = isMachine ? agents.hosts.silentSince(host) : undefined;
        if (since !== undefined) {
          const message = `agent ${host} has not been heard of since ${since.toISOString()}`;
          yield { id, host, state: 'error', message };
        }
      }
    } finally {
      watch.end();
    }
  }

  /** Finds out who is there from what any agent has. @throws Unreachable when nobody answers */
  async #discover(): Promise<void> {
    const { agents, timeoutMs, log } = this.#options;
    let answer: unknown;
    try {
      answer = await agents.probe({ topic: 'compute' }, request('list_instances', {}), timeoutMs);
    } catch (error) {
      throw new Unreachable('no compute agent lists its machines', { cause: error });
    }
    const hosts = z.array(z.looseObject({ host: z.string() })).safeParse(answer);
    if (!hosts.success) log('the list of instances makes no sense', { said: answer });
    for (const { host } of hosts.data ?? []) agents.hosts.answered(host);
  }

  /** What the record says: the revision of everything, and what is known to be on which host. */
  async #known(record: RecordReader) {
    const placed: { id: string; host: string; topic: Call['topic']; isMachine: boolean }[] = [];
    const revisions = new Map<string, number>();
    for (const { kind, topic } of listings) {
      for await (const entity of record.entities(kind)) {
        const id = idOf(entity);
        const host = hostOf(entity);
        revisions.set(id, entity.revision);
        for (const one of hostsOf(entity)) this.#options.agents.hosts.expect(one);
        if (host !== undefined) placed.push({ id, host, topic, isMachine: kind === computeMapping.kind });
      }
    }
    return { placed, revisions };
  }

  /** What a sighting tells about an entity of the record. */
  async #compared(
    { host, event, machine }: Sighting,
    entity: Entity | undefined,
    inventories: ReadonlyMap<string, Inventory>,
    seen: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<EntityEvent | undefined> {
    if (entity === undefined) {
      // Nobody was told of it, or it was deleted while its host was away.
      if (machine !== undefined) await this.#terminate(host, machine, 'a machine that nobody knows of');
      return undefined;
    }
    const home = hostOf(entity);
    if (home === undefined || home === host) return event;
    if (hostsOf(entity).includes(host)) return undefined;
    const atHome = inventories.get(home)?.tells.compute === true && seen.get(event.id)?.has(home) === true;
    if (atHome && machine !== undefined && wireId(entity) === machine) {
      await this.#terminate(host, machine, `a second machine; the first is on ${home}`);
    }
    if (atHome || inventories.get(home)?.tells.compute !== true) return undefined;
    // Its host does not have it any more, this one does: that is where it is now.
    const { host: _, ...news } = event;
    return { ...news, handle: { ...news.handle, host } };
  }

  async #terminate(host: string, uuid: string, what: string): Promise<void> {
    const { agents, timeoutMs, log } = this.#options;
    const name = `${host} ${uuid}`;
    if (!this.#told.has(name)) log(`terminating ${what}`, { host, instance: uuid });
    this.#told.add(name);
    try {
      await agents.probe(
        { topic: 'compute', server: host },
        request('terminate_instance', { instance_uuid: uuid }),
        timeoutMs,
      );
    } catch {
      // It is still there at the next survey then.
    }
  }

  async #inventory(host: string): Promise<Inventory> {
    const [instances, networks, volumes] = await Promise.all([
      this.#list('compute', host, 'list_instances', 'uuid'),
      this.#list('network', host, 'list_networks', 'id'),
      this.#list('volume', host, 'list_volumes', 'id'),
    ]);
    const sightings = [
      ...this.#read('a listed instance', instances, (one) => this.#onMachine(one)),
      ...this.#read('a listed network', networks, (one) => [{ event: networkEvent(one) }]),
      ...this.#read('a listed volume', volumes, (one) => [{ event: volumeEvent(one) }]),
    ].map(({ event, ...machine }) => ({ host, event: { ...event, host }, ...machine }));
    const tells = { compute: instances !== undefined, network: networks !== undefined, volume: volumes !== undefined };
    return { host, sightings, tells };
  }

  #onMachine(one: unknown): readonly Omit<Sighting, 'host'>[] {
    const { nics, volumes, ...machine } = listed.parse(one);
    const own = ownerOf(machine) === this.#options.provider ? { machine: machine.uuid } : {};
    return [
      { event: instanceEvent(machine), ...own },
      ...nics.map((nic) => ({ event: portEvent(nic) })),
      ...volumes.map((volume) => ({ event: attachmentEvent(volume) })),
    ];
  }

  #read<T>(what: string, list: readonly unknown[] | undefined, reading: (one: unknown) => readonly T[]): readonly T[] {
    return (list ?? []).flatMap((said) => {
      try {
        return reading(said);
      } catch (error) {
        this.#options.log(`${what} makes no sense`, { said, error });
        return [];
      }
    });
  }

  /** A whole list of a host, in pages where it knows them; undefined when it does not tell. */
  async #list(topic: Call['topic'], host: string, method: string, id: string): Promise<readonly unknown[] | undefined> {
    const { agents, timeoutMs } = this.#options;
    // Who is away gets a chance to show that it is not, but nobody waits long for it.
    const patience = agents.hosts.isAway(host) ? Math.min(timeoutMs, awayMs) : timeoutMs;
    const call = async (args: RpcRequest['args']): Promise<readonly Json[]> => {
      const answer = await agents.probe({ topic, server: host }, request(method, args), patience);
      if (!Array.isArray(answer)) throw new TypeError(`${method} of ${host} is answered with no list`);
      return answer as readonly Json[];
    };
    try {
      const whole: Json[] = [];
      for (let marker: string | undefined; ; ) {
        const page = await call({ limit: pageSize, ...(marker === undefined ? {} : { marker }) });
        whole.push(...page);
        const last = page.at(-1) as { readonly [name: string]: Json } | undefined;
        if (page.length < pageSize || typeof last?.[id] !== 'string') return whole;
        marker = last[id];
      }
    } catch (error) {
      if (error instanceof RemoteError && isUnknownMethod(error.failure.class)) {
        return error.failure.class === 'TypeError' ? await call({}).catch(() => undefined) : undefined;
      }
      if (error instanceof TypeError) this.#options.log('a list makes no sense', { host, error });
      return undefined;
    }
  }
}
