import type { DataObjectDraft } from '../../cdmi/data-object-draft.ts';
import { moveObject } from '../../cdmi/move.ts';
import type { ObjectRequest } from '../../cdmi/object-request.ts';
import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { saveDataObject } from '../../cdmi/save-data-object.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { readRequest } from './json-body.ts';
import { dataObjectDraft, refuseOthers, refuseParts } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { readMultipart } from './multipart-draft.ts';
import { onReference } from './reference-operation.ts';
import { onDeserialize, serialIn, serializedIn } from './serial-operations.ts';
import { answerType } from './style.ts';
import { isPartial, uploaded } from './upload.ts';

/** Makes a data object, or changes it (ISO/IEC 17826 §8.2, §8.6). */
export async function onDataObject(call: CdmiCall, contentType: string, target: Target): Promise<Response> {
  refuseSlash(call, target);
  return onRequest(call, contentType, target, await readRequest(call));
}

/** The same with its value beside what is said of it. */
export async function onParts(call: CdmiCall, boundary: string, target: Target): Promise<Response> {
  const { session, accept, settings } = call;
  session.capabilities.require('cdmi_multipart_mime');
  refuseSlash(call, target);
  const contentType = answerType('object', accept);
  const { request, content } = await readMultipart(uploaded(call), boundary, settings.bodyBytes);
  return onRequest(call, contentType, target, request, content);
}

function refuseSlash({ path }: CdmiCall, target: Target): void {
  if (path.slash && 'at' in target) throw invalid('the URI of a data object does not end with a slash');
}

async function onRequest(
  call: CdmiCall,
  contentType: string,
  target: Target,
  request: ObjectRequest,
  content?: DataObjectDraft['content'],
): Promise<Response> {
  const { session, selectors, incoming } = call;
  refuseOthers(request, session.capabilities);
  if (request.source?.by === 'reference') return onReference(call, contentType, target, request.source.from);
  if (request.snapshot !== undefined) throw invalid('containers have snapshots, data objects do not');
  if (request.exports !== undefined) throw invalid('containers can be exported, data objects cannot');
  const serial = serialIn(request, 'dataobject');
  if (serial !== undefined) return onDeserialize(call, contentType, target, 'dataobject', serial);
  const said = dataObjectDraft(request, selectors, isPartial(incoming));
  const draft = { ...said, ...(content && { content }), ...(await serializedIn(session, request, target)) };
  if (request.source?.by === 'move' && draft.leaving !== true) {
    refuseParts(request, selectors);
    return onMove(call, contentType, target, request.source.from, draft);
  }
  return sendSaved(call, await saveDataObject(session, target, draft, incoming.precondition), contentType);
}

async function onMove(
  call: CdmiCall,
  contentType: string,
  target: Target,
  from: string,
  { metadata, mimetype, others, domainURI }: DataObjectDraft,
): Promise<Response> {
  const move = {
    kind: 'dataobject',
    move: from,
    metadata,
    ...(mimetype !== undefined && { mimetype }),
    ...(others && { others }),
    ...(domainURI && { domainURI }),
  } as const;
  const found = await moveObject(call.session, target, move, call.incoming.precondition);
  return sendSaved(call, { found, isNew: true }, contentType);
}
