import { randomBytes } from 'node:crypto';
import { addressOf, addressText, subnetOf } from '../occi/subnet.ts';
import {
  fixedIpAlreadyInUse,
  fixedIpInvalid,
  networkNotFound,
  noMoreFixedIps,
  portInUse,
  portNotFound,
} from './failures.ts';
import { Fittings } from './fittings.ts';
import type { Host } from './host.ts';
import { type Instance, instancePayload, type Port, portView, vmStateOf } from './instance.ts';
import { LowestFree } from './lowest-free.ts';
import type { Network } from './network.ts';
import { isLeaving } from './task-queue.ts';

/** What is asked for with an interface. */
export interface PortRequest {
  readonly network_id: string;
  readonly port_id: string;
  readonly requested_ip: string | null;
}

/** Plugs machines into networks: hands out MAC addresses, IP addresses and device names. */
export class Ports {
  readonly #host: Host;
  readonly #fittings: Fittings<Port>;
  readonly #macs = new Set<string>();
  /** The addresses in use, by network. */
  readonly #addresses = new Map<string, LowestFree>();

  constructor(host: Host) {
    this.#host = host;
    this.#fittings = new Fittings(host, {
      idOf: ({ port_id }) => port_id,
      on: ({ nics }) => nics,
      with: (instance, nics) => ({ ...instance, nics }),
      awaits: ({ network_id }) => ({ ready: [network_id], alone: [] }),
      attach: (instance, port) => this.#plug(instance, port),
      detach: (instance, port) => host.driver.unplug(instance, port, host.stopping),
      release: (port) => this.#free(port),
      announce: (what, instance, port, fault) => {
        const event = `compute.instance.interface.${what}`;
        const payload = {
          ...instancePayload(instance, host.name),
          ...(what === 'attach' ? portView(port) : { port_id: port.port_id }),
        };
        if (fault === null) void host.notify('compute', event, payload);
        else void host.notify('compute', `${event}.error`, { ...payload, message: fault }, 'ERROR');
      },
    });
    for (const { nics } of host.store.instances.all()) {
      for (const port of nics) {
        this.#macs.add(port.mac);
        this.#addressesOf(port.network_id).hold(numberOf(port.fixed_ip));
      }
    }
  }

  /** A port of an instance. @throws RemoteError `PortNotFound` */
  get({ nics }: Instance, port_id: string): Port {
    const port = nics.find((other) => other.port_id === port_id);
    if (port === undefined) throw portNotFound(port_id);
    return port;
  }

  /**
   * Gives an instance an interface. Address and device are known at once; it is plugged in later. A port that is
   * there already is left as it is.
   *
   * @throws RemoteError `NetworkNotFound`, `FixedIpInvalid`, `FixedIpAlreadyInUse`, `NoMoreFixedIps`, `PortInUse`
   */
  attach(instance: Instance, { network_id, port_id, requested_ip }: PortRequest): void {
    const known = instance.nics.find((port) => port.port_id === port_id);
    if (known !== undefined) {
      if (known.state === 'detaching' || known.network_id !== network_id) throw portInUse(known.port_id);
      return;
    }
    const network = this.#host.store.networks.get(network_id);
    if (network === undefined || isLeaving(network)) throw networkNotFound(network_id);
    const port: Port = {
      port_id,
      network_id,
      fixed_ip: this.#address(network, requested_ip),
      mac: this.#mac(),
      device: freeDevice(instance),
      state: 'attaching',
    };
    this.#host.store.onRollback(() => this.#free(port));
    this.#fittings.add(instance, port);
  }

  /** Takes an interface away; nothing when it is not there. */
  detach(instance: Instance, port_id: string): void {
    const port = instance.nics.find((other) => other.port_id === port_id);
    if (port !== undefined) this.#fittings.remove(instance, port);
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    this.#fittings.resume();
  }

  /** Frees the addresses of an instance that is gone. */
  release({ nics }: Instance): void {
    for (const port of nics) this.#free(port);
  }

  async #plug(instance: Instance, port: Port): Promise<void> {
    if (vmStateOf(instance) === 'error') throw new Error('the machine is in error');
    const network = this.#host.store.networks.get(port.network_id);
    if (network === undefined || network.fault !== null) throw new Error('the network is in error or gone');
    await this.#host.driver.plug(instance, port, network, this.#host.stopping);
  }

  /** Takes an address of a network: a certain one or the lowest that is free. */
  #address(network: Network, requested: string | null): string {
    const subnet = subnetOf(network.cidr);
    if (subnet === undefined) throw noMoreFixedIps(network.id);
    const { family, first, last } = subnet;
    const taken = this.#addressesOf(network.id);
    const gateway = network.gateway === null ? undefined : addressOf(network.gateway)?.value;
    if (requested === null) {
      const value = taken.take(first, last, gateway);
      if (value === undefined) throw noMoreFixedIps(network.id);
      return addressText({ family, value });
    }
    const wanted = addressOf(requested);
    if (wanted?.family !== family || wanted.value < first || wanted.value > last || wanted.value === gateway) {
      throw fixedIpInvalid(requested);
    }
    if (taken.has(wanted.value)) throw fixedIpAlreadyInUse(requested);
    taken.hold(wanted.value);
    return addressText(wanted);
  }

  #addressesOf(network: string): LowestFree {
    let addresses = this.#addresses.get(network);
    if (addresses === undefined) {
      addresses = new LowestFree();
      this.#addresses.set(network, addresses);
    }
    return addresses;
  }

  #mac(): string {
    let mac: string;
    do {
      mac = ['fa', '16', '3e', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
    } while (this.#macs.has(mac));
    this.#macs.add(mac);
    return mac;
  }

  #free({ mac, network_id, fixed_ip }: Port): void {
    this.#macs.delete(mac);
    const taken = this.#addressesOf(network_id);
    taken.release(numberOf(fixed_ip));
    if (taken.isEmpty) this.#addresses.delete(network_id);
  }
}

function freeDevice({ nics }: Instance): string {
  for (let at = 0; ; at++) {
    const device = `eth${at}`;
    if (nics.every((port) => port.device !== device)) return device;
  }
}

/** The value of an address that was handed out, so that it is one. */
function numberOf(address: string): bigint {
  return addressOf(address)?.value ?? 0n;
}
