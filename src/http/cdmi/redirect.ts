import { isHolder } from '../../cdmi/found.ts';
import { destination } from '../../cdmi/redirection.ts';
import { find } from '../../cdmi/tree.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { sendNothing } from './send.ts';

/** Whether there is a container at a URI that has no slash at its end. */
export async function lacksSlash({ session, path }: CdmiCall): Promise<boolean> {
  if (path.slash) return false;
  const found = await find(session, path);
  return found !== undefined && isHolder(found.object);
}

/** Containers end with a slash: who leaves it away is told so (ISO/IEC 17826 §9.1). */
export function toTheSlash(call: CdmiCall): Response {
  const { incoming, headers } = call;
  const { origin, prefix } = incoming.space;
  const query = incoming.search === '' ? '' : `?${incoming.search}`;
  headers['location'] = `${origin}${prefix}${incoming.location}/${query}`;
  return sendNothing(call, 301);
}

/** To where a reference leads, with what is selected there (ISO/IEC 17826 §5.16). */
export function toTheTarget(call: CdmiCall, target: string): Response {
  const { incoming, headers, session } = call;
  const uri = destination(session.root, target);
  headers['location'] = incoming.search === '' || uri.includes('?') ? uri : `${uri}?${incoming.search}`;
  return sendNothing(call, 302);
}
