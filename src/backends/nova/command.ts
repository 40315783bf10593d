import { z } from 'zod';
import { type Json, json } from '../../messaging/message.ts';

/** A call of an agent's method, as the mapping of a kind wants it. */
const call = z.object({
  topic: z.enum(['compute', 'network', 'volume']),
  method: z.string().min(1),
  args: z.record(z.string(), json),
  /** The location of the compute whose host it has to go to; without it any server of the topic will do. */
  serverOf: z.string().optional(),
  /** That host as it was known when the call was planned: the record of the compute may be gone at delivery. */
  server: z.string().optional(),
  /** The hosts that know the network or volume it is about, as they were when it was planned. */
  servers: z.array(z.string()).optional(),
  /** The location of the network or volume that the compute's host has to know first. */
  uses: z.string().optional(),
});
export type Call = z.infer<typeof call>;

/** The body of a planned command: a call, what it is about, and who asks. */
export const novaCommand = call.extend({
  /** The kind and the `occi.core.id` of the entity it is about. */
  kind: z.string(),
  id: z.string(),
  /** What becomes `_context_*` of the request. */
  context: z.record(z.string(), z.string()),
  /** What it is part of. */
  traceparent: z.string().optional(),
});
export type NovaCommand = z.infer<typeof novaCommand>;

/** Arguments without those that have no value, for which the agent has defaults. */
export function given(values: Readonly<Record<string, Json | undefined>>): Call['args'] {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Call['args'];
}
