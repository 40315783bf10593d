import type { CdmiCall } from './cdmi-call.ts';
import { sendNothing } from './send.ts';

/** Containers end with a slash: who leaves it away is told so (ISO/IEC 17826 §9.1). */
export function toTheSlash(call: CdmiCall): Response {
  const { incoming, headers } = call;
  const { origin, prefix } = incoming.space;
  const query = incoming.search === '' ? '' : `?${incoming.search}`;
  headers['location'] = `${origin}${prefix}${incoming.location}/${query}`;
  return sendNothing(call, 301);
}
