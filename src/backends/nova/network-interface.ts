import { z } from 'zod';
import { text } from '../../occi/entity.ts';
import { type EntityEvent, Refusal } from '../backend.ts';
import { given } from './command.ts';
import { onHost } from './compute.ts';
import type { Mapping } from './mapping.ts';
import { occiId, wireId } from './wire-id.ts';

/** A port as agents answer. */
export const port = z.object({
  port_id: z.string(),
  mac: z.string(),
  fixed_ip: z.string().nullish(),
  device: z.string(),
  port_state: z.string().default('ACTIVE'),
});
const detached = z.object({ port_id: z.string(), message: z.string().nullish() });
const failed = z.object({ port_id: z.string(), message: z.string() });

/** The mixin that gives an interface its addresses; one that is attached has them, whether the client asked or not. */
const addressed = 'http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface';

/** Where the address of an interface stands. */
export const addressAttribute = 'occi.networkinterface.address';

/** What an attached interface has that cannot be changed. */
const fixed = ['occi.networkinterface.mac', addressAttribute];

/** Network interfaces: ports of instances (GFD.224 §3.4.1). */
export const networkInterfaceMapping: Mapping = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#networkinterface',

  plan(intent) {
    switch (intent.do) {
      case 'create': {
        const { entity, source, target } = intent;
        if (source === undefined || target === undefined) {
          throw new Refusal('bad-reference', 'a network interface needs a compute and a network of this provider');
        }
        const args = given({
          network_id: wireId(target),
          port_id: wireId(entity),
          requested_ip: text(entity, addressAttribute),
        });
        return [{ ...onHost(source, 'attach_interface', args), uses: target.location }];
      }
      case 'update': {
        const changed = fixed.find((name) => Object.hasOwn(intent.changed, name));
        if (changed === undefined) return [];
        throw new Refusal(
          'attribute-immutable',
          `${changed} of an attached interface cannot be changed: delete the link and create another`,
        );
      }
      case 'delete':
        // Without its machine there is nothing left to detach from.
        if (intent.source === undefined) return [];
        return [onHost(intent.source, 'detach_interface', { port_id: wireId(intent.entity) })];
      case 'act':
        return [];
    }
  },

  answered({ method, args }, result, entity) {
    if (method === 'detach_interface') return [];
    const event = portEvent(port.parse(result));
    if (entity !== undefined && text(entity, 'occi.networkinterface.allocation') !== undefined) return [event];
    const allocation = Object.hasOwn(args, 'requested_ip') ? 'static' : 'dynamic';
    return [{ ...event, attributes: { ...event.attributes, 'occi.networkinterface.allocation': allocation } }];
  },

  hears: (eventType) => eventType.startsWith('compute.instance.interface.'),

  noticed({ event_type, payload }) {
    if (event_type.endsWith('.error')) {
      const { port_id, message } = failed.parse(payload);
      return { id: occiId(port_id), state: 'error', message };
    }
    if (event_type.startsWith('compute.instance.interface.detach')) {
      return { id: occiId(detached.parse(payload).port_id), gone: true };
    }
    return portEvent(port.parse(payload));
  },
};

/** What a port is like; its state only when it is final. */
export function portEvent({ port_id, mac, fixed_ip, device, port_state }: z.infer<typeof port>): EntityEvent {
  return {
    id: occiId(port_id),
    ...(port_state === 'ACTIVE' ? { state: 'active', message: null } : {}),
    ...(port_state === 'ERROR' ? { state: 'error', message: 'the interface could not be attached or detached' } : {}),
    attributes: {
      'occi.networkinterface.interface': device,
      'occi.networkinterface.mac': mac,
      ...(typeof fixed_ip === 'string' ? { [addressAttribute]: fixed_ip } : {}),
    },
    ...(typeof fixed_ip === 'string' ? { mixins: [addressed] } : {}),
  };
}

/** That an interface has an address. */
export function addressedEvent(id: string, address: string): EntityEvent {
  return { id, attributes: { [addressAttribute]: address }, mixins: [addressed] };
}
