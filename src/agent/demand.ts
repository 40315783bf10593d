import type { Instance } from './instance.ts';
import type { Volume } from './volume.ts';

/** What something takes up of its host: cores, memory and disk in MiB. Whole numbers, whose sums stay exact. */
export interface Demand {
  readonly vcpus: number;
  readonly memory_mb: number;
  readonly disk_mb: number;
}

/** What takes up nothing. */
export const noDemand: Demand = { vcpus: 0, memory_mb: 0, disk_mb: 0 };

/**
 * What an instance takes up, whatever state it is in. While it is resized it needs the larger of both sizes: it may be
 * either in the end.
 */
export function instanceDemand({ flavor, tasks }: Instance): Demand {
  const flavors = [flavor, ...tasks.flatMap((task) => (task.op === 'resize' ? [task.flavor] : []))];
  return {
    vcpus: Math.max(...flavors.map(({ vcpus }) => vcpus)),
    memory_mb: Math.max(...flavors.map(({ memory_mb }) => memory_mb)),
    disk_mb: Math.max(...flavors.map(({ root_gb }) => mebibytes(root_gb))),
  };
}

/** What a volume takes up; while it grows, what it grows to. */
export function volumeDemand({ size, tasks }: Volume): Demand {
  const sizes = [size, ...tasks.flatMap((task) => (task.op === 'resize' ? [task.new_size] : []))];
  return { ...noDemand, disk_mb: Math.max(...sizes.map(mebibytes)) };
}

const mebibytes = (gibibytes: number): number => Math.ceil(gibibytes * 1024);
