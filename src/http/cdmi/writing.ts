import type { DataObjectDraft } from '../../cdmi/data-object-draft.ts';
import { removeDomain } from '../../cdmi/domains/remove-domain.ts';
import { isHolder } from '../../cdmi/found.ts';
import { readMediaType, saysUtf8, unknownBytes } from '../../cdmi/media-type.ts';
import { moveObject } from '../../cdmi/move.ts';
import type { ObjectRequest } from '../../cdmi/object-request.ts';
import type { Target } from '../../cdmi/place.ts';
import { Redirection } from '../../cdmi/redirection.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { removeObject } from '../../cdmi/remove.ts';
import { saveContainer } from '../../cdmi/save-container.ts';
import { saveDataObject } from '../../cdmi/save-data-object.ts';
import { selects } from '../../cdmi/selectors.ts';
import { find } from '../../cdmi/tree.ts';
import { OcciError } from '../../occi/errors.ts';
import { readPlacement } from './byte-ranges.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { onDomain } from './domain-operation.ts';
import { readRequest } from './json-body.ts';
import { dataObjectDraft, metadataRequest, placed, refuseOthers } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { readMultipart } from './multipart-draft.ts';
import { onDequeue, onEnqueue, onQueue } from './queue-operations.ts';
import { toTheSlash } from './redirect.ts';
import { onReference } from './reference-operation.ts';
import { sendNothing } from './send.ts';
import { onDeserialize, serialIn, serializedIn } from './serial-operations.ts';
import { answerType, type BodyStyle, bodyStyle, typeOf } from './style.ts';
import { hasBody, upload } from './upload.ts';

/** PUT: makes what has no object yet at its URI, or changes that. */
export async function onPut(call: CdmiCall): Promise<Response> {
  const { path } = call;
  if (path.from === 'capabilities' || path.from === 'ids') throw invalid('this name is reserved');
  const how = styleOf(call);
  if (how.style !== 'plain') return onCdmi(call, how, { at: path });
  if (await lacksSlash(call)) return toTheSlash(call);
  if (!path.slash) return onBytes(call, how.mimetype, { at: path });
  if (hasBody(call.incoming)) throw invalid('what ends with a slash is a container, which has no value');
  const saved = await saveContainer(call.session, { at: path }, noDraft, call.incoming.precondition);
  return sendSaved(call, saved, undefined);
}

/** POST: makes something under a name of ours, or where only its ID leads to. */
export async function onPost(call: CdmiCall): Promise<Response> {
  const { path, session } = call;
  if (path.from === 'capabilities') throw invalid('this name is reserved');
  const how = styleOf(call);
  if (path.from !== 'ids') {
    const found = await find(session, path);
    if (found !== undefined && isHolder(found.object) && !path.slash) return toTheSlash(call);
    if (found?.object.kind === 'reference') throw new Redirection(found.object.target);
    if (found?.object.kind === 'queue') return onEnqueue(call, how);
    if (found !== undefined && found.object.kind !== 'container') {
      throw new OcciError('method-not-allowed', `POST is not defined for a ${found.object.kind}`, { allow: methods });
    }
  }
  const target: Target = path.from === 'ids' ? { in: 'nowhere' } : { in: path };
  const makesQueue = how.style === 'cdmi' && how.kind === 'queue';
  const posting = makesQueue ? 'cdmi_post_queue' : 'cdmi_post_dataobject';
  if (target.in !== 'nowhere') session.capabilities.require(posting, 'container');
  if (how.style === 'plain') return onBytes(call, how.mimetype, target);
  if (how.style === 'cdmi' && how.kind !== 'object' && !makesQueue)
    throw invalid(`a ${how.kind} is made by PUT, with its name`);
  return onCdmi(call, how, target);
}

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

/** What is defined here. */
export const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'];

const noDraft = { metadata: { named: [] } };

function styleOf(call: CdmiCall): BodyStyle {
  const { incoming } = call;
  return bodyStyle({ ...call, contentType: incoming.header('content-type'), hasBody: hasBody(incoming) });
}

async function lacksSlash({ session, path }: CdmiCall): Promise<boolean> {
  if (path.slash) return false;
  const found = await find(session, path);
  return found !== undefined && isHolder(found.object);
}

