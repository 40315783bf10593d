import type { Content, Run } from '../../cdmi/data-object-draft.ts';
import { essenceOf, readMediaType, saysUtf8, unknownBytes } from '../../cdmi/media-type.ts';
import { type ObjectRequest, readObjectRequest } from '../../cdmi/object-request.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { OcciError } from '../../occi/errors.ts';
import { readPlacement } from './byte-ranges.ts';
import { placed } from './json-draft.ts';
import { type Part, readParts } from './multipart-reader.ts';
import { kindOf } from './style.ts';

/** A data object whose value comes beside what is said of it. */
export interface MultipartDraft {
  readonly request: ObjectRequest;
  /** Undefined where no value comes. */
  readonly content: Content | undefined;
}

/**
 * Reads a body whose first part is the object in JSON, and whose others are its value as it is, or ranges of it
 * (ISO/IEC 17826 §8.2). What the value is, the first of those tells.
 *
 * @param jsonBytes the longest first part
 * @throws OcciError `invalid-request`, `too-large`
 */
export async function readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  jsonBytes: number,
): Promise<MultipartDraft> {
  const parts = readParts(source, boundary);
  const { value: first } = await parts.next();
  if (kindOf(typeOf(first)) !== 'object') throw invalid('the first part has to be application/cdmi-object');
  const said = readObjectRequest(await collected(first as Part, jsonBytes));
  if (said.value !== undefined || said.source !== undefined) throw invalid('the value comes in the parts behind');
  const next = await parts.next();
  if (next.done === true) return { request: said, content: undefined };
  const mimetype = readMediaType(next.value.headers.get('content-type') ?? unknownBytes);
  const content: Content = {
    encodingFor: () => (saysUtf8(mimetype) ? 'utf-8 if it is' : 'base64'),
    runs: () => runsOf(next.value, parts),
  };
  const { encoding: _, ...request } = said;
  return { request: { ...request, mimetype: said.mimetype ?? mimetype }, content };
}

async function* runsOf(first: Part, rest: AsyncIterable<Part>): AsyncIterable<Run> {
  yield runOf(first);
  for await (const part of rest) yield runOf(part);
}

function runOf({ headers, body }: Part): Run {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (!['binary', '8bit', '7bit'].includes(encoding)) throw invalid(`parts are not read in ${encoding}`, encoding);
  const isText = saysUtf8((headers.get('content-type') ?? '').toLowerCase());
  const place = placed(readPlacement(headers.get('content-range')));
  return { ...place, bytes: body, ...(!isText && { isBinary: true }) };
}

function typeOf(part: Part | undefined): string {
  return essenceOf(part?.headers.get('content-type') ?? '').toLowerCase();
}

async function collected({ body }: Part, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > limit) throw new OcciError('too-large', `the object in JSON must not exceed ${limit} bytes`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
