import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RemoteError } from '../../messaging/message.ts';
import { core, type Entity, idOf, text } from '../../occi/entity.ts';
import { type Address, addressOf, addressText, type Subnet, subnetOf } from '../../occi/subnet.ts';
import { type EntityEvent, Refusal, Unreachable } from '../backend.ts';
import type { Errand } from './errand.ts';
import { addressAttribute, addressedEvent, networkInterfaceMapping } from './network-interface.ts';

/** How many addresses are tried before it is taken for bad luck. */
const mostChoices = 16;

/** The longest pause before another choice, in milliseconds. */
const longestPauseMs = 20;

/**
 * Gives interfaces their addresses. An agent knows its own interfaces only, and a network may be on several hosts, so
 * that the record has to tell which addresses are taken.
 *
 * An address is claimed by writing it into the record, and is its interface's own when afterwards no other interface of
 * the network has it. Of two that claim the same one at the same time, perhaps in two gateways, at least one sees the
 * other, because each looks after it has written; who sees another chooses again.
 */
export class Addressing {
  readonly #tell: (event: EntityEvent) => Promise<void>;
  /** By the location of a network: the last of those that are choosing. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** @param tell brings an event into the record, and resolves when it is there */
  constructor(tell: (event: EntityEvent) => Promise<void>) {
    this.#tell = tell;
  }

  /**
   * Has a machine plugged into a network with an address that no other interface there has: the one the client asks
   * for, or any. Where the range of the network is not known the agent chooses.
   *
   * @param ask sends the request
   * @throws Refusal `conflict` when the address is taken, or all are; Unreachable; and what `ask` throws
   */
  async plug<T>(errand: Errand, ask: (errand: Errand) => Promise<T>): Promise<T> {
    const { request } = errand;
    const isWanted = Object.hasOwn(request.args, 'requested_ip');
    const refused: string[] = [];
    for (;;) {
      const address = await this.#claim(errand, refused);
      if (isWanted || address === undefined) return ask(errand);
      try {
        return await ask({ ...errand, request: { ...request, args: { ...request.args, requested_ip: address } } });
      } catch (error) {
        if (!isInUse(error) || refused.length === mostChoices) throw error;
        refused.push(address);
      }
    }
  }

  /** Claims an address for an interface; undefined when it is for the agent to choose. */
  async #claim({ command, entity, record }: Errand, refused: readonly string[]): Promise<string | undefined> {
    const network = await record.at(command.uses ?? '');
    if (network === undefined || entity === undefined) return undefined;
    const others = async () => othersAt(network, entity, await record.linksAt(network.location));
    // What it has already is what the client asks for, or what was claimed at an earlier delivery.
    const own = addressAt(entity);
    if (own !== undefined && Object.hasOwn(command.args, 'requested_ip')) {
      const other = (await others()).get(own);
      if (other !== undefined) throw new Refusal('conflict', `${own} is the address of ${other}`);
      return own;
    }
    const subnet = subnetOf(text(network, 'occi.network.address') ?? '');
    if (subnet === undefined) return undefined;
    const never = [...refused, text(network, 'occi.network.gateway') ?? ''];
    return this.#inTurn(network.location, async () => {
      let address = own;
      for (let choices = 0; ; choices++) {
        const taken = await others();
        if (address !== undefined && !taken.has(address) && !refused.includes(address)) return address;
        if (choices === mostChoices)
          throw new Unreachable(`too many want addresses of ${network.location} at once; try again later`);
        // Out of step with the other, or both would choose the same again.
        if (choices > 0) await delay(Math.random() * longestPauseMs);
        address = anyFree(subnet, [...taken.keys(), ...never]);
        if (address === undefined) throw new Refusal('conflict', `all addresses of ${network.location} are taken`);
        await this.#tell(addressedEvent(command.id, address));
      }
    });
  }

  /** Within a process they choose one after the other, so that the last free address is found, too. */
  async #inTurn<T>(location: string, choose: () => Promise<T>): Promise<T> {
    const choice = (this.#turns.get(location) ?? Promise.resolve()).then(choose);
    const turn = Promise.allSettled([choice]);
    this.#turns.set(location, turn);
    try {
      return await choice;
    } finally {
      if (this.#turns.get(location) === turn) this.#turns.delete(location);
    }
  }
}

/** The locations of the other interfaces of a network, by their addresses. */
function othersAt(network: Entity, own: Entity, links: readonly Entity[]): ReadonlyMap<string, string> {
  const others = links.filter(
    (link) =>
      link.kind === networkInterfaceMapping.kind &&
      link.attributes[core.target] === network.location &&
      idOf(link) !== idOf(own),
  );
  return new Map(others.map((link) => [addressAt(link) ?? '', link.location]));
}

/** The address of an interface, in the one form of each. */
function addressAt(link: Entity): string | undefined {
  const given = text(link, addressAttribute);
  const address = given === undefined ? undefined : numberOf(given);
  return address === undefined ? given : addressText(address);
}

/** What an attribute stands for: GFD.224 §3.2.1 and §3.4.1 show addresses with the length of their prefix. */
const numberOf = (given: string): Address | undefined => addressOf(given.split('/', 1)[0] ?? '');

/** An address of a subnet that is not among those taken, any with the same chance; undefined when there is none. */
function anyFree({ family, first, last }: Subnet, taken: readonly string[]): string | undefined {
  const values = taken
    .map(numberOf)
    .flatMap((address) => (address?.family === family ? [address.value] : []))
    .filter((value) => value >= first && value <= last);
  const ordered = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const free = last - first + 1n - BigInt(ordered.length);
  if (free === 0n) return undefined;
  let value = first + (BigInt(`0x${randomBytes(16).toString('hex')}`) % free);
  // Counted among the free ones: each taken one at or below it moves it up.
  for (const one of ordered) if (one <= value) value++;
  return addressText({ family, value });
}

const isInUse = (error: unknown): boolean =>
  error instanceof RemoteError && error.failure.class.startsWith('FixedIpAlreadyInUse');
