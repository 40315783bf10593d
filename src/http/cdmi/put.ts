import { invalid } from '../../cdmi/refusals.ts';
import { saveContainer } from '../../cdmi/save-container.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { onCdmi } from './cdmi-operation.ts';
import { sendSaved } from './made.ts';
import { lacksSlash, toTheSlash } from './redirect.ts';
import { styleOf } from './style.ts';
import { hasBody } from './upload.ts';
import { onValue } from './value-operation.ts';

/** PUT: makes what has no object yet at its URI, or changes that. */
export async function onPut(call: CdmiCall): Promise<Response> {
  const { path } = call;
  if (path.from === 'capabilities' || path.from === 'ids') throw invalid('this name is reserved');
  const how = styleOf(call);
  if (how.style !== 'plain') return onCdmi(call, how, { at: path });
  if (await lacksSlash(call)) return toTheSlash(call);
  return path.slash ? onPlainContainer(call) : onValue(call, how.mimetype, { at: path });
}

/** A container of which nothing is said (ISO/IEC 17826 §7.1). */
async function onPlainContainer(call: CdmiCall): Promise<Response> {
  const { session, incoming, path } = call;
  if (hasBody(incoming)) throw invalid('what ends with a slash is a container, which has no value');
  const saved = await saveContainer(session, { at: path }, { metadata: { named: [] } }, incoming.precondition);
  return sendSaved(call, saved, undefined);
}
