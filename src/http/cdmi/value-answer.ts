import { needs } from '../../cdmi/acl/needs.ts';
import type { Found } from '../../cdmi/found.ts';
import type { DataObject } from '../../cdmi/object.ts';
import { tagOf } from '../../cdmi/precondition.ts';
import type { Range } from '../../cdmi/range.ts';
import { partOf } from '../../cdmi/read.ts';
import { permit } from '../../cdmi/session.ts';
import { sizeOf } from '../../cdmi/values/value.ts';
import { OcciError } from '../../occi/errors.ts';
import { readRanges } from './byte-ranges.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { isKnown } from './conditional.ts';
import { sendMultipart } from './multipart-answer.ts';
import { send, sendNothing } from './send.ts';

/**
 * Sends a value as it is, or the ranges of it that are asked for (ISO/IEC 17826 §6.3, RFC 9110 §14).
 *
 * @throws OcciError `forbidden`, `range-not-satisfiable`
 */
export async function sendValue(call: CdmiCall, found: Found<DataObject>): Promise<Response> {
  const { session, headers } = call;
  const { object } = found;
  session.capabilities.require('cdmi_read_value', 'dataobject');
  permit(session, found, needs.read.value, 'reading its value');
  const size = sizeOf(object.value);
  headers['content-type'] = object.mimetype;
  headers['accept-ranges'] = 'bytes';
  // It is what clients have brought: a browser is not to run it as if it came from here.
  headers['content-security-policy'] = "sandbox; default-src 'none'";
  headers['x-content-type-options'] = 'nosniff';
  if (isKnown(call, object)) return sendNothing(call, 304);
  const ranges = readRanges(rangeField(call, tagOf(object)), size);
  if (ranges === undefined) return sendRange(call, 200, object, { first: 0, last: size - 1 });
  const [range, ...more] = ranges;
  if (range === undefined) {
    throw new OcciError('range-not-satisfiable', `the value has ${size} bytes, and none of those`, { size });
  }
  session.capabilities.require('cdmi_read_value_range', 'dataobject');
  if (more.length > 0) return sendParts(call, object, ranges);
  headers['content-range'] = contentRange(range, size);
  return sendRange(call, 206, object, range);
}

/** The ranges, unless the client wants them only of a value that is no longer there (RFC 9110 §13.1.5). */
function rangeField({ incoming }: CdmiCall, tag: string): string | undefined {
  const condition = incoming.header('if-range');
  return condition === undefined || condition.trim() === tag ? incoming.header('range') : undefined;
}

function sendRange(call: CdmiCall, status: number, { value }: DataObject, { first, last }: Range): Promise<Response> {
  const bytes = call.session.reader.read(value, first, last + 1, true);
  return send(call, { status, length: last - first + 1, bytes });
}

/** Several ranges, in the order in which they are asked for (RFC 9110 §14.6). */
function sendParts(call: CdmiCall, { value, mimetype }: DataObject, ranges: readonly Range[]): Promise<Response> {
  const size = sizeOf(value);
  const parts = ranges.map((range) => ({
    headers: { 'Content-Type': mimetype, 'Content-Range': contentRange(range, size) },
    body: partOf(value, range),
  }));
  return sendMultipart(call, 206, 'multipart/byteranges', parts);
}

/** A range as HTTP writes it. @param size of all, where that is known */
export function contentRange({ first, last }: Range, size?: number): string {
  return `bytes ${first}-${last}/${size ?? '*'}`;
}
