import type { Attachment, Flavor, Instance, Port } from './instance.ts';
import type { Network } from './network.ts';
import type { Volume } from './volume.ts';

/**
 * What an agent needs from a hypervisor.
 *
 * Each operation resolves when it is done; an Error it throws puts its subject into the error state, and the message
 * is shown to users. An operation that was under way when the agent ended is asked for again when it is back, so
 * doing one twice has to come to the same.
 *
 * The signal is aborted when the agent stops. An operation may then throw, in which case it is asked for again at the
 * next start, or finish.
 */
export interface Driver {
  /** Why something that is to be created cannot be had here, even if there is room; undefined when it can. */
  refusal(wanted: Instance | Volume | Network): string | undefined;

  spawn(instance: Instance, signal: AbortSignal): Promise<void>;
  powerOn(instance: Instance, signal: AbortSignal): Promise<void>;
  /** @param clean whether the guest is asked to shut down, or just loses power */
  powerOff(instance: Instance, clean: boolean, signal: AbortSignal): Promise<void>;
  /** @param hard whether power is cut, or the guest asked */
  reboot(instance: Instance, hard: boolean, signal: AbortSignal): Promise<void>;
  suspend(instance: Instance, signal: AbortSignal): Promise<void>;
  resume(instance: Instance, signal: AbortSignal): Promise<void>;
  pause(instance: Instance, signal: AbortSignal): Promise<void>;
  unpause(instance: Instance, signal: AbortSignal): Promise<void>;
  resize(instance: Instance, flavor: Flavor, signal: AbortSignal): Promise<void>;
  /** Replaces the root disk by a fresh copy of an image. */
  rebuild(instance: Instance, imageRef: string, signal: AbortSignal): Promise<void>;
  /** Makes an image of the root disk. */
  snapshot(instance: Instance, imageId: string, signal: AbortSignal): Promise<void>;
  destroy(instance: Instance, signal: AbortSignal): Promise<void>;

  plug(instance: Instance, port: Port, network: Network, signal: AbortSignal): Promise<void>;
  unplug(instance: Instance, port: Port, signal: AbortSignal): Promise<void>;
  attach(instance: Instance, attachment: Attachment, volume: Volume, signal: AbortSignal): Promise<void>;
  detach(instance: Instance, attachment: Attachment, signal: AbortSignal): Promise<void>;

  createVolume(volume: Volume, signal: AbortSignal): Promise<void>;
  /** @param size in GiB, larger than it is */
  extendVolume(volume: Volume, size: number, signal: AbortSignal): Promise<void>;
  snapshotVolume(volume: Volume, snapshotId: string, signal: AbortSignal): Promise<void>;
  deleteVolume(volume: Volume, signal: AbortSignal): Promise<void>;

  createNetwork(network: Network, signal: AbortSignal): Promise<void>;
  /** @param wanted the network as it is to be */
  updateNetwork(network: Network, wanted: Network, signal: AbortSignal): Promise<void>;
  deleteNetwork(network: Network, signal: AbortSignal): Promise<void>;
}
