import { type Carried, jsonWith } from '../../cdmi/json-value.ts';
import type { JsonObject } from '../../cdmi/object.ts';
import type { Shown, ShownValue } from '../../cdmi/read.ts';
import { sizeOf } from '../../cdmi/values/value.ts';
import type { ValueReader } from '../../cdmi/values/value-reader.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { send, sendWhole } from './send.ts';

/** Values up to this size are put into JSON as a whole. */
const small = 65_536;

/** Sends what CDMI says of an object. */
export async function sendJson(call: CdmiCall, contentType: string, { fields, value }: Shown): Promise<Response> {
  call.headers['content-type'] = contentType;
  if (value === undefined) return sendWhole(call, 200, JSON.stringify(fields));
  const values = [value].flat() as readonly ShownValue[];
  const size = values.reduce((sum, one) => sum + sizeOf(one.value), 0);
  const json = carried(call.session.reader, fields, value);
  if (size > small) return send(call, { status: 200, bytes: json });
  const pieces: Uint8Array[] = [];
  for await (const piece of json) pieces.push(piece);
  return sendWhole(call, 200, Buffer.concat(pieces).toString());
}

async function* carried(
  reader: ValueReader,
  fields: JsonObject,
  value: ShownValue | readonly ShownValue[],
): AsyncGenerator<Uint8Array> {
  const bytesOf = ({ value: one, encoding }: ShownValue): Carried => ({
    bytes: reader.read(one, 0, sizeOf(one)),
    encoding,
  });
  if ('value' in value) return yield* jsonWith(fields, bytesOf(value));
  // The first ones may be removed from the queue while they are sent, and the others with them.
  const release = reader.hold(value.flatMap((one) => one.value));
  try {
    yield* jsonWith(fields, value.map(bytesOf));
  } finally {
    release();
  }
}

/** Sends what has been made. */
export function sendMade(call: CdmiCall, contentType: string, fields: JsonObject): Response {
  call.headers['content-type'] = contentType;
  return sendWhole(call, 201, JSON.stringify(fields));
}
