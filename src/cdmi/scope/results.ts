import { OcciError } from '../../occi/errors.ts';
import type { Json, JsonObject } from '../object.ts';

/** The part of an object that a results specification asks for. */
export type Results = (object: JsonObject) => JsonObject;

/**
 * Reads a results specification (ISO/IEC 17826 §19): an object whose keys are the fields that are wanted, nested for
 * items of `metadata`. What stands behind a key that is wanted as a whole is nothing, an empty text; clients write
 * other things there, too. An empty text alone, or as a key, means all fields.
 *
 * @throws OcciError `bad-filter`
 */
export function readResults(json: Json): Results {
  if (json === '') return (object) => object;
  if (!isObject(json)) throw new OcciError('bad-filter', 'the results specification must be an object of fields');
  return (object) => pick(object, json);
}

function pick(object: JsonObject, wanted: JsonObject): JsonObject {
  if (Object.hasOwn(wanted, '')) return object;
  const fields = Object.entries(object).filter(([name]) => Object.hasOwn(wanted, name));
  return Object.fromEntries(fields.map(([name, value]) => [name, part(value, wanted[name] as Json)]));
}

function part(value: Json, wanted: Json): Json {
  return isObject(value) && isObject(wanted) && Object.keys(wanted).length > 0 ? pick(value, wanted) : value;
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
