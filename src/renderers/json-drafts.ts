import type { RawValue, Value } from '../occi/attribute.ts';
import type { AttributeMention, CategoryReference, Content, Draft, LinkDraft } from '../occi/draft.ts';
import { core } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';
import { referenceTo } from './text-grammar.ts';

/**
 * What a JSON request says (GFD.226 §3): an entity, a collection of entities, an action invocation, or categories.
 *
 * @throws OcciError `syntax` naming the member that is not understood
 */
export function contentFrom(value: JsonValue): Content {
  const object = objectIn(value, 'the request');
  const collections = ['resources', 'links'].filter((key) => isCollection(object, key));
  if (collections.length > 0 && !object.has('kind')) return collectionFrom(object, collections);
  const definitions = ['kinds', 'mixins', 'actions'].filter((key) => holdsCategories(object, key));
  if (definitions.length > 0 && !object.has('kind')) return definitionsFrom(object, definitions);
  return { drafts: [draftFrom(object)], locations: [], plural: false };
}

/** `links` is a collection at the top of a request, and the links of one resource inside of it. */
function isCollection(object: JsonObject, key: string): boolean {
  if (key !== 'links') return object.has(key);
  const members = [...object.keys()];
  return object.has('links') && members.every((member) => member === 'links' || member === 'resources');
}

function holdsCategories(object: JsonObject, key: string): boolean {
  const list = object.get(key);
  return Array.isArray(list) && list.some((item) => item instanceof Map) ? true : key === 'kinds' && object.has(key);
}

function collectionFrom(object: JsonObject, keys: readonly string[]): Content {
  refuseOthers(object, keys, 'a collection');
  const drafts: Draft[] = [];
  const locations: string[] = [];
  for (const key of keys) {
    for (const item of arrayIn(object, key)) {
      // A member that is only named, by URL.
      if (typeof item === 'string') locations.push(item);
      else drafts.push(draftFrom(objectIn(item, `a member of ${key}`)));
    }
  }
  return { drafts, locations, plural: true };
}

const classes = { kinds: 'kind', mixins: 'mixin', actions: 'action' } as const;

function definitionsFrom(object: JsonObject, keys: readonly string[]): Content {
  refuseOthers(object, ['kinds', 'mixins', 'actions'], 'a collection of categories');
  const categories = keys.flatMap((key) =>
    arrayIn(object, key).map((item) => {
      const reference = categoryFrom(item);
      return { ...reference, class: classes[key as keyof typeof classes] };
    }),
  );
  return { drafts: [{ categories, attributes: new Map(), links: [] }], locations: [], plural: false };
}

/** A category in full, or its type identifier. */
function categoryFrom(item: JsonValue): CategoryReference {
  if (typeof item === 'string') return referenceTo(item);
  const object = objectIn(item, 'a category');
  refuseOthers(object, categoryMembers, 'a category');
  const scheme = stringIn(object, 'scheme') ?? '';
  const term = stringIn(object, 'term') ?? '';
  const title = stringIn(object, 'title');
  const location = stringIn(object, 'location');
  const related = ['depends', 'related', 'rel', 'parent'].flatMap((key) => stringsIn(object, key));
  return {
    id: scheme + term,
    scheme,
    term,
    ...(title === undefined || title === '' ? {} : { title }),
    ...(location === undefined || location === '' ? {} : { location }),
    related,
    applies: stringsIn(object, 'applies'),
    attributes: mentionsIn(object.get('attributes')),
    actions: stringsIn(object, 'actions'),
  };
}

/** What an attribute may be described by (GFD.226 §3.5.1). */
const properties = ['mutable', 'required', 'type', 'pattern', 'default', 'description'] as const;

/** The attributes of a category; older servers nest their names at the dots. */
function mentionsIn(value: JsonValue | undefined, prefix = ''): readonly AttributeMention[] {
  if (value === undefined) return [];
  return [...objectIn(value, 'attributes')].flatMap(([name, described]) => {
    const full = prefix + name;
    const object = objectIn(described, `the attribute ${quoteToken(full)}`);
    const said = properties.filter((property) => object.has(property) && !(object.get(property) === null));
    if (said.length === 0 && object.size > 0) return mentionsIn(object, `${full}.`);
    return [{ name: full, ...Object.fromEntries(said.map((one) => [one, plainValue(object.get(one) ?? '', full)])) }];
  });
}

/** What a category may have (GFD.226 §3.2), and what drafts of the standard called it. */
export const categoryMembers: readonly string[] = [
  'term',
  'scheme',
  'title',
  'class',
  'location',
  'attributes',
  'actions',
  'parent',
  'depends',
  'applies',
  'related',
  'rel',
];

/** What an entity or an action invocation may have (GFD.226 §3.1, §3.6), and what drafts of the standard called it. */
export const entityMembers: readonly string[] = [
  'kind',
  'mixins',
  'attributes',
  'action',
  'actions',
  'id',
  'links',
  'summary',
  'title',
  'source',
  'target',
  'rel',
  'location',
];

/** Members of an entity that are attributes in text (GFD.226 §3.1, GFD.229 §5.5.1). */
const coreMembers = { id: core.id, title: core.title, summary: core.summary } as const;

function draftFrom(object: JsonObject): Draft {
  refuseOthers(object, entityMembers, 'an entity');
  const attributes = attributesFrom(object);
  for (const [member, name] of Object.entries(coreMembers)) {
    const sent = stringIn(object, member);
    // The member has the last word: some clients repeat it among the attributes.
    if (sent !== undefined && !(member === 'id' && sent === '')) attributes.set(name, { form: 'json', value: sent });
  }
  setEnd(attributes, object.get('source'), 'source', core.source, core.sourceKind);
  setEnd(attributes, object.get('target'), 'target', core.target, core.targetKind);
  const location = object.get('location');
  return {
    categories: categoriesOf(object),
    attributes,
    links: [...linksOf(object), ...actionLinksOf(object)],
    ...(typeof location === 'string' ? { location } : {}),
  };
}

