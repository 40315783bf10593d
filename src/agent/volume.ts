import type { Json } from '../messaging/message.ts';

/** Something to be done to a volume; sizes in GiB. */
export type VolumeTask =
  | { readonly op: 'create' }
  | { readonly op: 'resize'; readonly new_size: number }
  | { readonly op: 'snapshot'; readonly snapshot_id: string }
  | { readonly op: 'delete' };

/** A volume as an agent remembers it. */
export type Volume = {
  readonly id: string;
  /** In GiB. */
  readonly size: number;
  readonly display_name: string | null;
  readonly volume_type: string | null;
  readonly snapshot_id: string | null;
  /** The instance it is on, or on its way to. */
  readonly attached_to: string | null;
  readonly tasks: readonly VolumeTask[];
  /** What went wrong with the last task; the volume is in `error` then. */
  readonly fault: string | null;
};

/** The status of a volume, in Cinder's words. Snapshots have one of their own, and hide nothing that waits for them. */
export function statusOf({ fault, tasks, attached_to }: Volume): string {
  if (fault !== null) return 'error';
  const task = tasks.find(({ op }) => op !== 'snapshot');
  switch (task?.op) {
    case 'create':
      return 'creating';
    case 'resize':
      return 'extending';
    case 'delete':
      return 'deleting';
    default:
      return attached_to === null ? 'available' : 'in-use';
  }
}

/** A volume as it stands in answers of a host. */
export function volumeView(volume: Volume, host: string): { readonly [name: string]: Json } {
  const { id, size, display_name, volume_type } = volume;
  return { id, host, size, display_name, volume_type, status: statusOf(volume) };
}
