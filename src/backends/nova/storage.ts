import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Entity, text } from '../../occi/entity.ts';
import { type EntityEvent, Refusal } from '../backend.ts';
import { type Call, given } from './command.ts';
import { type Mapping, noSuchAction } from './mapping.ts';
import { hostsOf } from './placement.ts';
import { occiId, wireId } from './wire-id.ts';

const action = 'http://schemas.ogf.org/occi/infrastructure/storage/action#';

const volume = z.object({ id: z.string(), size: z.number(), status: z.string(), host: z.string().optional() });
const payload = z.object({
  volume_id: z.string(),
  status: z.string(),
  size: z.number().optional(),
  message: z.string().nullish(),
});

/** What is going on after these notifications. */
const doing: Readonly<Record<string, string>> = {
  'volume.create.start': 'creating',
  'volume.resize.start': 'extending',
  'volume.delete.start': 'deleting',
  'snapshot.create.start': 'taking a snapshot',
};

/** Storage: volumes of the agents (GFD.224 §3.3). */
export const storageMapping: Mapping = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#storage',

  plan(intent, { requestId }) {
    switch (intent.do) {
      case 'create':
        return [
          call(
            intent.entity,
            'create_volume',
            given({ size: sizeOf(intent.entity), display_name: text(intent.entity, 'occi.core.title') }),
          ),
        ];
      case 'update':
        return extension(intent.before, sizeOf(intent.after));
      case 'delete':
        return [call(intent.entity, 'delete_volume')];
      case 'act': {
        const { entity, invocation } = intent;
        switch (invocation.action.id) {
          // There is nothing an agent could do: a volume is in service as long as it exists.
          case `${action}online`:
          case `${action}offline`:
            return [];
          case `${action}backup`:
          case `${action}snapshot`:
            return [call(entity, 'create_snapshot', { snapshot_id: derivedUuid(requestId, wireId(entity)) })];
          case `${action}resize`: {
            const { size } = invocation.attributes;
            if (typeof size !== 'number') throw new Refusal('attribute-required', 'resize needs a size in GiB');
            return extension(entity, size);
          }
          default:
            throw noSuchAction(invocation);
        }
      }
    }
  },

  answered({ method, id }, result) {
    if (method === 'delete_volume' || method === 'create_snapshot') return [];
    const { status, size, ...rest } = volume.parse(result);
    const host = rest.host === undefined ? {} : { host: rest.host };
    const states = settled(id, status).map((event) => ({ ...event, ...host }));
    if (method !== 'create_volume') return states;
    return [{ id, attributes: { 'occi.storage.size': size }, ...host }, ...states];
  },

  hears: (eventType) => /^(?:volume|snapshot)\./.test(eventType),

  noticed({ event_type, payload: given }) {
    const { volume_id, status, size, message: fault } = payload.parse(given);
    const id = occiId(volume_id);
    if (event_type.endsWith('.error') || status === 'error') {
      return { id, state: 'error', message: fault ?? 'the volume is in error' };
    }
    if (event_type === 'volume.delete.end') return { id, gone: true };
    const message = doing[event_type];
    if (message !== undefined) return { id, message };
    const isResized = event_type === 'volume.resize.end' && size !== undefined;
    const [event] = settled(id, status);
    return event !== undefined && isResized ? { ...event, attributes: { 'occi.storage.size': size } } : event;
  },
};

function call(entity: Entity, method: string, args: Call['args'] = {}): Call {
  return { topic: 'volume', method, args: { volume_id: wireId(entity), ...args }, servers: [...hostsOf(entity)] };
}

/** What a volume in an agent's list is like; state and size only when they are final. */
export function volumeEvent(listed: unknown): EntityEvent {
  const { id, size, status } = volume.parse(listed);
  const [state] = settled(occiId(id), status);
  return state === undefined ? { id: occiId(id) } : { ...state, attributes: { 'occi.storage.size': size } };
}

/** @throws Refusal `conflict` when it would have to shrink */
function extension(entity: Entity, wanted: number): readonly Call[] {
  const size = sizeOf(entity);
  if (wanted === size) return [];
  if (wanted < size) {
    throw new Refusal(
      'conflict',
      `occi.storage.size cannot go down from ${size} to ${wanted} GiB: create a smaller storage and copy the data`,
    );
  }
  return [call(entity, 'extend_volume', { new_size: wanted })];
}

/** Final states only. */
function settled(id: string, status: string): readonly EntityEvent[] {
  if (status === 'available' || status === 'in-use') return [{ id, state: 'online', message: null }];
  return status === 'error' ? [{ id, state: 'error', message: 'the volume is in error' }] : [];
}

function sizeOf(entity: Entity): number {
  const size = entity.attributes['occi.storage.size'];
  return typeof size === 'number' ? size : 1;
}

/** A UUID that is the same whenever the same is planned for the same request. */
function derivedUuid(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(parts.join(' ')).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
