import { z } from 'zod';
import { splitTypeIdentifier } from '../../occi/category.ts';
import { type Entity, text } from '../../occi/entity.ts';
import { osTemplate, resourceTemplate } from '../../occi/mixin.ts';
import type { Model } from '../../occi/model.ts';
import { usualSize } from '../../occi/usual-size.ts';
import { type EntityEvent, Refusal } from '../backend.ts';
import { type Call, given } from './command.ts';
import { type Mapping, noSuchAction } from './mapping.ts';
import { hostOf } from './placement.ts';
import { occiId, wireId } from './wire-id.ts';

const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';

/** An instance as agents answer, as far as it matters here. */
export const instance = z.object({
  uuid: z.string(),
  host: z.string(),
  vm_state: z.string(),
  task_state: z.string().nullable(),
  flavor: z.object({ vcpus: z.number(), memory_mb: z.number() }),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  fault: z.string().optional(),
});

const payload = z.object({
  instance_id: z.string(),
  state: z.string(),
  state_description: z.string().nullish(),
  message: z.string().nullish(),
  memory_mb: z.number().optional(),
  vcpus: z.number().optional(),
});

/** Nova's states in OCCI's words (GFD.224 §3.1); what is deleted is gone. */
const states: Readonly<Record<string, string>> = {
  active: 'active',
  rescued: 'active',
  resized: 'active',
  building: 'inactive',
  stopped: 'inactive',
  shelved: 'inactive',
  shelved_offloaded: 'inactive',
  'soft-delete': 'inactive',
  suspended: 'suspended',
  paused: 'suspended',
  error: 'error',
};

/** Whose an instance is, in its metadata: the identity of the provider that asked for it. */
const ownerKey = 'occi.provider';

/** Where the guest finds its own disk (GFD.222 §7.2). */
const rootDevice = '/dev/vda';

/** Compute resources: instances of the agents (GFD.224 §3.1). */
export const computeMapping: Mapping = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#compute',

  plan(intent, { model, provider }) {
    switch (intent.do) {
      case 'create':
        return [{ topic: 'compute', method: 'run_instance', args: runArgs(intent.entity, model, provider) }];
      case 'update':
        return changes(intent.before, intent.after, model);
      case 'delete':
        return [onHost(intent.entity, 'terminate_instance')];
      case 'act': {
        const { entity, invocation, template } = intent;
        const method = invocation.attributes['method'];
        switch (invocation.action.id) {
          case `${action}start`:
            return [onHost(entity, isSuspended(entity) ? 'resume_instance' : 'start_instance')];
          case `${action}stop`:
            return [onHost(entity, 'stop_instance', { clean_shutdown: method !== 'poweroff' })];
          case `${action}restart`:
            return [onHost(entity, 'reboot_instance', { reboot_type: method === 'cold' ? 'HARD' : 'SOFT' })];
          case `${action}suspend`:
            return [onHost(entity, 'suspend_instance')];
          case `${action}save`:
            if (template === undefined) throw new Refusal('internal', 'save needs the template that it makes');
            return [onHost(entity, 'snapshot_instance', { image_id: template.term })];
          default:
            throw noSuchAction(invocation);
        }
      }
    }
  },

  answered({ method }, result) {
    if (method === 'terminate_instance' || method === 'snapshot_instance') return [];
    const answer = instance.parse(result);
    const { host } = answer;
    const id = occiId(answer.uuid);
    const settled =
      answer.task_state === null ? [{ ...stateEvent(id, answer.vm_state, null, answer.fault), host }] : [];
    if (method !== 'run_instance') return settled;
    const attributes = { ...sizeOf(answer.flavor), 'occi.compute.ephemeral_storage.deviceid': rootDevice };
    return [{ id, host, attributes }, ...settled];
  },

  hears: (eventType) => /^compute\.instance\.(?!interface\.|volume\.)/.test(eventType),

  noticed({ event_type, payload: given }) {
    const { instance_id, state, state_description, message, vcpus, memory_mb } = payload.parse(given);
    const event = stateEvent(occiId(instance_id), state, state_description || null, message ?? undefined);
    const isResized = /resize\.(?:confirm\.)?end$/.test(event_type) && vcpus !== undefined && memory_mb !== undefined;
    return isResized ? { ...event, attributes: sizeOf({ vcpus, memory_mb }) } : event;
  },
};

/** The provider that asked for an instance, if it was one. */
export function ownerOf({ metadata }: z.infer<typeof instance>): unknown {
  return metadata?.[ownerKey];
}

/**
 * What an instance in an agent's list is like. Its size only when nothing is being done to it: until a resize is over it
 * is the old one, and the record has what was asked for.
 */
