import { expect } from 'vitest';

/**
 * The rules of the JSON rendering (GFD.226 §3) for responses: which members an object must and may have, and their
 * types. The published schema cannot be used as it is: its references do not resolve, and its root accepts anything.
 */
type Check = (value: unknown, where: string) => void;

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

const typeIdentifier = /^[A-Za-z][A-Za-z0-9+.-]*:\S*[A-Za-z0-9][A-Za-z0-9._-]*$/;

const string: Check = (value, where) => expect(typeof value, where).toBe('string');
const boolean: Check = (value, where) => expect(typeof value, where).toBe('boolean');
const typeId: Check = (value, where) => expect(value, where).toMatch(typeIdentifier);
const location: Check = (value, where) => expect(value, where).toMatch(/^(?:\/|[a-z][a-z0-9+.-]*:)\S*$/i);
const boundPath: Check = (value, where) => expect(value, where).toMatch(/^\/(?:\S*\/)?$/);
const plainObject: Check = (value, where) => expect(jsonType(value), where).toBe('object');
const oneOf = (...types: readonly string[]): Check => {
  return (value, where) => expect(types, where).toContain(jsonType(value));
};
const type: Check = (value, where) => {
  expect(['string', 'number', 'boolean', 'array', 'object'], where).toContain(value);
};

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function arrayOf(check: Check): Check {
  return (value, where) => {
    expect(jsonType(value), where).toBe('array');
    for (const [index, item] of (value as readonly unknown[]).entries()) check(item, `${where}[${index}]`);
  };
}

/** Any names, one rule for all values. */
function mapOf(check: Check): Check {
  return (value, where) => {
    plainObject(value, where);
    for (const [name, item] of Object.entries(value as object)) check(item, `${where}.${name}`);
  };
}

/** Exactly these members: all that are required, and no others (`additionalProperties: false`). */
function object({ required, optional }: Shape): Check {
  return (value, where) => {
    plainObject(value, where);
    const members = value as Readonly<Record<string, unknown>>;
    expect(Object.keys(members), where).toEqual(expect.arrayContaining(Object.keys(required)));
    for (const [name, member] of Object.entries(members)) {
      const check = required[name] ?? optional[name];
      expect(check, `${where}.${name} is not defined`).toBeDefined();
      check?.(member, `${where}.${name}`);
    }
  };
}

/** Attribute values: opaque names without those of the core, and never null (§3.5). */
const attributes: Check = (value, where) => {
  mapOf(oneOf('string', 'number', 'boolean', 'array', 'object'))(value, where);
  expect(
    Object.keys(value as object).filter((name) => name.startsWith('occi.core.')),
    where,
  ).toEqual([]);
};

/** An attribute description (§3.5.1), which says both of what text and JSON have opposite defaults for. */
const description: Check = (value, where) => {
  object({
    required: { mutable: boolean, required: boolean, type },
    optional: { pattern: plainObject, default: oneOf('string', 'number', 'boolean'), description: string },
  })(value, where);
  const { type: declared, default: fallback } = value as { readonly type: string; readonly default?: unknown };
  if (fallback !== undefined) expect(jsonType(fallback), `${where}.default`).toBe(declared);
};

const end = object({ required: { location }, optional: { kind: typeId } });

const common = { mixins: arrayOf(typeId), attributes, actions: arrayOf(typeId), title: string };

export const link = object({ required: { kind: typeId, id: string, source: end, target: end }, optional: common });

export const resource = object({
  required: { kind: typeId, id: string },
  optional: { ...common, links: arrayOf(link), summary: string },
});

const category = { term: string, scheme: string };
const described = { title: string, attributes: mapOf(description) };

export const kind = object({
  required: category,
  optional: { ...described, parent: typeId, actions: arrayOf(typeId), location: boundPath },
});

export const mixin = object({
  required: { ...category, location: boundPath },
  optional: { ...described, actions: arrayOf(typeId), depends: arrayOf(typeId), applies: arrayOf(typeId) },
});

export const action = object({ required: category, optional: described });

const kinds = arrayOf(kind);
const mixins = arrayOf(mixin);
const actions = arrayOf(action);
const resources = arrayOf(resource);
const links = arrayOf(link);

export const categories = object({ required: { kinds, mixins, actions }, optional: {} });
export const mixinCollection = object({ required: { mixins }, optional: {} });
export const resourceCollection = object({ required: { resources }, optional: {} });
export const linkCollection = object({ required: { links }, optional: {} });
export const mixedCollection = object({ required: { resources }, optional: { links } });

/** Problem details (RFC 9457) with our code. */
export const problem = object({
  required: { type: string, title: string, status: oneOf('number'), detail: string, code: string },
  optional: { instance: string, token: string, field: string, line: oneOf('number'), column: oneOf('number') },
});

/** Checks a value by one of the rules above. */
export function expectShape(check: Check, value: unknown): void {
  check(value, '$');
}

/** Checks any entity: it is a link where it has a source. */
export function expectEntity(value: unknown): void {
  expectShape(Object.hasOwn(value as object, 'source') ? link : resource, value);
}
