import { type Draft, type Given, type LinkDraft, type Message, type MixinDraft, Refusal } from './draft.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a body says. @throws Refusal */
export function messageOfJson(body: string): Message {
  const whole = objectOf(parsed(body));
  const { kinds, mixins, actions, resources, links } = whole;
  // What has a kind is an entity, and what it calls mixins are identifiers.
  const isEntity = 'kind' in whole || 'action' in whole || 'attributes' in whole || typeof first(mixins) === 'string';
  const isUpdate = 'title' in whole || 'summary' in whole || 'id' in whole;
  if (isEntity || isUpdate) return { drafts: [draftOf(whole)], references: [], mixins: [] };
  const entities = [...listOf(resources), ...listOf(links)];
  if (entities.some((one) => typeof one === 'string'))
    return { drafts: [], references: entities.map(String), mixins: [] };
  const drafts = entities.map((one) => draftOf(objectOf(one)));
  const references = drafts.flatMap(({ given }) =>
    given.has('occi.core.id') ? [String(given.get('occi.core.id'))] : [],
  );
  const categories = [
    ...listOf(kinds).map((one) => categoryOf(one, 'kind')),
    ...listOf(mixins).map((one) => categoryOf(one, 'mixin')),
    ...listOf(actions).map((one) => categoryOf(one, 'action')),
  ];
  return { drafts, references, mixins: categories };
}

/** What entities and actions may have in a request; some of it is only passed over. */
const members = /^(?:kind|action|mixins|attributes|links|title|summary|id|source|target|actions|location|rel)$/;

function draftOf(entity: Json): Draft {
  const stray = Object.keys(entity).find((name) => !members.test(name));
  if (stray !== undefined) throw new Refusal(400, `an entity has no ${stray}`);
  const { kind, action, mixins, attributes, links, title, summary, id, source, target } = entity;
  const given = new Map<string, Given>();
  for (const [name, value] of flat(attributes === undefined ? {} : objectOf(attributes))) {
    given.set(name, scalar(name, value));
  }
  for (const [name, value] of Object.entries({ title, summary, id, source: place(source), target: place(target) })) {
    if (value !== undefined) given.set(`occi.core.${name}`, scalar(name, value));
  }
  return {
    categories: [kind, action, ...listOf(mixins)].filter((one) => one !== undefined).map(identifier),
    given,
    links: listOf(links).map((one) => inlineLink(objectOf(one))),
  };
}

function inlineLink(link: Json): LinkDraft {
  const { categories, given } = draftOf(link);
  const target = given.get('occi.core.target');
  const self = given.get('occi.core.id');
  if (typeof target !== 'string') throw new Refusal(400, 'a link has a target');
  const others = [...given].filter(([name]) => !/^occi\.core\.(?:id|source|target)/.test(name));
  return { target, ...(typeof self === 'string' ? { self } : {}), categories, given: new Map(others) };
}

function categoryOf(value: unknown, type: string): MixinDraft {
  const { term, scheme, title, location, depends, attributes = {}, actions = [] } = objectOf(value);
  if (typeof term !== 'string' || typeof scheme !== 'string') throw new Refusal(400, 'a category has term and scheme');
  return {
    id: scheme + term,
    type,
    title: typeof title === 'string' ? title : undefined,
    location: typeof location === 'string' ? location : undefined,
    depends: listOf(depends).map(identifier),
    hasContent: Object.keys(objectOf(attributes)).length + listOf(actions).length > 0,
  };
}

function place(end: unknown): unknown {
  return typeof end === 'object' && end !== null ? objectOf(end)['location'] : end;
}

/** Names that clients of drafts have nested at the dots, with their values. */
function flat(attributes: Json, prefix = ''): readonly (readonly [string, unknown])[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isNested ? flat(value as Json, `${prefix}${name}.`) : [[prefix + name, value] as const];
  });
}

/** @throws Refusal when it is no JSON, or an object has a key twice */
function parsed(body: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal(400, 'this is no JSON');
  }
  const open: Set<string>[] = [];
  for (const [whole, key, colon] of body.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (whole === '{') open.push(new Set());
    else if (whole === '}') open.pop();
    if (key === undefined || colon === undefined) continue;
    if (open.at(-1)?.has(key) === true) throw new Refusal(400, `${key} is there twice`);
    open.at(-1)?.add(key);
  }
  return value;
}

function scalar(name: string, value: unknown): Given {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Refusal(400, `${name} is a string, a number, true or false`);
}

function identifier(value: unknown): string {
  if (typeof value !== 'string') throw new Refusal(400, 'a type identifier is a string');
  return value;
}

function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(400, 'this is no object');
  return value as Json;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Refusal(400, 'this is no array');
  return value;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
