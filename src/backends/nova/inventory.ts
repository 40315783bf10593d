import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Json, RemoteError, type RpcRequest } from '../../messaging/message.ts';
import type { EntityEvent } from '../backend.ts';
import { type Agents, request } from './agents.ts';
import type { Call } from './command.ts';
import { instance, instanceEvent, ownerOf } from './compute.ts';
import { networkEvent } from './network.ts';
import { port, portEvent } from './network-interface.ts';
import { volumeEvent } from './storage.ts';
import { attachment, attachmentEvent } from './storage-link.ts';

/** How many are asked for at once, and looked at before others have their turn: a host may have very many. */
const pageSize = 500;

/** How long a host may take that has not been heard of for long, in milliseconds. */
const awayMs = 1000;

/** What inventories are made with. */
export interface InventoryOptions {
  readonly agents: Agents;
  /** The identity of the provider. */
  readonly provider: string;
  /** How long a host may take for a page of its list, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: (message: string, detail?: unknown) => void;
}

/** Something on a host. */
export interface Sighting {
  readonly host: string;
  readonly event: EntityEvent;
  /** How it is taken away, if it is a machine of this provider or on one, and is not on its way anyhow. */
  readonly removable?: Removable;
}

/** A machine, or what is on one, with the arguments of the command that takes it away. */
export type Removable =
  | { readonly is: 'machine'; readonly args: { readonly instance_uuid: string } }
  | { readonly is: 'interface'; readonly args: { readonly instance_uuid: string; readonly port_id: string } }
  | { readonly is: 'volume'; readonly args: { readonly instance_uuid: string; readonly volume_id: string } };

/** What a host has. */
export interface Inventory {
  readonly host: string;
  readonly sightings: readonly Sighting[];
  /** By topic, whether that is all: the host has told, and all that it said makes sense. */
  readonly isWhole: Readonly<Record<Call['topic'], boolean>>;
}

/** How the things of a topic are listed. */
interface Listing {
  readonly topic: Call['topic'];
  readonly method: string;
  /** The member by which the next page is asked for. */
  readonly marker: string;
  /** @throws Error when it makes no sense */
  read(one: unknown, provider: string): readonly Omit<Sighting, 'host'>[];
}

const listedInstance = instance.extend({
  nics: port.array().default([]),
  volumes: attachment.extend({ volume_id: z.string() }).array().default([]),
});

const listings: readonly Listing[] = [
  { topic: 'compute', method: 'list_instances', marker: 'uuid', read: onMachine },
  { topic: 'network', method: 'list_networks', marker: 'id', read: (one) => [{ event: networkEvent(one) }] },
  { topic: 'volume', method: 'list_volumes', marker: 'id', read: (one) => [{ event: volumeEvent(one) }] },
];

/** Asks a host for all that it has. Never rejects: what it does not tell is not whole. */
export async function takeInventory(host: string, options: InventoryOptions): Promise<Inventory> {
  const sightings: Sighting[] = [];
  const isWhole = { compute: false, network: false, volume: false };
  const lists = await Promise.all(listings.map((listing) => listOf(host, listing, options)));
  for (const [index, { topic, method, read }] of listings.entries()) {
    const list = lists[index];
    isWhole[topic] = list !== undefined;
    for (const [index, said] of (list ?? []).entries()) {
      if (index % pageSize === 0) await nextTurn();
      try {
        for (const { event, ...more } of read(said, options.provider)) {
          sightings.push({ host, event: { ...event, host }, ...more });
        }
      } catch (error) {
        isWhole[topic] = false;
        options.log(`what ${method} tells makes no sense`, { said, error });
      }
    }
  }
  return { host, sightings, isWhole };
}

/** An instance, with what is attached to it. */
function onMachine(one: unknown, provider: string): readonly Omit<Sighting, 'host'>[] {
  const { nics, volumes, ...machine } = listedInstance.parse(one);
  const { uuid: instance_uuid, task_state } = machine;
  const isOwn = ownerOf(machine) === provider && task_state !== 'deleting';
  // What is being attached or detached has no state yet.
  const sighting = (event: EntityEvent, removable: Removable) =>
    isOwn && (removable.is === 'machine' || event.state !== undefined) ? { event, removable } : { event };
  return [
    sighting(instanceEvent(machine), { is: 'machine', args: { instance_uuid } }),
    ...nics.map((nic) => sighting(portEvent(nic), { is: 'interface', args: { instance_uuid, port_id: nic.port_id } })),
    ...volumes.map((volume) =>
      sighting(attachmentEvent(volume), { is: 'volume', args: { instance_uuid, volume_id: volume.volume_id } }),
    ),
  ];
}

/** A whole list of a host, in pages where it knows them; undefined when it does not tell. */
async function listOf(
  host: string,
  { topic, method, marker: member }: Listing,
  { agents, timeoutMs, log }: InventoryOptions,
): Promise<readonly Json[] | undefined> {
  // Who is away gets a chance to show that it is not, but nobody waits long for it.
  const patience = agents.hosts.isAway(host) ? Math.min(timeoutMs, awayMs) : timeoutMs;
  const page = async (args: RpcRequest['args']): Promise<readonly Json[]> => {
    const answer = await agents.probe({ topic, server: host }, request(method, args), patience);
    if (Array.isArray(answer)) return answer as readonly Json[];
    log(`what ${method} tells makes no sense`, { said: answer });
    throw new Error(`${host} answers ${method} with no list`);
  };
  try {
    const whole: Json[] = [];
    for (let marker: string | undefined; ; ) {
      const next = await page({ limit: pageSize, ...(marker === undefined ? {} : { marker }) });
      whole.push(...next);
      await nextTurn();
      const last = next.at(-1) as { readonly [name: string]: Json } | undefined;
      if (next.length < pageSize || typeof last?.[member] !== 'string') return whole;
      marker = last[member];
    }
  } catch (error) {
    // Agents that know no pages refuse the arguments.
    const isRefused = error instanceof RemoteError && error.failure.class === 'TypeError';
    return isRefused ? page({}).catch(() => undefined) : undefined;
  }
}
