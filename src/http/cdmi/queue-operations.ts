import type { Found } from '../../cdmi/found.ts';
import { moveObject } from '../../cdmi/move.ts';
import type { Queue } from '../../cdmi/object.ts';
import { mustBe, type Target } from '../../cdmi/place.ts';
import { dequeue } from '../../cdmi/queue/dequeue.ts';
import { enqueue } from '../../cdmi/queue/enqueue.ts';
import { type EnqueueRequest, readEnqueueRequest } from '../../cdmi/queue/enqueue-request.ts';
import { choiceIn } from '../../cdmi/queue/queue-values.ts';
import type { QueueWay } from '../../cdmi/queue/taken.ts';
import { invalid, notFound } from '../../cdmi/refusals.ts';
import { saveQueue } from '../../cdmi/save-queue.ts';
import { find } from '../../cdmi/tree.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { jsonBody, readRequest } from './json-body.ts';
import { metadataRequest, refuseOthers, refuseParts } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { readValues } from './multipart-values.ts';
import { onReference } from './reference-operation.ts';
import { sendNothing } from './send.ts';
import { onDeserialize, serialIn } from './serial-operations.ts';
import type { BodyStyle } from './style.ts';
import { uploaded } from './upload.ts';

/** Makes a queue, or changes what is said of it (ISO/IEC 17826 §11.2, §11.5). */
export async function onQueue(call: CdmiCall, contentType: string, target: Target): Promise<Response> {
  const { session, selectors, incoming, path } = call;
  session.capabilities.require('cdmi_queues');
  if (path.slash && 'at' in target) throw invalid('the URI of a queue does not end with a slash');
  const request = await readRequest(call);
  refuseOthers(request, session.capabilities);
  const { others, source, domainURI } = request;
  if (source?.by === 'reference') return onReference(call, contentType, target, source.from);
  if (request.value !== undefined || request.mimetype !== undefined)
    throw invalid('values are put into a queue by POST');
  if (request.exports !== undefined || request.snapshot !== undefined)
    throw invalid('only containers have exports and snapshots');
  const serial = serialIn(request, 'queue');
  if (serial !== undefined) return onDeserialize(call, contentType, target, 'queue', serial);
  refuseParts(request, selectors);
  const said = {
    metadata: metadataRequest(request, selectors),
    ...(others && { others }),
    ...(domainURI !== undefined && { domainURI }),
  };
  if (source?.by === 'move') {
    const move = { ...said, kind: 'queue', move: source.from } as const;
    const found = await moveObject(session, target, move, incoming.precondition);
    return sendSaved(call, { found, isNew: true }, contentType);
  }
  const draft = { ...said, ...(source?.by === 'copy' && { copy: source.from }) };
  return sendSaved(call, await saveQueue(session, target, draft, incoming.precondition), contentType);
}

/** Puts values into a queue (§11.6). */
export async function onEnqueue(call: CdmiCall, how: BodyStyle): Promise<Response> {
  if (call.selectors.length > 0) throw invalid('what is put into a queue goes behind all that is there');
  await enqueue(call.session, wayTo(call), await enqueueRequest(call, how));
  return sendNothing(call, 204);
}

async function enqueueRequest(call: CdmiCall, how: BodyStyle): Promise<EnqueueRequest> {
  if (how.style === 'multipart') {
    call.session.capabilities.require('cdmi_multipart_mime');
    return { values: await readValues(uploaded(call), how.boundary, call.settings.bodyBytes) };
  }
  if (how.style === 'cdmi' && (how.kind === 'queue' || how.kind === 'object')) {
    return readEnqueueRequest(await jsonBody(call));
  }
  throw invalid('values are put into a queue in JSON: Content-Type: application/cdmi-queue');
}

/** Removes values from a queue (§11.7). */
export async function onDequeue(call: CdmiCall): Promise<Response> {
  const { selectors, session } = call;
  const choice = choiceIn(selectors);
  const isOther = selectors.some(({ field, part }) => field !== 'values' && (field !== 'value' || part !== undefined));
  if (choice === undefined || isOther) throw invalid('of a queue only values can be deleted, as a whole');
  await dequeue(session, wayTo(call), choice);
  return sendNothing(call, 204);
}

function wayTo({ session, path, incoming }: CdmiCall): QueueWay {
  const look = async () => {
    const found = await find(session, path);
    if (found === undefined || path.slash) throw notFound('such queue');
    mustBe('queue', found);
    return found as Found<Queue>;
  };
  return { look, precondition: incoming.precondition };
}
