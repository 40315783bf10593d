import { OcciError, quoteToken } from '../occi/errors.ts';
import { bodyText } from '../renderers/body-text.ts';
import { type JsonValue, readJson } from '../renderers/strict-json.ts';
import { type Encoding, encodings } from './encoding.ts';
import { readMediaType, usualText } from './media-type.ts';
import type { Json, JsonObject } from './object.ts';

/** What a body in JSON says about an object, of whatever type. What is not there has not been said. */
export interface ObjectRequest {
  readonly mimetype?: string;
  readonly encoding?: Encoding;
  readonly metadata?: JsonObject;
  /** As it stands there: not decoded. */
  readonly value?: Json;
  /** Where what it is to be is to come from. */
  readonly source?: Source;
  readonly exports?: JsonObject;
  readonly snapshot?: string;
  /** The domain that it is to belong to. */
  readonly domainURI?: string;
  /** Fields that the standard does not define (ISO/IEC 17826 §5.11). */
  readonly others?: JsonObject;
}

/** Another object, or what has been made of one, that an object is to be made from. */
export interface Source {
  readonly by: (typeof sources)[number];
  /** The URI, or with `deserializevalue` the value. */
  readonly from: string;
}

export const sources = ['copy', 'move', 'reference', 'serialize', 'deserialize', 'deserializevalue'] as const;

/** Fields that only answers have. Clients send what they have read, so they are passed over. */
const answered: readonly string[] = [
  'objectType',
  'objectID',
  'objectName',
  'parentURI',
  'parentID',
  'capabilitiesURI',
  'completionStatus',
  'percentComplete',
  'valuerange',
  'childrenrange',
  'children',
  'snapshots',
  'queueValues',
];

const understood: readonly string[] = [
  'mimetype',
  'metadata',
  'domainURI',
  'valuetransferencoding',
  'value',
  'exports',
  'snapshot',
  ...sources,
];

/**
 * Reads a body of a data object or of a container. No body is an empty object.
 *
 * @throws OcciError `syntax`, `invalid-request`
 */
export function readObjectRequest(body: Uint8Array): ObjectRequest {
  const fields = readFields(body);
  const mimetype = stringIn(fields, 'mimetype');
  const encoding = stringIn(fields, 'valuetransferencoding');
  const metadata = objectIn(fields, 'metadata');
  const exports = objectIn(fields, 'exports');
  const snapshot = stringIn(fields, 'snapshot');
  const domainURI = stringIn(fields, 'domainURI');
  const source = sourceIn(fields);
  const others = othersIn(fields);
  return {
    // Clients that do not know it send it empty.
    ...(mimetype !== undefined && { mimetype: mimetype === '' ? usualText : readMediaType(mimetype) }),
    ...(encoding !== undefined && { encoding: readEncoding(encoding) }),
    ...(metadata && { metadata }),
    ...(fields['value'] !== undefined && { value: fields['value'] }),
    ...(source && { source }),
    ...(exports && { exports }),
    ...(snapshot !== undefined && { snapshot }),
    ...(domainURI !== undefined && { domainURI }),
    ...(Object.keys(others).length > 0 && { others }),
  };
}

/** Fields that the standard does not define. */
export function othersIn(fields: JsonObject): JsonObject {
  const others = Object.entries(fields).filter(([name]) => !answered.includes(name) && !understood.includes(name));
  return Object.fromEntries(others);
}

/**
 * The fields of a body; none where there is no body.
 *
 * @param deepest how deep they may be nested, where that is not as usual
 * @throws OcciError `syntax`, `invalid-request`
 */
export function readFields(body: Uint8Array, deepest?: number): JsonObject {
  if (body.length === 0) return {};
  const json = readJson(bodyText({ header: () => undefined, body }), deepest);
  if (!(json instanceof Map)) throw new OcciError('invalid-request', 'the body must be a JSON object');
  return plain(json) as JsonObject;
}

/** The same with objects in place of maps; their names are the client's, `__proto__` among them. */
function plain(json: JsonValue): Json {
  if (json instanceof Map) return Object.fromEntries([...json].map(([name, value]) => [name, plain(value)]));
  return Array.isArray(json) ? json.map(plain) : (json as Json);
}

/** @throws OcciError `invalid-request` when there are several, or one beside a value */
export function sourceIn(fields: JsonObject): Source | undefined {
  const given = [...sources, 'value'].filter((name) => Object.hasOwn(fields, name));
  if (given.length > 1) {
    throw new OcciError('invalid-request', `${given.join(' and ')} cannot stand in one request`, {
      token: given[0] as string,
    });
  }
  const by = sources.find((name) => Object.hasOwn(fields, name));
  if (by === 'reference' && Object.keys(fields).length > 1) {
    throw new OcciError('invalid-request', 'reference stands alone: a reference has no other fields', { token: by });
  }
  const from = by === undefined ? undefined : stringIn(fields, by);
  return by === undefined || from === undefined ? undefined : { by, from };
}

/** @throws OcciError `invalid-request` */
export function readEncoding(text: string): Encoding {
  const encoding = encodings.find((one) => one === text.toLowerCase());
  if (encoding !== undefined) return encoding;
  throw new OcciError(
    'invalid-request',
    `valuetransferencoding ${quoteToken(text)} is none of ${encodings.join(', ')}`,
    {
      token: text,
    },
  );
}

function stringIn(fields: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new OcciError('invalid-request', `${name} must be a string`, { token: name });
}

function objectIn(fields: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new OcciError('invalid-request', `${name} must be an object`, { token: name });
}