/** A value as it is (ISO/IEC 17826 §6.2, §6.4). */
async function onBytes(call: CdmiCall, contentType: string | undefined, target: Target): Promise<Response> {
  const { session, incoming, selectors } = call;
  if (selectors.length > 0) throw invalid('fields are selected in CDMI only; send its Content-Type');
  const mimetype = contentType === undefined ? unknownBytes : readMediaType(contentType);
  const place = readPlacement(incoming.header('content-range'));
  const isText = saysUtf8(mimetype) && place === undefined;
  const draft: DataObjectDraft = {
    mimetype,
    metadata: { named: [] },
    content: {
      ...(place && { at: place.first }),
      encodingFor: () => (isText ? 'utf-8 if it is' : 'base64'),
      runs: () => [{ ...placed(place), bytes: uploaded(call) }],
    },
    isPartial: isPartial(call),
  };
  return sendSaved(call, await saveDataObject(session, target, draft, incoming.precondition), undefined);
}

async function onCdmi(call: CdmiCall, how: Exclude<BodyStyle, { style: 'plain' }>, target: Target): Promise<Response> {
  const { path, accept, session } = call;
  if (how.style === 'multipart') return onParts(call, how.boundary, target);
  const { kind } = how;
  if (kind === 'object') {
    if (path.slash && 'at' in target) throw invalid('the URI of a data object does not end with a slash');
    return onDataObject(call, answerType(kind, accept), target);
  }
  if (kind === 'queue') return onQueue(call, answerType(kind, accept), target);
  if (kind === 'capability') throw invalid(`${typeOf(kind)} is not what this is`);
  if (kind === 'domain') session.capabilities.require('cdmi_domains');
  if (await lacksSlash(call)) return toTheSlash(call);
  if (kind === 'domain') {
    if (!path.slash) throw invalid('the URI of a domain ends with a slash');
    return onDomain(call, answerType(kind, accept));
  }
  if (!path.slash && !call.settings.slashless) throw invalid('the URI of a container ends with a slash');
  return onContainer(call, answerType(kind, accept), target);
}

/** A data object in JSON, and its value beside it (§8.2, §8.6). */
async function onParts(call: CdmiCall, boundary: string, target: Target): Promise<Response> {
  const { session, accept, path, settings } = call;
  session.capabilities.require('cdmi_multipart_mime');
  if (path.slash && 'at' in target) throw invalid('the URI of a data object does not end with a slash');
  const contentType = answerType('object', accept);
  const { request, content } = await readMultipart(uploaded(call), boundary, settings.bodyBytes);
  return onRequest(call, contentType, target, request, content);
}

/** §8.2, §8.6. */
async function onDataObject(call: CdmiCall, contentType: string, target: Target): Promise<Response> {
  return onRequest(call, contentType, target, await readRequest(call));
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
  const said = dataObjectDraft(request, selectors, isPartial(call));
  const draft = { ...said, ...(content && { content }), ...(await serializedIn(session, request, target)) };
  if (request.source?.by !== 'move' || draft.leaving === true) {
    return sendSaved(call, await saveDataObject(session, target, draft, incoming.precondition), contentType);
  }
  const { metadata, mimetype, others, domainURI } = draft;
  const move = { kind: 'dataobject', move: request.source.from, metadata } as const;
  const found = await moveObject(
    session,
    target,
    {
      ...move,
      ...(mimetype !== undefined && { mimetype }),
      ...(others && { others }),
      ...(domainURI && { domainURI }),
    },
    incoming.precondition,
  );
  return sendSaved(call, { found, isNew: true }, contentType);
}

/** §9.2, §9.5. */
async function onContainer(call: CdmiCall, contentType: string, target: Target): Promise<Response> {
  const { session, selectors, incoming } = call;
  const request = await readRequest(call);
  refuseOthers(request, session.capabilities);
  if (request.source?.by === 'reference') return onReference(call, contentType, target, request.source.from);
  if (request.value !== undefined || request.mimetype !== undefined) throw invalid('a container has no value');
  const serial = serialIn(request, 'container');
  if (serial !== undefined) return onDeserialize(call, contentType, target, 'container', serial);
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

function uploaded({ incoming, session }: CdmiCall): AsyncIterable<Uint8Array> {
  return upload(incoming, session.limits.valueBytes);
}

/** Whether more is to come (§6.2.3). */
function isPartial({ incoming }: CdmiCall): boolean {
  return incoming.header('x-cdmi-partial')?.trim().toLowerCase() === 'true';
}
