import { z } from 'zod';
import type { RpcRequest } from '../messaging/message.ts';
import type { RequestHandler } from '../messaging/transport.ts';
import { endpoint, method } from './endpoint.ts';
import { attachmentView, flavor, instanceView, portView } from './instance.ts';
import type { InstanceTask } from './instance-task.ts';
import type { Machines, Sender } from './machines.ts';
import { networkView } from './network.ts';
import type { Networks } from './networks.ts';
import { volumeView } from './volume.ts';
import type { Volumes } from './volumes.ts';

const id = z.string().min(1);
const orNull = <T>(value: T | null | undefined): T | null => value ?? null;
const text = z.string().nullish().transform(orNull);
const vlan = z.int().min(0).max(4095);

const instanceArgs = z.strictObject({ instance_uuid: id });
const runArgs = z.strictObject({
  instance_uuid: id,
  flavor,
  image_ref: text,
  display_name: text,
  hostname: text,
  metadata: z
    .record(z.string(), z.json())
    .nullish()
    .transform((metadata) => metadata ?? {}),
  networks: z.array(z.object({ uuid: id, fixed_ip: text })).default([]),
  block_device_mapping: z.array(z.object({ volume_id: id, device_name: text })).default([]),
  user_data: text,
  key_data: text,
  availability_zone: text,
});

/** The methods of the topic `compute`. */
export function computeTopic(machines: Machines): RequestHandler {
  const { ports, attachments } = machines;
  const ask = (uuid: string, task: InstanceTask, request: RpcRequest) =>
    instanceView(machines.ask(uuid, task, senderOf(request)));
  /** A method that takes nothing but the instance. */
  const simple = (task: InstanceTask) =>
    method(instanceArgs, ({ instance_uuid }, request) => ask(instance_uuid, task, request));
  return endpoint({
    run_instance: method(runArgs, (args, request) => instanceView(machines.run(args, senderOf(request)))),
    start_instance: simple({ op: 'power_on' }),
    stop_instance: method(
      instanceArgs.extend({ clean_shutdown: z.boolean().default(true) }),
      ({ instance_uuid, clean_shutdown: clean }, request) => ask(instance_uuid, { op: 'power_off', clean }, request),
    ),
    reboot_instance: method(
      instanceArgs.extend({ reboot_type: z.enum(['SOFT', 'HARD']).default('SOFT') }),
      ({ instance_uuid, reboot_type }, request) =>
        ask(instance_uuid, { op: 'reboot', hard: reboot_type === 'HARD' }, request),
    ),
    suspend_instance: simple({ op: 'suspend' }),
    resume_instance: simple({ op: 'resume' }),
    pause_instance: simple({ op: 'pause' }),
    unpause_instance: simple({ op: 'unpause' }),
    resize_instance: method(instanceArgs.extend({ flavor }), ({ instance_uuid, flavor }, request) =>
      ask(instance_uuid, { op: 'resize', flavor }, request),
    ),
    rebuild_instance: method(instanceArgs.extend({ image_ref: id }), ({ instance_uuid, image_ref }, request) =>
      ask(instance_uuid, { op: 'rebuild', image_ref }, request),
    ),
    snapshot_instance: method(instanceArgs.extend({ image_id: id }), ({ instance_uuid, image_id }, request) => {
      machines.ask(instance_uuid, { op: 'snapshot', image_id }, senderOf(request));
      return { image_id };
    }),
    terminate_instance: method(instanceArgs, ({ instance_uuid }) => {
      machines.terminate(instance_uuid);
      return null;
    }),
    attach_interface: method(
      instanceArgs.extend({ network_id: id, port_id: text, requested_ip: text }),
      ({ instance_uuid, ...wanted }) =>
        portView(ports.attach(machines.usable(instance_uuid, 'attach_interface'), wanted)),
    ),
    detach_interface: method(instanceArgs.extend({ port_id: id }), ({ instance_uuid, port_id }) => {
      ports.detach(machines.get(instance_uuid), port_id);
      return null;
    }),
    attach_volume: method(
      instanceArgs.extend({ volume_id: id, mountpoint: text, attachment_id: text }),
      ({ instance_uuid, ...wanted }) =>
        attachmentView(attachments.attach(machines.usable(instance_uuid, 'attach_volume'), wanted)),
    ),
    detach_volume: method(instanceArgs.extend({ volume_id: id }), ({ instance_uuid, volume_id }) => {
      attachments.detach(machines.get(instance_uuid), volume_id);
      return null;
    }),
    get_instance: method(instanceArgs, ({ instance_uuid }) => instanceView(machines.get(instance_uuid))),
    list_instances: method(z.strictObject({ project_id: text }), ({ project_id }) =>
      machines.all(project_id).map(instanceView),
    ),
  });
}

const networkArgs = z.strictObject({ network_id: id });
const networkValues = z.strictObject({
  label: z.string().nullish(),
  vlan: vlan.nullish(),
  cidr: z.string().nullish(),
  gateway: z.string().nullish(),
  allocation: z.string().optional(),
  admin_state_up: z.boolean().optional(),
});

/** The methods of the topic `network`. */
export function networkTopic(networks: Networks): RequestHandler {
  return endpoint({
    create_network: method(
      networkArgs.extend({
        label: text,
        vlan: vlan.nullish().transform(orNull),
        cidr: text,
        gateway: text,
        allocation: z.string().default('dynamic'),
      }),
      (args) => networkView(networks.create(args)),
    ),
    update_network: method(networkArgs.extend({ values: networkValues }), ({ network_id, values }) =>
      networkView(networks.update(network_id, values)),
    ),
    delete_network: method(networkArgs, ({ network_id }) => {
      networks.delete(network_id);
      return null;
    }),
  });
}

const volumeArgs = z.strictObject({ volume_id: id });
const size = z.number().positive();

/** The methods of the topic `volume`. */
export function volumeTopic(volumes: Volumes): RequestHandler {
  return endpoint({
    create_volume: method(
      volumeArgs.extend({ size, display_name: text, volume_type: text, snapshot_id: text }),
      (args) => volumeView(volumes.create(args)),
    ),
    extend_volume: method(volumeArgs.extend({ new_size: size }), ({ volume_id, new_size }) =>
      volumeView(volumes.extend(volume_id, new_size)),
    ),
    create_snapshot: method(volumeArgs.extend({ snapshot_id: id }), ({ volume_id, snapshot_id }) => {
      volumes.snapshot(volume_id, snapshot_id);
      return { id: snapshot_id, status: 'creating' };
    }),
    delete_volume: method(volumeArgs, ({ volume_id }) => {
      volumes.delete(volume_id);
      return null;
    }),
  });
}

function senderOf(request: RpcRequest): Sender {
  const project = request['_context_project_id'];
  return { project: typeof project === 'string' ? project : null, request: request._unique_id ?? null };
}