export function instanceEvent(listed: z.infer<typeof instance>): EntityEvent {
  return {
    ...stateEvent(occiId(listed.uuid), listed.vm_state, listed.task_state, listed.fault),
    host: listed.host,
    ...(listed.task_state === null ? { attributes: sizeOf(listed.flavor) } : {}),
  };
}

/** A call that has to go where the instance is. */
export function onHost(compute: Entity, method: string, args: Call['args'] = {}): Call {
  const server = hostOf(compute);
  return {
    topic: 'compute',
    method,
    args: { instance_uuid: wireId(compute), ...args },
    serverOf: compute.location,
    ...(server === undefined ? {} : { server }),
  };
}

function runArgs(entity: Entity, model: Pick<Model, 'depends'>, provider: string): Call['args'] {
  return given({
    instance_uuid: wireId(entity),
    flavor: flavorOf(entity, model),
    image_ref: templateOf(entity, osTemplate, model),
    display_name: text(entity, 'occi.core.title'),
    hostname: text(entity, 'occi.compute.hostname'),
    metadata: { 'occi.core.id': wireId(entity), [ownerKey]: provider },
    // Interfaces and volumes are links, which have commands of their own.
    networks: [],
    block_device_mapping: [],
    user_data: text(entity, 'occi.compute.userdata') ?? text(entity, 'org.openstack.compute.user_data'),
    key_data:
      text(entity, 'occi.credentials.ssh.publickey') ?? text(entity, 'org.openstack.credentials.publickey.data'),
  });
}

/** Only size and image of an instance can be changed; everything else stays in the record. */
function changes(before: Entity, after: Entity, model: Pick<Model, 'depends'>): readonly Call[] {
  const flavor = flavorOf(after, model);
  const image = templateOf(after, osTemplate, model);
  const isResized = JSON.stringify(flavor) !== JSON.stringify(flavorOf(before, model));
  const isRebuilt = image !== undefined && image !== templateOf(before, osTemplate, model);
  return [
    ...(isResized ? [onHost(after, 'resize_instance', { flavor })] : []),
    ...(isRebuilt ? [onHost(after, 'rebuild_instance', { image_ref: image })] : []),
  ];
}

function flavorOf(entity: Entity, model: Pick<Model, 'depends'>) {
  return {
    name: templateOf(entity, resourceTemplate, model) ?? 'custom',
    vcpus: sizeIn(entity, 'occi.compute.cores'),
    memory_mb: Math.max(1, mebibytes(sizeIn(entity, 'occi.compute.memory'))),
    root_gb: sizeIn(entity, 'occi.compute.ephemeral_storage.size'),
  };
}

function sizeIn(entity: Entity, name: keyof typeof usualSize): number {
  return number(entity, name) ?? usualSize[name];
}

/** The term of an entity's template of a family (GFD.224 §3.5); the family's own mixin is none. */
function templateOf(entity: Entity, family: string, model: Pick<Model, 'depends'>): string | undefined {
  const mixin = entity.mixins.find((id) => id !== family && model.depends(id, family));
  return mixin === undefined ? undefined : splitTypeIdentifier(mixin).term;
}

function sizeOf({ vcpus, memory_mb }: { readonly vcpus: number; readonly memory_mb: number }) {
  return { 'occi.compute.cores': vcpus, 'occi.compute.memory': gibibytes(memory_mb) };
}

const mebibytes = (gib: number): number => Math.round(gib * 1024);

/** The shortest decimal number of GiB that means these MiB, so that a client's 2.3 stays 2.3. */
function gibibytes(mib: number): number {
  for (let digits = 0; ; digits++) {
    const gib = Number((mib / 1024).toFixed(digits));
    if (mebibytes(gib) === mib || digits === 10) return gib;
  }
}

function stateEvent(id: string, vmState: string, task: string | null, fault: string | undefined): EntityEvent {
  if (vmState === 'deleted') return { id, gone: true };
  const state = states[vmState];
  if (state === undefined) throw new Error(`unknown vm_state ${vmState}`);
  if (state === 'error') return { id, state, message: fault ?? 'the machine is in error' };
  // A machine that is being built is not settled, even while nobody works on it.
  const doing = task ?? (vmState === 'building' ? vmState : null);
  return { id, state, message: doing === null ? null : doing.replaceAll(/[-_]/g, ' ') };
}

const isSuspended = (entity: Entity): boolean => text(entity, 'occi.compute.state') === 'suspended';

function number(entity: Entity, name: string): number | undefined {
  const value = entity.attributes[name];
  return typeof value === 'number' ? value : undefined;
}
