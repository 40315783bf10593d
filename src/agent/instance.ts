import { z } from 'zod';
import type { Json } from '../messaging/message.ts';
import type { Fitting } from './fittings.ts';
import { type InstanceTask, taskStateOf } from './instance-task.ts';

/** The size of an instance, as it stands in commands: memory in MiB, root disk in GiB. */
export const flavor = z.object({
  name: z.string(),
  vcpus: z.int().min(1),
  memory_mb: z.int().min(1),
  root_gb: z.number().min(0),
});
export type Flavor = z.infer<typeof flavor>;

/** What a machine is at the moment, in Nova's words. */
export type VmState = 'building' | 'active' | 'paused' | 'stopped' | 'suspended' | 'error' | 'deleted';

/** A network interface of an instance. */
export type Port = Fitting & {
  readonly port_id: string;
  readonly network_id: string;
  readonly mac: string;
  readonly fixed_ip: string;
  /** What the guest sees, `eth0`. */
  readonly device: string;
};

/** A volume on an instance. */
export type Attachment = Fitting & {
  readonly attachment_id: string;
  readonly volume_id: string;
  /** What the guest sees, `/dev/vdb`. */
  readonly device: string;
};

/** An instance as an agent remembers it. */
export type Instance = {
  readonly uuid: string;
  readonly project_id: string | null;
  readonly flavor: Flavor;
  readonly image_ref: string | null;
  readonly display_name: string | null;
  readonly hostname: string | null;
  readonly metadata: { readonly [name: string]: Json };
  readonly user_data: string | null;
  readonly key_data: string | null;
  readonly availability_zone: string | null;
  /** The state after the last task that succeeded. */
  readonly settled: VmState;
  /** What went wrong with the last task; the instance is in `error` then. */
  readonly fault: string | null;
  /** What is to be done; the first is under way. */
  readonly tasks: readonly InstanceTask[];
  readonly nics: readonly Port[];
  readonly volumes: readonly Attachment[];
};

const powerStates: Readonly<Partial<Record<VmState, number>>> = { active: 1, paused: 3, stopped: 4, suspended: 7 };

/** The state of an instance; what is still to be done does not count. */
export function vmStateOf(instance: Instance): VmState {
  return instance.fault === null ? instance.settled : 'error';
}

/** What is being done to an instance, in Nova's words; null for nothing. */
export function taskOf(instance: Instance): string | null {
  const [task] = instance.tasks;
  return task === undefined ? null : taskStateOf(task);
}

/** An instance of a host as it stands in answers. `fault` is there only when there is one. */
export function instanceView(instance: Instance, host: string): { readonly [name: string]: Json } {
  const { uuid, project_id, flavor, image_ref, display_name, hostname, metadata, nics, volumes } = instance;
  const vm_state = vmStateOf(instance);
  return {
    uuid,
    project_id,
    host,
    flavor,
    image_ref,
    display_name,
    hostname,
    metadata,
    vm_state,
    task_state: taskOf(instance),
    power_state: powerStates[vm_state] ?? 0,
    nics: nics.map(portView),
    volumes: volumes.map(attachmentView),
    ...(instance.fault === null ? {} : { fault: instance.fault }),
  };
}

const portStates = { attaching: 'BUILD', attached: 'ACTIVE', detaching: 'DOWN', error: 'ERROR' } as const;

/** A port as it stands in answers and notifications, its state in Neutron's words. */
export function portView({ state, ...port }: Port): { readonly [name: string]: Json } {
  return { ...port, port_state: portStates[state] };
}

/** An attachment as it stands in answers and notifications. */
export function attachmentView({ state, ...attachment }: Attachment): { readonly [name: string]: Json } {
  return { ...attachment, attach_status: state };
}

/** The payload of notifications about an instance of a host, flat, with Nova's unversioned field names. */
export function instancePayload(instance: Instance, host: string): { readonly [name: string]: Json } {
  return {
    instance_id: instance.uuid,
    tenant_id: instance.project_id,
    display_name: instance.display_name,
    host,
    state: vmStateOf(instance),
    state_description: taskOf(instance) ?? '',
    memory_mb: instance.flavor.memory_mb,
    vcpus: instance.flavor.vcpus,
    metadata: instance.metadata,
  };
}
