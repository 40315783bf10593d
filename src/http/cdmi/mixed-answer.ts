import { needs } from '../../cdmi/acl/needs.ts';
import type { Found } from '../../cdmi/found.ts';
import type { DataObject, JsonObject, Queue } from '../../cdmi/object.ts';
import { isOffered, requireFields } from '../../cdmi/offered-fields.ts';
import { within } from '../../cdmi/range.ts';
import { partOf, type ShownValue, show } from '../../cdmi/read.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { isWhole } from '../../cdmi/representation.ts';
import { partsOf, rangesOf, selects } from '../../cdmi/selectors.ts';
import { permit } from '../../cdmi/session.ts';
import { sizeOf, type Value } from '../../cdmi/values/value.ts';
import { mostRanges } from './byte-ranges.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { type AnswerPart, sendMultipart } from './multipart-answer.ts';
import { type CdmiKind, typeOf } from './style.ts';
import { contentRange } from './value-answer.ts';

/**
 * Sends what is selected in JSON, and behind it values as they are (`multipart/mixed`): that of a data object, or each
 * range of it (ISO/IEC 17826 §8.4), or those of a queue (§11.4).
 *
 * @throws OcciError `forbidden`, `invalid-request`
 */
export async function sendMixed(call: CdmiCall, found: Found<DataObject | Queue>): Promise<Response> {
  call.session.capabilities.require('cdmi_multipart_mime');
  const isQueue = found.object.kind === 'queue';
  const parts = isQueue ? await partsOfQueue(call, found) : await partsOfObject(call, found as Found<DataObject>);
  return sendMultipart(call, 200, 'multipart/mixed', parts);
}

async function partsOfObject({ session, selectors }: CdmiCall, found: Found<DataObject>): Promise<AnswerPart[]> {
  const { value, mimetype } = found.object;
  const others = selectors.filter(({ field }) => field !== 'value');
  const isAlone = selectors.length > 0 && others.length === 0;
  const json = jsonPart('object', isAlone ? {} : (await show(session, found, others)).fields);
  const { capabilities } = session;
  requireFields(capabilities, 'dataobject', selectors);
  const isShown = selects(selectors, 'value') && isOffered(capabilities, 'dataobject', 'value');
  if (!isShown || !isWhole(found.object)) return [json];
  permit(session, found, needs.read.value, 'reading its value');
  const named = rangesOf(selectors, 'value');
  if (named.length > mostRanges) throw invalid(`no more than ${mostRanges} ranges of a value are sent at once`);
  if (partsOf(selectors, 'value').length === 0) return [json, valuePart(mimetype, value)];
  const size = sizeOf(value);
  const ranges = named.flatMap((range) => within(range, size) ?? []);
  return [json, ...ranges.map((range) => valuePart(mimetype, partOf(value, range), contentRange(range, size)))];
}

async function partsOfQueue({ session, selectors }: CdmiCall, found: Found): Promise<AnswerPart[]> {
  const { fields, value = [] } = await show(session, found, selectors);
  const values = [value].flat() as readonly ShownValue[];
  const [range] = rangesOf(selectors, 'value');
  const place = (part: Value) => range && contentRange({ first: range.first, last: range.first + sizeOf(part) - 1 });
  const shown = values.filter(({ value: part }) => range === undefined || part.length > 0);
  return [
    jsonPart('queue', fields),
    ...shown.map(({ value: part, mimetype }) => valuePart(mimetype, part, place(part))),
  ];
}

function jsonPart(kind: CdmiKind, fields: JsonObject): AnswerPart {
  return { headers: { 'Content-Type': typeOf(kind) }, body: JSON.stringify(fields) };
}

function valuePart(mimetype: string, body: Value, range?: string): AnswerPart {
  const headers = { 'Content-Type': mimetype, 'Content-Transfer-Encoding': 'binary' };
  return { headers: { ...headers, ...(range !== undefined && { 'Content-Range': range }) }, body };
}
