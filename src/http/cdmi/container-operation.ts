import { moveObject } from '../../cdmi/move.ts';
import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { saveContainer } from '../../cdmi/save-container.ts';
import { selects } from '../../cdmi/selectors.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { readRequest } from './json-body.ts';
import { metadataRequest, refuseOthers, refuseParts } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { onReference } from './reference-operation.ts';
import { onDeserialize, serialIn } from './serial-operations.ts';

/** Makes a container, or changes what is said of it (ISO/IEC 17826 §9.2, §9.5). */
export async function onContainer(call: CdmiCall, contentType: string, target: Target): Promise<Response> {
  const { session, selectors, incoming } = call;
  const request = await readRequest(call);
  refuseOthers(request, session.capabilities);
  if (request.source?.by === 'reference') return onReference(call, contentType, target, request.source.from);
  if (request.value !== undefined || request.mimetype !== undefined) throw invalid('a container has no value');
  const serial = serialIn(request, 'container');
  if (serial !== undefined) return onDeserialize(call, contentType, target, 'container', serial);
  refuseParts(request, selectors);
  const { others, source, domainURI } = request;
  const exports = selects(selectors, 'exports') ? request.exports : undefined;
  const said = {
    metadata: metadataRequest(request, selectors),
    ...(others && { others }),
    ...(domainURI !== undefined && { domainURI }),
  };
  if (source?.by === 'move') {
    if (exports !== undefined) throw invalid('a container that is moved keeps its exports; they can be changed then');
    const move = { ...said, kind: 'container', move: source.from } as const;
    const found = await moveObject(session, target, move, incoming.precondition);
    return sendSaved(call, { found, isNew: true }, contentType);
  }
  const snapshot = selects(selectors, 'snapshot') ? request.snapshot : undefined;
  const parts = { ...(exports && { exports }), ...(snapshot !== undefined && { snapshot }) };
  const draft = { ...said, ...parts, ...(source?.by === 'copy' && { copy: source.from }) };
  return sendSaved(call, await saveContainer(session, target, draft, incoming.precondition), contentType);
}
