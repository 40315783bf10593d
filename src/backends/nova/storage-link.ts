import { z } from 'zod';
import { text } from '../../occi/entity.ts';
import { type EntityEvent, Refusal } from '../backend.ts';
import { given } from './command.ts';
import { onHost } from './compute.ts';
import type { Mapping } from './mapping.ts';
import { occiId, wireId } from './wire-id.ts';

/** An attachment as agents answer. */
export const attachment = z.object({
  attachment_id: z.string(),
  device: z.string(),
  attach_status: z.string().default('attached'),
});
/** Not every agent says which attachment it is about; the answer to the command has to do then. */
const noticedAttachment = attachment.partial({ attachment_id: true, device: true });
const noticedFault = z.object({ attachment_id: z.string().optional(), message: z.string() });

const deviceId = 'occi.storagelink.deviceid';

/** Storage links: volumes on instances (GFD.224 §3.4.2). */
export const storageLinkMapping: Mapping = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#storagelink',

  plan(intent) {
    switch (intent.do) {
      case 'create': {
        const { entity, source, target } = intent;
        if (source === undefined || target === undefined) {
          throw new Refusal('bad-reference', 'a storage link needs a compute and a storage of this provider');
        }
        const args = given({
          volume_id: wireId(target),
          mountpoint: text(entity, deviceId),
          attachment_id: wireId(entity),
        });
        return [{ ...onHost(source, 'attach_volume', args), uses: target.location }];
      }
      case 'update':
        if (!Object.hasOwn(intent.changed, deviceId)) return [];
        throw new Refusal(
          'attribute-immutable',
          `${deviceId} of an attached volume cannot be changed: delete the link and create another`,
        );
      case 'delete':
        // Without its machine or its volume there is nothing left to detach.
        if (intent.source === undefined || intent.target === undefined) return [];
        return [onHost(intent.source, 'detach_volume', { volume_id: wireId(intent.target) })];
      case 'act':
        return [];
    }
  },

  answered: ({ method }, result) => (method === 'detach_volume' ? [] : [attachmentEvent(attachment.parse(result))]),

  hears: (eventType) => eventType.startsWith('compute.instance.volume.'),

  noticed({ event_type, payload }) {
    if (event_type.endsWith('.error')) {
      const { attachment_id, message } = noticedFault.parse(payload);
      return attachment_id === undefined ? undefined : { id: occiId(attachment_id), state: 'error', message };
    }
    const { attachment_id, device, attach_status } = noticedAttachment.parse(payload);
    if (attachment_id === undefined) return undefined;
    if (event_type.startsWith('compute.instance.volume.detach')) return { id: occiId(attachment_id), gone: true };
    return device === undefined ? undefined : attachmentEvent({ attachment_id, device, attach_status });
  },
};

/** What an attachment is like; its state only when it is final. */
export function attachmentEvent({ attachment_id, device, attach_status }: z.infer<typeof attachment>): EntityEvent {
  return {
    id: occiId(attachment_id),
    ...(attach_status === 'attached' ? { state: 'active', message: null } : {}),
    ...(attach_status === 'error' ? { state: 'error', message: 'the volume could not be attached or detached' } : {}),
    attributes: { [deviceId]: device },
  };
}
