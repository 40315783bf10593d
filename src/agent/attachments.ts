import { randomUUID } from 'node:crypto';
import { devicePathInUse, invalidVolume, tooManyDiskDevices, volumeNotAttached, volumeNotFound } from './failures.ts';
import { Fittings } from './fittings.ts';
import type { Host } from './host.ts';
import { type Attachment, attachmentView, type Instance, instancePayload, vmStateOf } from './instance.ts';
import { isLeaving } from './task-queue.ts';

/** What is asked for with an attachment. */
export interface AttachmentRequest {
  readonly volume_id: string;
  readonly mountpoint: string | null;
  readonly attachment_id: string | null;
}

/** The root disk is `/dev/vda`. */
const letters = 'bcdefghijklmnopqrstuvwxyz';

/** Puts volumes on machines; a volume is on one at most. */
export class Attachments {
  readonly #host: Host;
  readonly #fittings: Fittings<Attachment>;

  constructor(host: Host) {
    this.#host = host;
    this.#fittings = new Fittings(host, {
      idOf: ({ attachment_id }) => attachment_id,
      on: ({ volumes }) => volumes,
      with: (instance, volumes) => ({ ...instance, volumes }),
      awaits: ({ volume_id }) => ({ ready: [], alone: [volume_id] }),
      attach: (instance, attachment) => this.#attach(instance, attachment),
      detach: (instance, attachment) => host.driver.detach(instance, attachment, host.stopping),
      // The volume has been free since the detachment was asked for.
      release: () => {},
      announce: (what, instance, attachment, fault) => {
        const { attachment_id, volume_id } = attachment;
        const event = `compute.instance.volume.${what}`;
        const payload = {
          ...instancePayload(instance, host.name),
          ...(what === 'attach' ? attachmentView(attachment) : { attachment_id, volume_id }),
        };
        if (fault === null) void host.notify('compute', event, payload);
        else void host.notify('compute', `${event}.error`, { ...payload, message: fault }, 'ERROR');
      },
    });
  }

  /** How a volume is on an instance. @throws RemoteError `VolumeBDMNotFound` */
  get({ volumes }: Instance, volume_id: string): Attachment {
    const attachment = volumes.find((other) => other.volume_id === volume_id && other.state !== 'detaching');
    if (attachment === undefined) throw volumeNotAttached(volume_id);
    return attachment;
  }

  /**
   * Gives an instance a volume. The device is known and the volume in use at once; it is attached later. The same
   * attachment asked for again, or one asked for without an id, is left as it is.
   *
   * @throws RemoteError `VolumeNotFound`, `InvalidVolume`, `DevicePathInUse`, `TooManyDiskDevices`
   */
  attach(instance: Instance, { volume_id, mountpoint, attachment_id }: AttachmentRequest): void {
    const known = instance.volumes.find((other) => other.volume_id === volume_id && other.state !== 'detaching');
    if (known !== undefined && (attachment_id ?? known.attachment_id) === known.attachment_id) return;
    const volume = this.#host.store.volumes.get(volume_id);
    if (volume === undefined) throw volumeNotFound(volume_id);
    if (volume.attached_to !== null) throw invalidVolume('volume is in-use');
    if (volume.fault !== null) throw invalidVolume('volume is error');
    if (isLeaving(volume)) throw invalidVolume('volume is deleting');
    const attachment: Attachment = {
      attachment_id: attachment_id ?? randomUUID(),
      volume_id,
      device: deviceFor(instance, mountpoint),
      state: 'attaching',
    };
    this.#host.store.atomically(() => {
      this.#host.store.volumes.put(volume_id, { ...volume, attached_to: instance.uuid });
      this.#fittings.add(instance, attachment);
    });
  }

  /** Takes a volume away, which others can have from now on; nothing when it is not there. */
  detach(instance: Instance, volume_id: string): void {
    const attachment = instance.volumes.find((other) => other.volume_id === volume_id && other.state !== 'detaching');
    if (attachment === undefined) return;
    this.#host.store.atomically(() => {
      this.#free(volume_id);
      this.#fittings.remove(instance, attachment);
    });
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    this.#fittings.resume();
  }

  /** Frees the volumes of an instance that is gone. */
  release({ volumes }: Instance): void {
    for (const { volume_id, state } of volumes) if (state !== 'detaching') this.#free(volume_id);
  }

  async #attach(instance: Instance, attachment: Attachment): Promise<void> {
    if (vmStateOf(instance) === 'error') throw new Error('the machine is in error');
    const volume = this.#host.store.volumes.get(attachment.volume_id);
    if (volume === undefined || volume.fault !== null) throw new Error('the volume is in error or gone');
    await this.#host.driver.attach(instance, attachment, volume, this.#host.stopping);
  }

  #free(volume_id: string): void {
    const { volumes } = this.#host.store;
    const volume = volumes.get(volume_id);
    if (volume !== undefined) volumes.put(volume_id, { ...volume, attached_to: null });
  }
}

/** The device wanted, or the first that is free. @throws RemoteError `DevicePathInUse`, `TooManyDiskDevices` */
function deviceFor({ volumes }: Instance, wanted: string | null): string {
  const isFree = (device: string) => volumes.every((attachment) => attachment.device !== device);
  if (wanted !== null) {
    if (!isFree(wanted)) throw devicePathInUse(wanted);
    return wanted;
  }
  const device = [...letters].map((letter) => `/dev/vd${letter}`).find(isFree);
  if (device === undefined) throw tooManyDiskDevices(letters.length);
  return device;
}
