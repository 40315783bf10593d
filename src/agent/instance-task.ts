import { isDeepStrictEqual } from 'node:util';
import type { Driver } from './driver.ts';
import { type Flavor, type Instance, type VmState, vmStateOf } from './instance.ts';

/** Something to be done to an instance. The names are those of Nova's notifications. */
export type InstanceTask =
  | { readonly op: 'create' }
  | { readonly op: 'power_on' }
  | { readonly op: 'power_off'; readonly clean: boolean }
  | { readonly op: 'reboot'; readonly hard: boolean }
  | { readonly op: 'suspend' }
  | { readonly op: 'resume' }
  | { readonly op: 'pause' }
  | { readonly op: 'unpause' }
  | { readonly op: 'resize'; readonly flavor: Flavor }
  | { readonly op: 'rebuild'; readonly image_ref: string }
  | { readonly op: 'snapshot'; readonly image_id: string }
  | { readonly op: 'delete' };

interface Operation<T extends InstanceTask> {
  /** What failures call it. */
  readonly verb: string;
  /** What Nova says while it is going on. */
  taskState(task: T): string;
  /** The states it can start from. */
  from(task: T): readonly VmState[];
  /** Whether there is nothing left to do, so that asking once more does no harm. */
  achieved(instance: Instance, task: T): boolean;
  /** What it makes of an instance. */
  settle(instance: Instance, task: T): Instance;
  carryOut(driver: Driver, instance: Instance, task: T, signal: AbortSignal): Promise<void>;
}

const is = (state: VmState) => (instance: Instance) => vmStateOf(instance) === state;
const never = () => false;
const into = (settled: VmState) => (instance: Instance) => ({ ...instance, settled });

const operations: { readonly [O in InstanceTask['op']]: Operation<Extract<InstanceTask, { readonly op: O }>> } = {
  create: {
    verb: 'create',
    taskState: () => 'spawning',
    from: () => ['building'],
    achieved: never,
    settle: into('active'),
    carryOut: (driver, instance, _, signal) => driver.spawn(instance, signal),
  },
  power_on: {
    verb: 'start',
    taskState: () => 'powering-on',
    from: () => ['stopped'],
    achieved: is('active'),
    settle: into('active'),
    carryOut: (driver, instance, _, signal) => driver.powerOn(instance, signal),
  },
  power_off: {
    verb: 'stop',
    taskState: () => 'powering-off',
    from: () => ['active', 'paused', 'suspended'],
    achieved: is('stopped'),
    settle: into('stopped'),
    carryOut: (driver, instance, { clean }, signal) => driver.powerOff(instance, clean, signal),
  },
  reboot: {
    verb: 'reboot',
    taskState: ({ hard }) => (hard ? 'rebooting_hard' : 'rebooting'),
    from: ({ hard }) => (hard ? ['active', 'stopped', 'paused', 'suspended'] : ['active']),
    achieved: never,
    settle: into('active'),
    carryOut: (driver, instance, { hard }, signal) => driver.reboot(instance, hard, signal),
  },
  suspend: {
    verb: 'suspend',
    taskState: () => 'suspending',
    from: () => ['active'],
    achieved: is('suspended'),
    settle: into('suspended'),
    carryOut: (driver, instance, _, signal) => driver.suspend(instance, signal),
  },
  resume: {
    verb: 'resume',
    taskState: () => 'resuming',
    from: () => ['suspended'],
    achieved: is('active'),
    settle: into('active'),
    carryOut: (driver, instance, _, signal) => driver.resume(instance, signal),
  },
  pause: {
    verb: 'pause',
    taskState: () => 'pausing',
    from: () => ['active'],
    achieved: is('paused'),
    settle: into('paused'),
    carryOut: (driver, instance, _, signal) => driver.pause(instance, signal),
  },
  unpause: {
    verb: 'unpause',
    taskState: () => 'unpausing',
    from: () => ['paused'],
    achieved: is('active'),
    settle: into('active'),
    carryOut: (driver, instance, _, signal) => driver.unpause(instance, signal),
  },
  resize: {
    verb: 'resize',
    taskState: () => 'resizing',
    from: () => ['active', 'stopped', 'paused', 'suspended'],
    achieved: ({ flavor: present }, { flavor }) => isDeepStrictEqual(present, flavor),
    settle: (instance, { flavor }) => ({ ...instance, flavor }),
    carryOut: (driver, instance, { flavor }, signal) => driver.resize(instance, flavor, signal),
  },
  rebuild: {
    verb: 'rebuild',
    taskState: () => 'rebuilding',
    // As in Nova a broken instance can be saved by rebuilding it, and one that is off stays off.
    from: () => ['active', 'stopped', 'error'],
    achieved: never,
    settle: (instance, { image_ref }) => ({
      ...instance,
      image_ref,
      settled: instance.settled === 'stopped' ? 'stopped' : 'active',
    }),
    carryOut: (driver, instance, { image_ref }, signal) => driver.rebuild(instance, image_ref, signal),
  },
  snapshot: {
    verb: 'snapshot',
    taskState: () => 'image_snapshot',
    from: () => ['active', 'stopped', 'paused', 'suspended'],
    achieved: never,
    settle: (instance) => instance,
    carryOut: (driver, instance, { image_id }, signal) => driver.snapshot(instance, image_id, signal),
  },
  delete: {
    verb: 'delete',
    taskState: () => 'deleting',
    from: () => ['building', 'active', 'paused', 'stopped', 'suspended', 'error'],
    achieved: never,
    settle: into('deleted'),
    carryOut: (driver, instance, _, signal) => driver.destroy(instance, signal),
  },
};

function operationOf<T extends InstanceTask>(task: T): Operation<T> {
  // The table is right by its type; TypeScript cannot relate the row to the task that picks it.
  return operations[task.op] as unknown as Operation<T>;
}

/** What failures call a task: `Cannot start while …`. */
export const verbOf = (task: InstanceTask): string => operationOf(task).verb;

/** The `task_state` of an instance while a task is going on. */
export const taskStateOf = (task: InstanceTask): string => operationOf(task).taskState(task);

/** The states an instance may be in when a task begins. */
export const startsFrom = (task: InstanceTask): readonly VmState[] => operationOf(task).from(task);

/** Whether an instance already is what a task would make of it. */
export const isAchieved = (instance: Instance, task: InstanceTask): boolean =>
  operationOf(task).achieved(instance, task);

/** An instance after a task has succeeded. */
export function settle(instance: Instance, task: InstanceTask): Instance {
  return { ...operationOf(task).settle(instance, task), fault: null };
}

/** Has a driver carry a task out. @throws Error what the driver throws */
export function carryOut(driver: Driver, instance: Instance, task: InstanceTask, signal: AbortSignal): Promise<void> {
  return operationOf(task).carryOut(driver, instance, task, signal);
}
