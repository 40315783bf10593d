import type { CapabilitiesObject } from '../../cdmi/capabilities.ts';
import { type Found, isHolder } from '../../cdmi/found.ts';
import { essenceOf } from '../../cdmi/media-type.ts';
import type { DataObject, Queue } from '../../cdmi/object.ts';
import { wholeOf, within, writeRange } from '../../cdmi/range.ts';
import { show } from '../../cdmi/read.ts';
import { Redirection } from '../../cdmi/redirection.ts';
import { notFound } from '../../cdmi/refusals.ts';
import { capabilitiesFields, selected } from '../../cdmi/representation.ts';
import { rangesOf } from '../../cdmi/selectors.ts';
import { find, findRoot } from '../../cdmi/tree.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { isKnown } from './conditional.ts';
import { countedRead } from './counted-read.ts';
import { sendJson } from './json-answer.ts';
import { sendMixed } from './mixed-answer.ts';
import { toTheSlash } from './redirect.ts';
import { sendNothing } from './send.ts';
import { answerStyle, type Readable } from './style.ts';
import { sendValue } from './value-answer.ts';

/** GET and HEAD. */
export async function onRead(call: CdmiCall): Promise<Response> {
  const { session, path } = call;
  const capabilities = capabilitiesAt(call);
  if (capabilities !== undefined) return onCapabilities(call, capabilities);
  authorizeFor(session, 'cdmi', 'show');
  const found = path.from === 'capabilities' || path.from === 'ids' ? undefined : await find(session, path);
  if (found?.object.kind === 'reference') throw new Redirection(found.object.target);
  const hasSlash = found !== undefined && isHolder(found.object);
  if (found === undefined || (path.slash && !hasSlash)) throw notFound('such object');
  if (hasSlash && !path.slash) return toTheSlash(call);
  call.headers['vary'] = 'Accept, X-CDMI-Specification-Version';
  if (session.occasion !== undefined) session.occasion.read = found;
  return countedRead(call, found, (counting) => answer(counting, found));
}

async function answer(call: CdmiCall, found: Found): Promise<Response> {
  const how = answerStyle(readableOf(found), { ...call, selects: call.selectors.length > 0 });
  if (how.style === 'plain') return sendValue(call, found as Found<DataObject>);
  if (how.style === 'multipart') return sendMixed(call, found as Found<DataObject | Queue>);
  if (found.object.kind === 'queue' && isKnown(call, found.object)) return sendNothing(call, 304);
  return sendJson(call, how.contentType, await show(call.session, found, call.selectors));
}

function readableOf({ object }: Found): Readable {
  if (object.kind === 'queue' || object.kind === 'domain') return { kind: object.kind };
  if (object.kind !== 'dataobject') return { kind: 'container' };
  return { kind: 'object', mimetype: essenceOf(object.mimetype) };
}

/** What a path into the tree of capabilities leads to, or the ID of something there. */
function capabilitiesAt({ session, path }: CdmiCall): CapabilitiesObject | undefined {
  const { from, names } = path;
  if (from === 'capabilities') {
    const found = session.capabilities.at(names);
    if (found === undefined) throw notFound('such capabilities');
    return found;
  }
  if (typeof from === 'string' || names.length > 0) return undefined;
  session.capabilities.require('cdmi_object_access_by_ID');
  return session.capabilities.byId(from.id);
}

/** Everybody may know what can be done here (ISO/IEC 17826 §12.1). */
async function onCapabilities(call: CdmiCall, found: CapabilitiesObject): Promise<Response> {
  const { session, path, selectors } = call;
  if (!path.slash) return toTheSlash(call);
  const how = answerStyle({ kind: 'capability' }, { ...call, selects: selectors.length > 0 });
  const root = await findRoot(session);
  const [range] = rangesOf(selectors, 'children');
  const count = found.children.length;
  const run = range === undefined ? wholeOf(count) : within(range, count);
  const fields = {
    ...capabilitiesFields(found, session.root.path, root.object.id),
    childrenrange: writeRange(run),
    children: run === undefined ? [] : found.children.slice(run.first, run.last + 1),
  };
  const contentType = how.style === 'cdmi' ? how.contentType : 'application/json';
  return sendJson(call, contentType, { fields: selected(fields, selectors) });
}
