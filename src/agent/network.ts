import type { Json } from '../messaging/message.ts';

/** What of a network can be changed. */
export type NetworkValues = {
  readonly label?: string | null | undefined;
  readonly vlan?: number | null | undefined;
  readonly cidr?: string | null | undefined;
  readonly gateway?: string | null | undefined;
  readonly allocation?: string | undefined;
  readonly admin_state_up?: boolean | undefined;
};

/** Something to be done to a network. */
export type NetworkTask =
  | { readonly op: 'create' }
  | { readonly op: 'update'; readonly values: NetworkValues }
  | { readonly op: 'delete' };

/** A network as an agent remembers it. */
export type Network = {
  readonly id: string;
  readonly label: string | null;
  readonly vlan: number | null;
  /** Where addresses come from, `10.0.0.0/24`. */
  readonly cidr: string;
  readonly gateway: string | null;
  readonly allocation: string;
  readonly admin_state_up: boolean;
  readonly tasks: readonly NetworkTask[];
  /** What went wrong with the last task; the network is in `ERROR` then. */
  readonly fault: string | null;
};

/** A network as it stands in answers and notifications of a host. `BUILD` means that it is still being worked on. */
export function networkView(network: Network, host: string): { readonly [name: string]: Json } {
  const { id, label, vlan, cidr, gateway, allocation, admin_state_up } = network;
  return { id, host, label, vlan, cidr, gateway, allocation, admin_state_up, status: statusOf(network) };
}

function statusOf({ fault, tasks, admin_state_up }: Network): string {
  if (fault !== null) return 'ERROR';
  if (tasks.length > 0) return 'BUILD';
  return admin_state_up ? 'ACTIVE' : 'DOWN';
}
