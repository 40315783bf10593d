import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { makeReference } from '../../cdmi/save-reference.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { sendSaved } from './made.ts';

/** Makes a reference (ISO/IEC 17826 §5.16), of whatever type what it leads to may be. @param to a URI */
export async function onReference(call: CdmiCall, contentType: string, target: Target, to: string): Promise<Response> {
  const { session, selectors, incoming } = call;
  if (selectors.length > 0) throw invalid('a reference has no fields to select');
  return sendSaved(call, await makeReference(session, target, to, incoming.precondition), contentType);
}
