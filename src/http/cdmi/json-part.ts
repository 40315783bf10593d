import { invalid } from '../../cdmi/refusals.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Part } from './multipart-reader.ts';
import { type CdmiKind, kindOf, typeOf } from './style.ts';
import { mediaTypeOf } from './value-part.ts';

/**
 * The first part of a body, in which what the others are for is told in JSON.
 *
 * @param kinds what it may be of
 * @param limit in bytes
 * @throws OcciError `invalid-request`, `too-large`
 */
export async function readJsonPart(
  parts: AsyncIterator<Part>,
  kinds: readonly CdmiKind[],
  limit: number,
): Promise<Uint8Array> {
  const { done, value: part } = await parts.next();
  const kind = done === true ? undefined : kindOf(mediaTypeOf(part));
  if (done === true || kind === undefined || !kinds.includes(kind)) {
    throw invalid(`the first part has to be ${kinds.map(typeOf).join(' or ')}`);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of part.body) {
    size += bytes.length;
    if (size > limit) throw new OcciError('too-large', `the object in JSON must not exceed ${limit} bytes`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
