import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { dispatcher, type Method } from '../messaging/dispatcher.ts';
import type { RpcRequest } from '../messaging/message.ts';
import type { RequestHandler } from '../messaging/transport.ts';
import type { Host } from './host.ts';
import { attachmentView, flavor, instanceView, portView } from './instance.ts';
import type { InstanceTask } from './instance-task.ts';
import type { Machines } from './machines.ts';
import { command, query } from './method.ts';
import { networkView } from './network.ts';
import type { Networks } from './networks.ts';
import { volumeView } from './volume.ts';
import type { Volumes } from './volumes.ts';

/** What an agent can serve. */
export const topics = ['compute', 'network', 'volume'] as const;
export type Topic = (typeof topics)[number];

const id = z.string().min(1);
const orNull = <T>(value: T | null | undefined): T | null => value ?? null;
const text = z.string().nullish().transform(orNull);
const vlan = z.int().min(0).max(4095);
const nothing = (): null => null;

/** Lists are in the order of ids; `marker` is the last one of the page before. */
const page = z.strictObject({ limit: z.int().min(1).nullish(), marker: z.string().nullish() });

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
export function computeTopic({ name, store }: Host, machines: Machines): RequestHandler {
  const { ports, attachments } = machines;
  const view = ({ instance_uuid }: z.infer<typeof instanceArgs>) => instanceView(machines.get(instance_uuid), name);
  /** A method that has something done to an instance. */
  const task = <A extends z.infer<typeof instanceArgs>>(args: z.ZodType<A>, taskOf: (args: A) => InstanceTask) =>
    command(store, args, (given) => machines.ask(given.instance_uuid, taskOf(given)), view);
  return serve({
    run_instance: command(store, runArgs, (args, request) => machines.run(args, projectOf(request)), view),
    start_instance: task(instanceArgs, () => ({ op: 'power_on' })),
    stop_instance: task(
      instanceArgs.extend({ clean_shutdown: z.boolean().default(true) }),
      ({ clean_shutdown: clean }) => ({ op: 'power_off', clean }),
    ),
    reboot_instance: task(
      instanceArgs.extend({ reboot_type: z.enum(['SOFT', 'HARD']).default('SOFT') }),
      ({ reboot_type }) => ({ op: 'reboot', hard: reboot_type === 'HARD' }),
    ),
    suspend_instance: task(instanceArgs, () => ({ op: 'suspend' })),
    resume_instance: task(instanceArgs, () => ({ op: 'resume' })),
    pause_instance: task(instanceArgs, () => ({ op: 'pause' })),
    unpause_instance: task(instanceArgs, () => ({ op: 'unpause' })),
    resize_instance: task(instanceArgs.extend({ flavor }), (args) => ({ op: 'resize', flavor: args.flavor })),
    rebuild_instance: task(instanceArgs.extend({ image_ref: id }), ({ image_ref }) => ({ op: 'rebuild', image_ref })),
    snapshot_instance: command(
      store,
      instanceArgs.extend({ image_id: id }),
      ({ instance_uuid, image_id }) => machines.ask(instance_uuid, { op: 'snapshot', image_id }),
      ({ image_id }) => ({ image_id }),
    ),
    terminate_instance: command(store, instanceArgs, ({ instance_uuid }) => machines.terminate(instance_uuid), nothing),
    attach_interface: command(
      store,
      instanceArgs.extend({
        network_id: id,
        port_id: text.transform((port_id) => port_id ?? randomUUID()),
        requested_ip: text,
      }),
      ({ instance_uuid, ...wanted }) => ports.attach(machines.usable(instance_uuid, 'attach_interface'), wanted),
      ({ instance_uuid, port_id }) => portView(ports.get(machines.get(instance_uuid), port_id)),
    ),
    detach_interface: command(
      store,
      instanceArgs.extend({ port_id: id }),
      ({ instance_uuid, port_id }) => ports.detach(machines.get(instance_uuid), port_id),
      nothing,
    ),
    attach_volume: command(
      store,
      instanceArgs.extend({ volume_id: id, mountpoint: text, attachment_id: text }),
      ({ instance_uuid, ...wanted }) => attachments.attach(machines.usable(instance_uuid, 'attach_volume'), wanted),
      ({ instance_uuid, volume_id }) => attachmentView(attachments.get(machines.get(instance_uuid), volume_id)),
    ),
    detach_volume: command(
      store,
      instanceArgs.extend({ volume_id: id }),
      ({ instance_uuid, volume_id }) => attachments.detach(machines.get(instance_uuid), volume_id),
      nothing,
    ),
    get_instance: query(instanceArgs, view),
    list_instances: query(page.extend({ project_id: text }), (wanted) =>
      store.instances.page(wanted).map((instance) => instanceView(instance, name)),
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
export function networkTopic({ name, store }: Host, networks: Networks): RequestHandler {
  const view = ({ network_id }: z.infer<typeof networkArgs>) => networkView(networks.get(network_id), name);
  return serve({
    create_network: command(
      store,
      networkArgs.extend({
        label: text,
        vlan: vlan.nullish().transform(orNull),
        cidr: text,
        gateway: text,
        allocation: z.string().default('dynamic'),
      }),
      (args) => networks.create(args),
      view,
    ),
    update_network: command(
      store,
      networkArgs.extend({ values: networkValues }),
      ({ network_id, values }) => networks.update(network_id, values),
      view,
    ),
    delete_network: command(store, networkArgs, ({ network_id }) => networks.delete(network_id), nothing),
    get_network: query(networkArgs, view),
    list_networks: query(page, (wanted) => store.networks.page(wanted).map((network) => networkView(network, name))),
  });
}

const volumeArgs = z.strictObject({ volume_id: id });
const size = z.number().positive();

/** The methods of the topic `volume`. */
export function volumeTopic({ name, store }: Host, volumes: Volumes): RequestHandler {
  const view = ({ volume_id }: z.infer<typeof volumeArgs>) => volumeView(volumes.get(volume_id), name);
  return serve({
    create_volume: command(
      store,
      volumeArgs.extend({ size, display_name: text, volume_type: text, snapshot_id: text }),
      (args) => volumes.create(args),
      view,
    ),
    extend_volume: command(
      store,
      volumeArgs.extend({ new_size: size }),
      ({ volume_id, new_size }) => volumes.extend(volume_id, new_size),
      view,
    ),
    create_snapshot: command(
      store,
      volumeArgs.extend({ snapshot_id: id }),
      ({ volume_id, snapshot_id }) => volumes.snapshot(volume_id, snapshot_id),
      ({ snapshot_id }) => ({ id: snapshot_id, status: 'creating' }),
    ),
    delete_volume: command(store, volumeArgs, ({ volume_id }) => volumes.delete(volume_id), nothing),
    get_volume: query(volumeArgs, view),
    list_volumes: query(page, (wanted) => store.volumes.page(wanted).map((volume) => volumeView(volume, name))),
  });
}

const serve = (methods: Readonly<Record<string, Method>>): RequestHandler => dispatcher([{ version: '1.0', methods }]);

function projectOf({ _context_project_id: project }: RpcRequest): string | null {
  return typeof project === 'string' ? project : null;
}
