import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Json } from '../../messaging/message.ts';
import type { NovaCommand } from './command.ts';

/** What of an instance tells whether a command was carried out. */
const sight = z.looseObject({
  vm_state: z.string(),
  task_state: z.string().nullish(),
  flavor: z.json().optional(),
  image_ref: z.string().nullish(),
  nics: z.array(z.record(z.string(), z.json())).default([]),
  volumes: z.array(z.record(z.string(), z.json())).default([]),
});
type Sight = z.infer<typeof sight>;

/** Whether an instance is in a state, or on its way there. */
const isIn =
  (state: string, task: string) =>
  ({ vm_state, task_state }: Sight): boolean =>
    (task_state ?? null) === null ? vm_state === state : task_state === task;

/** How it shows that an instance is what a command would make of it. */
const achieved: Readonly<Record<string, (seen: Sight, args: NovaCommand['args']) => boolean>> = {
  start_instance: isIn('active', 'powering-on'),
  stop_instance: isIn('stopped', 'powering-off'),
  suspend_instance: isIn('suspended', 'suspending'),
  resume_instance: isIn('active', 'resuming'),
  resize_instance: ({ flavor }, args) => isDeepStrictEqual(flavor, args['flavor']),
  rebuild_instance: ({ image_ref }, args) => image_ref === args['image_ref'],
};

/**
 * What a command that may have been carried out before would be answered, judged by the instance as it is now. Not
 * every agent knows a repeated command: some would refuse it, or do it twice.
 *
 * @returns undefined when it has to be asked for again
 */
export function answeredBefore({ method, args }: NovaCommand, instance: Json): Json | undefined {
  const seen = sight.safeParse(instance);
  if (!seen.success) return undefined;
  const { nics, volumes } = seen.data;
  switch (method) {
    case 'attach_interface':
      return nics.find((port) => port['port_id'] === args['port_id']);
    case 'attach_volume':
      return volumes.find((volume) => volume['attachment_id'] === args['attachment_id']);
    case 'detach_interface':
      return nics.some((port) => port['port_id'] === args['port_id']) ? undefined : null;
    case 'detach_volume':
      return volumes.some((volume) => volume['volume_id'] === args['volume_id']) ? undefined : null;
    default:
      return achieved[method]?.(seen.data, args) === true ? instance : undefined;
  }
}
