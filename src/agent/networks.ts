import { subnetOf } from '../occi/subnet.ts';
import { noDemand } from './demand.ts';
import { invalidCidr, networkNotFound, noValidHost } from './failures.ts';
import type { Host } from './host.ts';
import { LowestFree } from './lowest-free.ts';
import { type Network, type NetworkTask, type NetworkValues, networkView } from './network.ts';
import { isLeaving, TaskQueue } from './task-queue.ts';

/** What is asked for with a network. */
export interface NetworkRequest {
  readonly network_id: string;
  readonly label: string | null;
  readonly vlan: number | null;
  readonly cidr: string | null;
  readonly gateway: string | null;
  readonly allocation: string;
}

/** The networks of an agent. Commands are accepted or refused at once and carried out later. */
export class Networks {
  readonly #host: Host;
  readonly #queue: TaskQueue<Network, NetworkTask>;
  /** Which of the networks 10.0.0.0/24 to 10.255.255.0/24 are in use, by the 16 bits in the middle. */
  readonly #blocks = new LowestFree();

  constructor(host: Host) {
    this.#host = host;
    this.#queue = new TaskQueue<Network, NetworkTask>(host, {
      records: host.store.networks,
      idOf: ({ id }) => id,
      demand: () => noDemand,
      carryOut: (network, task) => this.#carryOut(network, task),
      settle,
      release: ({ cidr }) => {
        const block = blockOf(cidr);
        if (block !== undefined) this.#blocks.release(block);
      },
      announce: (stage, network, { op }) => {
        const isGone = op === 'delete' && stage !== 'error';
        const payload = isGone ? { network_id: network.id } : { network: networkView(network, host.name) };
        const event = `network.${op}.${stage}`;
        if (stage === 'error') void host.notify('network', event, { ...payload, message: network.fault }, 'ERROR');
        else void host.notify('network', event, payload);
      },
    });
    for (const { cidr } of host.store.networks.all()) this.#hold(cidr);
  }

  /** @throws RemoteError `NetworkNotFound` */
  get(id: string): Network {
    const network = this.#host.store.networks.get(id);
    if (network === undefined) throw networkNotFound(id);
    return network;
  }

  /**
   * Creates a network, without `cidr` with one of its own. One that is there already is left as it is.
   *
   * @throws RemoteError `InvalidCidr`, `NoValidHost`
   */
  create({ network_id: id, ...wanted }: NetworkRequest): void {
    if (this.#host.store.networks.get(id) !== undefined) return;
    if (wanted.cidr !== null && subnetOf(wanted.cidr) === undefined) throw invalidCidr(wanted.cidr);
    const range = wanted.cidr === null ? this.#freeRange() : { cidr: wanted.cidr, gateway: wanted.gateway };
    const network: Network = {
      ...wanted,
      id,
      cidr: range.cidr,
      gateway: wanted.gateway ?? range.gateway,
      admin_state_up: true,
      tasks: [],
      fault: null,
    };
    const refusal = this.#host.driver.refusal(network);
    if (refusal !== undefined) throw noValidHost(refusal);
    this.#hold(network.cidr);
    this.#queue.create(network, { op: 'create' });
  }

  /** Changes a network. @throws RemoteError `NetworkNotFound`, `InvalidCidr` */
  update(id: string, values: NetworkValues): void {
    const network = this.get(id);
    if (isLeaving(network)) throw networkNotFound(id);
    if (typeof values.cidr === 'string' && subnetOf(values.cidr) === undefined) throw invalidCidr(values.cidr);
    this.#queue.add(network, { op: 'update', values });
  }

  /** Deletes a network. @throws RemoteError `NetworkNotFound` */
  delete(id: string): void {
    const network = this.get(id);
    if (!isLeaving(network)) this.#queue.addLast(network, { op: 'delete' });
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    this.#queue.resume();
  }

  #carryOut(network: Network, task: NetworkTask): Promise<void> {
    const { driver, stopping } = this.#host;
    switch (task.op) {
      case 'create':
        return driver.createNetwork(network, stopping);
      case 'update':
        return driver.updateNetwork(network, settle(network, task), stopping);
      case 'delete':
        return driver.deleteNetwork(network, stopping);
    }
  }

  /** A network of 254 addresses that no other has, as long as there is one. */
  #freeRange(): { readonly cidr: string; readonly gateway: string } {
    const taken = this.#blocks.take(0n, 0xffffn);
    if (taken !== undefined) this.#host.store.onRollback(() => this.#blocks.release(taken));
    const block = Number(taken ?? 0n);
    const prefix = `10.${block >> 8}.${block & 0xff}`;
    return { cidr: `${prefix}.0/24`, gateway: `${prefix}.1` };
  }

  #hold(cidr: string): void {
    const block = blockOf(cidr);
    if (block !== undefined) this.#blocks.hold(block);
  }
}

function settle(network: Network, task: NetworkTask): Network {
  const healthy = { ...network, fault: null };
  if (task.op !== 'update') return healthy;
  const { cidr, ...values } = task.values;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { ...healthy, ...given, cidr: cidr ?? network.cidr };
}

/** The place of a range among those that are handed out; undefined for any other. */
function blockOf(cidr: string): bigint | undefined {
  const [, high, low] = /^10\.(\d+)\.(\d+)\.0\/24$/.exec(cidr) ?? [];
  return high === undefined || low === undefined ? undefined : BigInt(Number(high) * 256 + Number(low));
}
