import type { Content, Run } from '../../cdmi/data-object-draft.ts';
import { type ObjectRequest, readObjectRequest } from '../../cdmi/object-request.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { placed } from './json-draft.ts';
import { readJsonPart } from './json-part.ts';
import { type Part, readParts } from './multipart-reader.ts';
import { readValuePart, type ValuePart } from './value-part.ts';

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
  const said = readObjectRequest(await readJsonPart(parts, ['object'], jsonBytes));
  if (said.value !== undefined || said.source !== undefined) throw invalid('the value comes in the parts behind');
  const next = await parts.next();
  if (next.done === true) return { request: said, content: undefined };
  const first = readValuePart(next.value);
  const content: Content = {
    encodingFor: () => (first.isText ? 'utf-8 if it is' : 'base64'),
    runs: () => runsOf(first, parts),
  };
  const { encoding: _, ...request } = said;
  return { request: { ...request, mimetype: said.mimetype ?? first.mimetype }, content };
}

async function* runsOf(first: ValuePart, rest: AsyncIterable<Part>): AsyncIterable<Run> {
  yield runOf(first);
  for await (const part of rest) yield runOf(readValuePart(part));
}

function runOf({ place, bytes, isText }: ValuePart): Run {
  return { ...placed(place), bytes, ...(!isText && { isBinary: true }) };
}
