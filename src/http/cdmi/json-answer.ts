import type { JsonObject } from '../../cdmi/object.ts';
import type { Shown } from '../../cdmi/read.ts';
import { sizeOf } from '../../cdmi/values/value.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { jsonWith } from './json-value.ts';
import { send, sendWhole } from './send.ts';

/** Values up to this size are put into JSON as a whole. */
const small = 65_536;

/** Sends what CDMI says of an object. */
export async function sendJson(call: CdmiCall, contentType: string, { fields, value }: Shown): Promise<Response> {
  call.headers['content-type'] = contentType;
  if (value === undefined) return sendWhole(call, 200, JSON.stringify(fields));
  const size = sizeOf(value.value);
  const json = jsonWith(fields, call.session.reader.read(value.value, 0, size), value.encoding);
  if (size > small) return send(call, { status: 200, bytes: json });
  const pieces: Uint8Array[] = [];
  for await (const piece of json) pieces.push(piece);
  return sendWhole(call, 200, Buffer.concat(pieces).toString());
}

/** Sends what has been made. */
export function sendMade(call: CdmiCall, contentType: string, fields: JsonObject): Response {
  call.headers['content-type'] = contentType;
  return sendWhole(call, 201, JSON.stringify(fields));
}
