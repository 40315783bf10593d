import { z } from 'zod';
import { type Entity, text } from '../../occi/entity.ts';
import type { EntityEvent } from '../backend.ts';
import { type Call, given } from './command.ts';
import { type Mapping, noSuchAction } from './mapping.ts';
import { hostsOf } from './placement.ts';
import { occiId, wireId } from './wire-id.ts';

const action = 'http://schemas.ogf.org/occi/infrastructure/network/action#';

const network = z.object({
  id: z.string(),
  status: z.string(),
  admin_state_up: z.boolean().default(true),
  cidr: z.string().nullish(),
  gateway: z.string().nullish(),
  allocation: z.string().nullish(),
  host: z.string().optional(),
});
const changed = z.object({ network, message: z.string().nullish() });
const deleted = z.object({ network_id: z.string() });

/** Networks (GFD.224 §3.2). */
export const networkMapping: Mapping = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#network',

  plan(intent) {
    switch (intent.do) {
      case 'create':
        return [call(intent.entity, 'create_network', given(valuesOf(intent.entity)))];
      case 'update': {
        const before = valuesOf(intent.before);
        const differing = Object.entries(valuesOf(intent.after)).filter(
          ([name, value]) => value !== before[name as keyof typeof before],
        );
        if (differing.length === 0) return [];
        const values = Object.fromEntries(differing.map(([name, value]) => [name, value ?? null]));
        return [call(intent.after, 'update_network', { values })];
      }
      case 'delete':
        return [call(intent.entity, 'delete_network')];
      case 'act':
        switch (intent.invocation.action.id) {
          case `${action}up`:
            return [call(intent.entity, 'update_network', { values: { admin_state_up: true } })];
          case `${action}down`:
            return [call(intent.entity, 'update_network', { values: { admin_state_up: false } })];
          default:
            throw noSuchAction(intent.invocation);
        }
    }
  },

  answered({ method, id }, result) {
    if (method === 'delete_network') return [];
    const answer = network.parse(result);
    const host = answer.host === undefined ? {} : { host: answer.host };
    const settled = answer.status === 'BUILD' ? [] : [{ ...stateEvent(id, answer, undefined), ...host }];
    if (method !== 'create_network') return settled;
    const attributes = given({
      'occi.network.address': answer.cidr ?? undefined,
      'occi.network.gateway': answer.gateway ?? undefined,
      'occi.network.allocation': answer.allocation ?? undefined,
    }) as NonNullable<EntityEvent['attributes']>;
    return [{ id, attributes, ...host }, ...settled];
  },

  hears: (eventType) => eventType.startsWith('network.'),

  noticed({ event_type, payload }) {
    if (event_type === 'network.delete.start') return undefined;
    if (event_type === 'network.delete.end') return { id: occiId(deleted.parse(payload).network_id), gone: true };
    const { network: told, message } = changed.parse(payload);
    const id = occiId(told.id);
    if (told.status !== 'BUILD') return stateEvent(id, told, message ?? undefined);
    return { id, message: event_type.startsWith('network.create.') ? 'creating' : 'updating' };
  },
};

function call(entity: Entity, method: string, args: Call['args'] = {}): Call {
  return { topic: 'network', method, args: { network_id: wireId(entity), ...args }, servers: [...hostsOf(entity)] };
}

/** What a network in an agent's list is like; its state only when it is final. */
export function networkEvent(listed: unknown): EntityEvent {
  const { id, ...told } = network.parse(listed);
  return told.status === 'BUILD' ? { id: occiId(id) } : stateEvent(occiId(id), { id, ...told });
}

/** What agents are told about a network; the title stands in for the label. */
function valuesOf(entity: Entity) {
  const vlan = entity.attributes['occi.network.vlan'];
  return {
    label: text(entity, 'occi.network.label') ?? text(entity, 'occi.core.title'),
    vlan: typeof vlan === 'number' ? vlan : undefined,
    cidr: text(entity, 'occi.network.address'),
    gateway: text(entity, 'occi.network.gateway'),
    allocation: text(entity, 'occi.network.allocation') ?? 'dynamic',
  };
}

function stateEvent(id: string, { status, admin_state_up }: z.infer<typeof network>, fault?: string): EntityEvent {
  switch (status) {
    case 'ACTIVE':
      return { id, state: admin_state_up ? 'active' : 'inactive', message: null };
    case 'DOWN':
      return { id, state: 'inactive', message: null };
    case 'ERROR':
      return { id, state: 'error', message: fault ?? 'the network is in error' };
    default:
      throw new Error(`unknown network status ${status}`);
  }
}
