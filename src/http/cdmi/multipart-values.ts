import { type IncomingValue, readEnqueueHead } from '../../cdmi/queue/enqueue-request.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { readJsonPart } from './json-part.ts';
import { type Part, readParts } from './multipart-reader.ts';
import { readValuePart } from './value-part.ts';

/**
 * Reads a body whose first part says in JSON that the others are values for a queue, each as it is (ISO/IEC 17826
 * §11.6). What they are, they tell themselves.
 *
 * @param jsonBytes the longest first part
 * @throws OcciError `invalid-request`, `too-large`; while the values are asked for, too
 */
export async function readValues(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  jsonBytes: number,
): Promise<AsyncIterable<IncomingValue>> {
  const parts = readParts(source, boundary);
  readEnqueueHead(await readJsonPart(parts, ['queue', 'object'], jsonBytes));
  const { done, value: first } = await parts.next();
  if (done === true) throw invalid('values come in the parts behind the first one');
  return valuesIn(first, parts);
}

async function* valuesIn(first: Part, rest: AsyncIterable<Part>): AsyncIterable<IncomingValue> {
  yield valueIn(first);
  for await (const part of rest) yield valueIn(part);
}

function valueIn(part: Part): IncomingValue {
  const { mimetype, isText, place, bytes } = readValuePart(part);
  if (place !== undefined) throw invalid('a value is put into a queue as a whole: its part has no Content-Range');
  return { mimetype, encoding: isText ? 'utf-8 if it is' : 'base64', bytes };
}
