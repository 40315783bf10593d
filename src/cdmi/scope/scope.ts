import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { Json, JsonObject } from '../object.ts';
import { type Comparison, type Condition, type Fold, readCondition } from './condition.ts';

/**
 * Whether an object is meant by a scope (ISO/IEC 17826 §18).
 *
 * @param object all of its fields, as it is answered to whoever asks
 * @param otherForms by the name of a field that is a URI, other ways to write it: by ID, where the field has the path
 */
export type Scope = (object: JsonObject, otherForms?: OtherForms) => boolean;

export type OtherForms = Readonly<Record<string, readonly string[]>>;

/** What of the language of scopes is offered: the capabilities `cdmi_query_…`. */
export type Offered = readonly (Comparison | 'value')[];

/** Conditions of one scope; each is asked of every object there is. */
const mostConditions = 1000;

/** Fields whose letters are digits in Base16: object IDs are the same in any case. */
const ids: readonly string[] = ['objectID', 'parentID'];

/** Fields that lead to other objects, by path or by ID. */
const uris: readonly string[] = ['parentURI', 'domainURI', 'capabilitiesURI'];

/**
 * Reads a scope: objects whose fields are conditions, nested as the fields of objects are. All conditions of one have
 * to hold, for one of them; none at all is every object.
 *
 * @throws OcciError `bad-filter`
 */
export function readScope(json: Json, offered: Offered): Scope {
  if (!Array.isArray(json)) throw wrong('must be an array of objects');
  let left = mostConditions;
  const read = (text: string, name: string): Condition => {
    if (left-- === 0) throw wrong(`has more than ${mostConditions} conditions`);
    return readCondition(text, offered.filter(isComparison), foldOf(name));
  };
  const alternatives = json.map((one) => {
    if (!isObject(one)) throw wrong('must be an array of objects');
    if (Object.hasOwn(one, 'value') && !offered.includes('value')) {
      throw wrong('asks for value; cdmi_query_value is not offered here');
    }
    return readFields(one, read);
  });
  return (object, otherForms = {}) => {
    return alternatives.length === 0 || alternatives.some((matches) => matches(object, otherForms));
  };
}

type Matcher = (json: Json | undefined, otherForms: OtherForms) => boolean;
type ReadText = (text: string, name: string) => Condition;

/** What has to hold of the fields of an object. Of a list of objects, one is enough. */
function readFields(expected: JsonObject, read: ReadText): Matcher {
  const fields = Object.entries(expected).map(([name, condition]) => ({
    name,
    matches: readField(name, condition, read),
  }));
  return function matches(json, otherForms): boolean {
    if (isArray(json)) return json.some((one) => matches(one, otherForms));
    const object = isObject(json) ? json : {};
    return fields.every((field) => {
      const value = Object.hasOwn(object, field.name) ? object[field.name] : undefined;
      return field.matches(value, otherForms);
    });
  };
}

function readField(name: string, expected: Json, read: ReadText): Matcher {
  if (isObject(expected)) {
    const matches = readFields(expected, read);
    // Only fields of the object itself have other forms, not items of its metadata that are called alike.
    return (json) => matches(json, {});
  }
  if (typeof expected !== 'string') throw wrong(`has no condition for ${quoteToken(name)}: it must be a string`);
  const condition = read(expected, name);
  return (json, otherForms) => {
    const texts = textsOf(json);
    const others = texts !== undefined && Object.hasOwn(otherForms, name) ? (otherForms[name] ?? []) : [];
    return condition(others.length === 0 ? texts : [...(texts ?? []), ...others]);
  };
}

/** What a field says, in texts; a field that is an object says none, but it is there. */
function textsOf(json: Json | undefined): readonly string[] | undefined {
  if (json === undefined) return undefined;
  if (isArray(json)) return json.flatMap((one) => textsOf(one) ?? []);
  return isObject(json) || json === null ? [] : [String(json)];
}

function foldOf(name: string): Fold {
  if (ids.includes(name)) return (text) => text.toUpperCase();
  if (uris.includes(name)) return foldId;
  return (text) => text;
}

/** A URI with the object ID in it in upper case. */
function foldId(uri: string): string {
  return uri.replace(/\/cdmi_objectid\/[0-9A-Fa-f]+/, (id) => `/cdmi_objectid/${id.slice(15).toUpperCase()}`);
}

function isComparison(offered: Offered[number]): offered is Comparison {
  return offered !== 'value';
}

function isArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wrong(problem: string): OcciError {
  return new OcciError('bad-filter', `the scope specification ${problem}`);
}
