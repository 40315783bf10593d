import { randomUUID } from 'node:crypto';
import type { Json } from '../messaging/message.ts';
import { Attachments } from './attachments.ts';
import { instanceDemand } from './demand.ts';
import { instanceInvalidState, instanceNotFound, noValidHost } from './failures.ts';
import type { Host } from './host.ts';
import { type Flavor, type Instance, instancePayload, taskOf, vmStateOf } from './instance.ts';
import { carryOut, type InstanceTask, isAchieved, settle, startsFrom, verbOf } from './instance-task.ts';
import { Ports } from './ports.ts';
import { isLeaving, TaskQueue } from './task-queue.ts';

/** What is asked for with an instance. */
export interface InstanceRequest {
  readonly instance_uuid: string;
  readonly flavor: Flavor;
  readonly image_ref: string | null;
  readonly display_name: string | null;
  readonly hostname: string | null;
  readonly metadata: { readonly [name: string]: Json };
  readonly user_data: string | null;
  readonly key_data: string | null;
  readonly availability_zone: string | null;
  readonly networks: readonly { readonly uuid: string; readonly fixed_ip: string | null }[];
  readonly block_device_mapping: readonly { readonly volume_id: string; readonly device_name: string | null }[];
}

/**
 * The instances of an agent.
 *
 * Commands are accepted or refused at once and carried out later, one at a time for each instance. Whether one is
 * acceptable is judged by the state the instance will be in when its turn comes. A command that has nothing left to
 * do, because its goal is reached or under way, is accepted and does nothing: it may have been sent twice.
 */
export class Machines {
  readonly ports: Ports;
  readonly attachments: Attachments;
  readonly #host: Host;
  readonly #queue: TaskQueue<Instance, InstanceTask>;

  constructor(host: Host) {
    this.#host = host;
    this.ports = new Ports(host);
    this.attachments = new Attachments(host);
    this.#queue = new TaskQueue<Instance, InstanceTask>(host, {
      records: host.store.instances,
      idOf: ({ uuid }) => uuid,
      demand: instanceDemand,
      carryOut: (instance, task) => carryOut(host.driver, instance, task, host.stopping),
      settle,
      release: (instance) => {
        this.ports.release(instance);
        this.attachments.release(instance);
      },
      announce: (stage, instance, task) => {
        const payload = { ...instancePayload(instance, host.name), ...extrasOf(stage, instance, task) };
        const priority = stage === 'error' ? 'ERROR' : 'INFO';
        void host.notify('compute', `compute.instance.${task.op}.${stage}`, payload, priority);
      },
    });
  }

  /** @throws RemoteError `InstanceNotFound` */
  get(uuid: string): Instance {
    const instance = this.#host.store.instances.get(uuid);
    if (instance === undefined) throw instanceNotFound(uuid);
    return instance;
  }

  /**
   * Creates an instance of a project and starts it, unless it is there already.
   *
   * @throws RemoteError `NoValidHost`, and whatever attaching its networks and volumes throws; nothing is left then
   */
  run({ networks, block_device_mapping, ...wanted }: InstanceRequest, project_id: string | null): void {
    if (this.#host.store.instances.get(wanted.instance_uuid) !== undefined) return;
    const { instance_uuid: uuid, ...rest } = wanted;
    const instance: Instance = {
      uuid,
      ...rest,
      hostname: rest.hostname ?? rest.display_name,
      project_id,
      settled: 'building',
      fault: null,
      tasks: [],
      nics: [],
      volumes: [],
    };
    const refusal = this.#host.driver.refusal(instance);
    if (refusal !== undefined) throw noValidHost(refusal);
    this.#host.store.atomically(() => {
      this.#queue.create(instance, { op: 'create' });
      for (const { uuid: network_id, fixed_ip } of networks) {
        this.ports.attach(this.get(uuid), { network_id, port_id: randomUUID(), requested_ip: fixed_ip });
      }
      for (const { volume_id, device_name } of block_device_mapping) {
        this.attachments.attach(this.get(uuid), { volume_id, mountpoint: device_name, attachment_id: null });
      }
    });
  }

  /** Has something done to an instance. @throws RemoteError `InstanceNotFound`, `InstanceInvalidState`, `NoValidHost` */
  ask(uuid: string, task: InstanceTask): void {
    const instance = this.get(uuid);
    const future = this.#queue.future(instance);
    if (isAchieved(future, task)) return;
    if (isLeaving(instance) || !startsFrom(task).includes(vmStateOf(future))) {
      throw invalidState(instance, verbOf(task));
    }
    this.#queue.add(instance, task);
  }

  /** Deletes an instance, whatever state it is in. @throws RemoteError `InstanceNotFound` */
  terminate(uuid: string): void {
    const instance = this.get(uuid);
    if (!isLeaving(instance)) this.#queue.addLast(instance, { op: 'delete' });
  }

  /** An instance that something can be attached to. @throws RemoteError `InstanceNotFound`, `InstanceInvalidState` */
  usable(uuid: string, verb: string): Instance {
    const instance = this.get(uuid);
    if (vmStateOf(instance) === 'error' || isLeaving(instance)) throw invalidState(instance, verb);
    return instance;
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    this.#queue.resume();
    this.ports.resume();
    this.attachments.resume();
  }
}

function extrasOf(stage: string, { fault }: Instance, task: InstanceTask): { readonly [name: string]: Json } {
  if (stage === 'error') return { message: fault };
  if (task.op === 'create' && stage === 'end') return { message: 'Success' };
  return task.op === 'snapshot' ? { image_id: task.image_id } : {};
}

function invalidState(instance: Instance, verb: string) {
  const task = taskOf(instance);
  return task === null
    ? instanceInvalidState(instance.uuid, 'vm_state', vmStateOf(instance), verb)
    : instanceInvalidState(instance.uuid, 'task_state', task, verb);
}
