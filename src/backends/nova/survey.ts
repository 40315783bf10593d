import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { type Entity, idOf } from '../../occi/entity.ts';
import { type EntityEvent, type RecordReader, Unreachable } from '../backend.ts';
import type { Activity } from './activity.ts';
import { request } from './agents.ts';
import type { Call } from './command.ts';
import { computeMapping } from './compute.ts';
import { type Inventory, type InventoryOptions, type Sighting, takeInventory } from './inventory.ts';
import { networkMapping } from './network.ts';
import { networkInterfaceMapping } from './network-interface.ts';
import { hostOf, hostsOf } from './placement.ts';
import { storageMapping } from './storage.ts';
import { storageLinkMapping } from './storage-link.ts';
import { isStray, Strays, type StraysOptions } from './strays.ts';
import { wireId } from './wire-id.ts';

/** After how many comparisons others get their turn: the store answers at once, and a survey may be long. */
const between = 20;

/** The same for what is only noted. */
const betweenNotes = 1_000;

/** What a survey is made with. */
export interface SurveyOptions extends InventoryOptions, StraysOptions {
  readonly activity: Activity;
}

/** What is listed where: links are on machines. */
const topics: readonly { readonly kind: string; readonly topic: Call['topic'] }[] = [
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
  readonly #strays: Strays;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.#strays = new Strays(options);
  }

  async *run(record: RecordReader): AsyncIterable<EntityEvent> {
    const { agents, activity } = this.#options;
    const watch = activity.watch();
    try {
      const { placed, revisions } = await this.#known(record);
      if (agents.hosts.list().length === 0) await this.#discover();
      const asked = await Promise.all(agents.hosts.list().map(({ host }) => takeInventory(host, this.#options)));
      const inventories = new Map(asked.map((inventory) => [inventory.host, inventory]));
      const sightings = asked.flatMap((inventory) => inventory.sightings);
      const seen = new Map<string, Set<string>>();
      const unknown = new Map<string, number>();
      for (const [index, { event, host }] of sightings.entries()) {
        if (index % betweenNotes === 0) await setImmediate();
        seen.set(event.id, (seen.get(event.id) ?? new Set()).add(host));
      }

      // Where it is not so, somebody, perhaps another gateway, has heard or done something since.
      const isUnchanged = (id: string, entity: Entity | undefined) =>
        !watch.saw(id) && entity?.revision === revisions.get(id);
      for (const [index, sighting] of sightings.entries()) {
        const { host, event, removable } = sighting;
        if (index % between === 0) await setImmediate();
        const entity = await record.byId(event.id);
        if (!isUnchanged(event.id, entity)) continue;
        if (entity !== undefined) {
          const news = await this.#compared(sighting, entity, inventories, seen);
          if (news !== undefined) yield { ...news, basis: entity.revision };
        } else if (removable !== undefined && (await isStray(host, removable, record, isUnchanged))) {
          // Nobody was told of it, it was deleted while its host was away, or the record is of an older backup.
          if (removable.is === 'machine') unknown.set(host, (unknown.get(host) ?? 0) + 1);
          await this.#strays.found(host, removable, 'that nobody knows of');
        }
      }
      for (const { host, isWhole } of asked) if (isWhole.compute) agents.hosts.compared(host, unknown.get(host) ?? 0);
      for (const { id, host, topic, isMachine } of placed) {
        if (inventories.get(host)?.isWhole[topic] === true) {
          if (!seen.has(id) && !watch.saw(id)) yield { id, host, gone: true, basis: revisions.get(id) as number };
          continue;
        }
        const since = isMachine ? agents.hosts.silentSince(host) : undefined;
        if (since !== undefined) {
          const message = `agent ${host} has not been heard of since ${since.toISOString()}`;
          yield { id, host, state: 'error', message, basis: revisions.get(id) as number };
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
    for (const { kind, topic } of topics) {
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
    { host, event, removable }: Sighting,
    entity: Entity,
    inventories: ReadonlyMap<string, Inventory>,
    seen: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<EntityEvent | undefined> {
    const home = hostOf(entity);
    if (home === undefined || home === host) return event;
    if (hostsOf(entity).includes(host)) return undefined;
    const atHome = inventories.get(home)?.isWhole.compute === true && seen.get(event.id)?.has(home) === true;
    if (atHome && removable?.is === 'machine' && wireId(entity) === removable.args.instance_uuid) {
      await this.#strays.found(host, removable, `that is on ${home} already`);
    }
    if (atHome || inventories.get(home)?.isWhole.compute !== true) return undefined;
    // Its host does not have it any more, this one does: that is where it is now.
    const { host: _, ...news } = event;
    return { ...news, handle: { ...news.handle, host } };
  }
}
