import type { Json } from '../messaging/message.ts';
import { volumeDemand } from './demand.ts';
import { invalidInput, invalidVolume, noValidHost, volumeNotFound } from './failures.ts';
import type { Host } from './host.ts';
import { isLeaving, TaskQueue } from './task-queue.ts';
import { statusOf, type Volume, type VolumeTask } from './volume.ts';

/** What is asked for with a volume. */
export interface VolumeRequest {
  readonly volume_id: string;
  /** In GiB. */
  readonly size: number;
  readonly display_name: string | null;
  readonly volume_type: string | null;
  readonly snapshot_id: string | null;
}

/** The volumes of an agent. Commands are accepted or refused at once and carried out later. */
export class Volumes {
  readonly #host: Host;
  readonly #queue: TaskQueue<Volume, VolumeTask>;

  constructor(host: Host) {
    this.#host = host;
    this.#queue = new TaskQueue<Volume, VolumeTask>(host, {
      records: host.store.volumes,
      idOf: ({ id }) => id,
      demand: volumeDemand,
      carryOut: (volume, task) => this.#carryOut(volume, task),
      settle,
      announce: (stage, volume, task) => {
        const subject = task.op === 'snapshot' ? 'snapshot.create' : `volume.${task.op}`;
        const payload = payloadOf(stage, volume, task);
        void host.notify('volume', `${subject}.${stage}`, payload, stage === 'error' ? 'ERROR' : 'INFO');
      },
    });
  }

  /** @throws RemoteError `VolumeNotFound` */
  get(id: string): Volume {
    const volume = this.#host.store.volumes.get(id);
    if (volume === undefined) throw volumeNotFound(id);
    return volume;
  }

  /** Creates a volume. One that is there already is left as it is. @throws RemoteError `NoValidHost` */
  create({ volume_id: id, ...wanted }: VolumeRequest): void {
    if (this.#host.store.volumes.get(id) !== undefined) return;
    const volume: Volume = { id, ...wanted, attached_to: null, tasks: [], fault: null };
    const refusal = this.#host.driver.refusal(volume);
    if (refusal !== undefined) throw noValidHost(refusal);
    this.#queue.create(volume, { op: 'create' });
  }

  /** Makes a volume larger. @throws RemoteError `VolumeNotFound`, `InvalidVolume`, `InvalidInput`, `NoValidHost` */
  extend(id: string, new_size: number): void {
    const volume = this.#usable(id);
    const { size } = this.#queue.future(volume);
    if (new_size === size) return;
    if (new_size < size) throw invalidInput(`New size for extend must be greater than current size (${size} GiB)`);
    this.#queue.add(volume, { op: 'resize', new_size });
  }

  /** Copies the present content of a volume. @throws RemoteError `VolumeNotFound`, `InvalidVolume` */
  snapshot(id: string, snapshot_id: string): void {
    this.#queue.add(this.#usable(id), { op: 'snapshot', snapshot_id });
  }

  /** Deletes a volume that is on no machine. @throws RemoteError `VolumeNotFound`, `InvalidVolume` */
  delete(id: string): void {
    const volume = this.get(id);
    if (volume.attached_to !== null) throw invalidVolume('volume is in-use');
    if (!isLeaving(volume)) this.#queue.addLast(volume, { op: 'delete' });
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    this.#queue.resume();
  }

  #usable(id: string): Volume {
    const volume = this.get(id);
    if (isLeaving(volume)) throw invalidVolume('volume is deleting');
    if (volume.fault !== null) throw invalidVolume('volume is error');
    return volume;
  }

  #carryOut(volume: Volume, task: VolumeTask): Promise<void> {
    const { driver, stopping } = this.#host;
    switch (task.op) {
      case 'create':
        return driver.createVolume(volume, stopping);
      case 'resize':
        return driver.extendVolume(volume, task.new_size, stopping);
      case 'snapshot':
        return driver.snapshotVolume(volume, task.snapshot_id, stopping);
      case 'delete':
        return driver.deleteVolume(volume, stopping);
    }
  }
}

function settle(volume: Volume, task: VolumeTask): Volume {
  return { ...volume, fault: null, size: task.op === 'resize' ? task.new_size : volume.size };
}

/** As Cinder has it, snapshots have a status of their own, and what is deleted has no size. */
function payloadOf(stage: string, volume: Volume, task: VolumeTask): { readonly [name: string]: Json } {
  const { id: volume_id, size, fault } = volume;
  if (stage === 'error') return { volume_id, status: 'error', size, message: fault };
  switch (task.op) {
    case 'snapshot':
      return { volume_id, snapshot_id: task.snapshot_id, status: stage === 'start' ? 'creating' : 'available' };
    case 'delete':
      return { volume_id, status: stage === 'start' ? 'deleting' : 'deleted' };
    default:
      return { volume_id, status: statusOf(volume), size };
  }
}
