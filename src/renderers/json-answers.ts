import type { Content } from '../occi/draft.ts';
import { emptyContent } from '../occi/draft.ts';
import { categoryMembers, contentFrom, entityMembers } from './json-drafts.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/**
 * What a server says in JSON. Servers add members of their own, write null for what they do not have, list entities
 * in a bare array, describe categories where an identifier would do, and mix categories with entities; this is brought
 * into the form that requests have, and what is left is passed over.
 *
 * @throws OcciError `syntax` when what is left makes no sense either
 */
export function contentFromAnswer(value: JsonValue): Content {
  if (Array.isArray(value)) return contentFrom(collection('resources', value));
  if (!(value instanceof Map)) return emptyContent;
  const object = value as JsonObject;
  const definitions = pick(object, ['kinds', 'mixins', 'actions'], (list, key) => many(list, key, category));
  const listed = [...definitions.values()].some(holdsObjects);
  if (!object.has('kind') && (listed || object.has('kinds'))) {
    const entities = pick(object, ['resources', 'links'], (list, key) => many(list, key, entity));
    return together(contentFrom(definitions), entities.size === 0 ? emptyContent : contentFrom(entities));
  }
  const collections = ['resources', 'links'].filter((key) => object.has(key));
  if (!object.has('kind') && collections.length > 0) {
    return contentFrom(pick(object, collections, (list, key) => many(list, key, entity)));
  }
  const only = entity(object);
  return only instanceof Map && only.size > 0 ? contentFrom(only) : emptyContent;
}

function collection(key: string, list: readonly JsonValue[]): JsonObject {
  return new Map([[key, many(list, key, entity) ?? []]]);
}

function together(a: Content, b: Content): Content {
  return { drafts: [...a.drafts, ...b.drafts], locations: b.locations, plural: b.plural };
}

type Tidy = (value: JsonValue, member: string) => JsonValue | undefined;

/** The members that are known, each in order; undefined and null are nothing. */
function pick(object: JsonObject, members: readonly string[], tidy: Tidy): JsonObject {
  const picked = new Map<string, JsonValue>();
  for (const [member, value] of object) {
    if (!members.includes(member) || value === null) continue;
    const tidied = tidy(value, member);
    if (tidied !== undefined) picked.set(member, tidied);
  }
  return picked;
}

function many(value: JsonValue, member: string, tidy: Tidy): readonly JsonValue[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => tidy(item, member)).filter((item) => item !== undefined);
}

/** A resource, a link, or the URL of one. */
function entity(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Map)) return undefined;
  return pick(value as JsonObject, entityMembers, (inner, member) => {
    switch (member) {
      case 'kind':
      case 'action':
        return identifier(inner);
      case 'mixins':
      case 'actions':
        return many(Array.isArray(inner) ? inner : [inner], member, identifier);
      case 'links':
        return many(inner, member, entity);
      case 'attributes':
        return inner instanceof Map ? withoutNull(inner) : undefined;
      case 'source':
      case 'target':
        return end(inner);
      default:
        return scalarText(inner);
    }
  });
}

/** An end of a link: an object with a location, or the location alone. */
function end(value: JsonValue): JsonValue | undefined {
  if (!(value instanceof Map)) return scalarText(value);
  const tidied = pick(value as JsonObject, ['location', 'kind'], (inner, member) => {
    return member === 'kind' ? identifier(inner) : scalarText(inner);
  });
  return tidied.has('location') ? tidied : undefined;
}

/** The identifier of a category that may be described in full. */
function identifier(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Map)) return undefined;
  const { scheme, term, rel, id } = Object.fromEntries(value as JsonObject);
  if (typeof scheme === 'string' && typeof term === 'string') return scheme + term;
  return [rel, id].find((one) => typeof one === 'string');
}

function category(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Map)) return undefined;
  return pick(value as JsonObject, categoryMembers, (inner, member) => {
    switch (member) {
      case 'attributes':
        return inner instanceof Map ? described(inner) : undefined;
      case 'actions':
      case 'depends':
      case 'applies':
      case 'related':
      case 'rel':
      case 'parent':
        return many(Array.isArray(inner) ? inner : [inner], member, identifier);
      default:
        return scalarText(inner);
    }
  });
}

/** Descriptions of attributes; what is described by anything but an object is merely there. */
function described(value: JsonValue): JsonObject {
  return new Map(
    [...(value as JsonObject)].map(([name, inner]) => [name, inner instanceof Map ? withoutNull(inner) : new Map()]),
  );
}

function withoutNull(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNull);
  if (!(value instanceof Map)) return value;
  return new Map([...(value as JsonObject)].filter(([, inner]) => inner !== null).map(([k, v]) => [k, withoutNull(v)]));
}

/** Ids and titles are strings, and some servers have numbers for them. */
function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function holdsObjects(value: JsonValue): boolean {
  return Array.isArray(value) && value.some((item) => item instanceof Map);
}
