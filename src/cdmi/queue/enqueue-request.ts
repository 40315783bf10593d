import type { ContentEncoding } from '../data-object-draft.ts';
import { decodeValue } from '../encoding.ts';
import { readMediaType, usualText } from '../media-type.ts';
import type { Json, JsonObject } from '../object.ts';
import { readEncoding, readFields, type Source, sourceIn, sources } from '../object-request.ts';
import { invalid } from '../refusals.ts';

/** What is to go into a queue: values that come with the request, or such as are here already. */
export type EnqueueRequest =
  | { readonly values: IncomingValues }
  | { readonly by: 'copy' | 'move'; readonly from: string };

/** Values in the order in which they are to go into it; asked for once. */
export type IncomingValues = Iterable<IncomingValue> | AsyncIterable<IncomingValue>;

/** A value as it comes. */
export interface IncomingValue {
  readonly mimetype: string;
  readonly encoding: ContentEncoding;
  /** They have been read when the next value is asked for. */
  readonly bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Reads a body that puts values into a queue (ISO/IEC 17826 §11.6): `value` is a list, `mimetype` and
 * `valuetransferencoding` are lists beside it.
 *
 * @throws OcciError `syntax`, `invalid-request`
 */
export function readEnqueueRequest(body: Uint8Array): EnqueueRequest {
  const fields = readFields(body);
  const source = sourceIn(fields);
  if (source !== undefined) return { by: byOf(source), from: source.from };
  const values = listIn(fields, 'value');
  if (values === undefined) throw invalid('value, copy or move is needed to put something into a queue');
  const mimetypes = textsIn(fields, 'mimetype', values.length);
  const encodings = textsIn(fields, 'valuetransferencoding', values.length);
  return {
    values: values.map((value, index) => {
      const encoding = encodings === undefined ? 'utf-8' : readEncoding(encodings[index] as string);
      const mimetype = mimetypes?.[index] ?? '';
      return {
        mimetype: mimetype === '' ? usualText : readMediaType(mimetype),
        encoding,
        bytes: [decodeValue(value, encoding)],
      };
    }),
  };
}

/**
 * Reads what is said beside values that come as they are: nothing of them, and of no others.
 *
 * @throws OcciError `syntax`, `invalid-request`
 */
export function readEnqueueHead(body: Uint8Array): void {
  const fields = readFields(body);
  const said = [...sources, 'value', 'mimetype', 'valuetransferencoding'].find((name) => Object.hasOwn(fields, name));
  if (said !== undefined) throw invalid(`${said} cannot stand beside values that come as they are`, said);
}

function byOf({ by }: Source): 'copy' | 'move' {
  if (by === 'copy' || by === 'move') return by;
  throw invalid(`nothing is put into a queue by ${by}`, by);
}

function textsIn(fields: JsonObject, name: string, count: number): readonly string[] | undefined {
  const list = listIn(fields, name);
  if (list === undefined) return undefined;
  if (list.length !== count) throw invalid(`${name} has ${list.length} entries, and value has ${count}`, name);
  if (list.every((one) => typeof one === 'string')) return list as readonly string[];
  throw invalid(`${name} must be a list of strings`, name);
}

function listIn(fields: JsonObject, name: string): readonly Json[] | undefined {
  const list = fields[name];
  if (list === undefined || Array.isArray(list)) return list as readonly Json[] | undefined;
  throw invalid(`${name} must be a list`, name);
}
