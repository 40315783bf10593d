import { removeDomain } from '../../cdmi/domains/remove-domain.ts';
import { isHolder } from '../../cdmi/found.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { removeObject } from '../../cdmi/remove.ts';
import { find } from '../../cdmi/tree.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { onDequeue } from './queue-operations.ts';
import { lacksSlash, toTheSlash } from './redirect.ts';
import { sendNothing } from './send.ts';

/** DELETE, whatever the client would take for an answer: there is none. */
export async function onDelete(call: CdmiCall): Promise<Response> {
  const { path, selectors, session, incoming } = call;
  if (path.from === 'capabilities' || path.from === 'ids' || path.names.at(-1)?.startsWith('cdmi_') === true) {
    throw invalid('this name is reserved');
  }
  if (selectors.length > 0) return onDequeue(call);
  if (await lacksSlash(call)) return toTheSlash(call);
  const look = async () => {
    const found = await find(session, path);
    const hasSlash = found !== undefined && (isHolder(found.object) || found.object.kind === 'reference');
    return path.slash && !hasSlash ? undefined : found;
  };
  const isDomain = (await look())?.object.kind === 'domain';
  await (isDomain ? removeDomain : removeObject)(session, look, incoming.precondition);
  return sendNothing(call, 204);
}