function categoriesOf(object: JsonObject): readonly CategoryReference[] {
  const categories: CategoryReference[] = [];
  const kind = object.get('kind');
  if (kind !== undefined) categories.push({ ...referenceTo(stringOf(kind, 'kind')), class: 'kind' });
  for (const item of object.has('mixins') ? arrayIn(object, 'mixins') : []) {
    categories.push({ ...categoryFrom(item), class: 'mixin' });
  }
  const action = object.get('action');
  if (action !== undefined) categories.push({ ...categoryFrom(action), class: 'action' });
  return categories;
}

function linksOf(object: JsonObject): readonly LinkDraft[] {
  if (!object.has('links')) return [];
  return arrayIn(object, 'links').map((item): LinkDraft => {
    // Drafts of the standard had the URLs of the links here: an echo, when it is one.
    if (typeof item === 'string') {
      return { target: item, rel: [], self: item, categories: [], attributes: new Map() };
    }
    const draft = draftFrom(objectIn(item, 'a link'));
    const attributes = new Map(draft.attributes);
    const self = attributes.get(core.id);
    const target = attributes.get(core.target);
    const rel = attributes.get(core.targetKind);
    attributes.delete(core.target);
    return {
      target: target === undefined ? '' : textOf(target),
      rel: rel === undefined ? [] : [textOf(rel)],
      ...(self === undefined ? {} : { self: textOf(self) }),
      categories: draft.categories,
      attributes,
    };
  });
}

/** The actions that an entity offers: the echo of what text renders as links. Where they are invoked JSON does not say. */
function actionLinksOf(object: JsonObject): readonly LinkDraft[] {
  const actions = object.get('actions');
  if (!Array.isArray(actions)) return [];
  return actions
    .filter((id) => typeof id === 'string')
    .map((id) => ({ target: '', rel: [id], categories: [], attributes: new Map(), action: referenceTo(id).term }));
}

function attributesFrom(object: JsonObject): Map<string, RawValue> {
  const attributes = new Map<string, RawValue>();
  const sent = object.get('attributes');
  if (sent !== undefined) flatten(objectIn(sent, 'attributes'), '', attributes);
  return attributes;
}

/**
 * Names are flat (GFD.226 §3.5); older clients nest them at the dots. Nothing declared has a name without a dot and an
 * object for a value, so an object under such a name is a level of nesting.
 */
function flatten(object: JsonObject, prefix: string, into: Map<string, RawValue>): void {
  for (const [name, value] of object) {
    const full = prefix + name;
    if (value instanceof Map && (prefix !== '' || !name.includes('.'))) flatten(value, `${full}.`, into);
    else if (into.has(full)) throw wrong(`the attribute ${quoteToken(full)} is given twice`, full);
    else into.set(full, { form: 'json', value: plainValue(value, full) });
  }
}

function plainValue(value: JsonValue, name: string): Value {
  if (value === null) throw wrong(`${quoteToken(name)} is null; leave an attribute out to say nothing about it`, name);
  if (Array.isArray(value)) return value.map((item) => plainValue(item, name));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([member, inner]) => [member, plainValue(inner, name)]));
  }
  return value as string | number | boolean;
}

/** `source` and `target` (GFD.226 §3.1.2): an object with a location, or the location alone. */
function setEnd(
  attributes: Map<string, RawValue>,
  end: JsonValue | undefined,
  member: string,
  name: string,
  kindName: string,
): void {
  if (end === undefined) return;
  if (typeof end === 'string') {
    attributes.set(name, { form: 'json', value: end });
    return;
  }
  const object = objectIn(end, member);
  refuseOthers(object, ['location', 'kind'], member);
  const location = stringIn(object, 'location');
  if (location === undefined) throw wrong(`${member} has no location`, member);
  attributes.set(name, { form: 'json', value: location });
  const kind = stringIn(object, 'kind');
  if (kind !== undefined) attributes.set(kindName, { form: 'json', value: kind });
}

function textOf(raw: RawValue): string {
  return raw.form === 'json' ? String(raw.value) : raw.text;
}

function objectIn(value: JsonValue, what: string): JsonObject {
  if (value instanceof Map) return value as JsonObject;
  throw wrong(`${what} must be a JSON object`, what);
}

function arrayIn(object: JsonObject, member: string): readonly JsonValue[] {
  const value = object.get(member);
  if (Array.isArray(value)) return value;
  throw wrong(`${member} must be an array`, member);
}

function stringIn(object: JsonObject, member: string): string | undefined {
  const value = object.get(member);
  return value === undefined ? undefined : stringOf(value, member);
}

function stringsIn(object: JsonObject, member: string): readonly string[] {
  const value = object.get(member);
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((item) => stringOf(item, member)) : [stringOf(value, member)];
}

function stringOf(value: JsonValue, member: string): string {
  if (typeof value === 'string') return value;
  throw wrong(`${member} must be a string`, member);
}

function refuseOthers(object: JsonObject, known: readonly string[], what: string): void {
  for (const member of object.keys()) {
    if (!known.includes(member)) {
      throw wrong(`${what} has no member ${quoteToken(member)}, only ${known.join(', ')}`, member);
    }
  }
}

function wrong(message: string, token: string): OcciError {
  return new OcciError('syntax', message, { token });
}
