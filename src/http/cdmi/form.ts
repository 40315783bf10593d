import { isUtf8 } from 'node:buffer';
import { invalid } from '../../cdmi/refusals.ts';
import { mediaTypesIn } from '../../renderers/media-types.ts';
import type { Part } from './multipart-reader.ts';

/** The boundary of a form in the body, as browsers send files (RFC 7578, RFC 1867). */
export function formBoundary(contentType: string | undefined): string | undefined {
  const [mediaType] = mediaTypesIn(contentType ?? '');
  return mediaType?.type === 'multipart/form-data' ? (mediaType.parameters['boundary'] ?? '') : undefined;
}

/** A file in a form. */
export interface FormFile {
  /** Empty where it has none. */
  readonly name: string;
  readonly part: Part;
}

/**
 * The files among what is filled into a form; the rest is passed over.
 *
 * @throws OcciError `invalid-request`
 */
export async function* filesIn(parts: AsyncIterable<Part>): AsyncGenerator<FormFile> {
  for await (const part of parts) {
    const name = fileNameOf(part);
    // Where nobody has chosen a file, one without a name and without bytes comes all the same.
    const bytes = part.body[Symbol.asyncIterator]();
    const first = name === '' ? await bytes.next() : undefined;
    if (name === undefined || first?.done === true) continue;
    yield { name, part: first === undefined ? part : { ...part, body: behind(first.value, bytes) } };
  }
}

async function* behind(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** What a file was called where it comes from (RFC 7578 §4.2); undefined where it is none. */
function fileNameOf({ headers }: Part): string | undefined {
  const [{ parameters } = { parameters: {} }] = mediaTypesIn(headers.get('content-disposition') ?? '');
  const { filename: name, 'filename*': extended } = parameters as Record<string, string | undefined>;
  if (name === undefined) return extended === undefined ? undefined : extendedName(extended);
  const bytes = Buffer.from(name, 'latin1');
  if (!isUtf8(bytes)) throw invalid('the name of a file has to be UTF-8');
  // Browsers escape quotes like this, and no percent signs.
  return bytes.toString().replaceAll('%22', '"');
}

/** As some clients write it, although they should not (RFC 8187). */
function extendedName(text: string): string {
  try {
    return decodeURIComponent(text.replace(/^utf-8'[^']*'/i, ''));
  } catch {
    throw invalid('the name of a file has to be UTF-8', text);
  }
}
