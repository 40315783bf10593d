import { Inconclusive } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** A JSON object whose members are not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a member has to be. */
type Form = 'string' | 'boolean' | 'identifier' | 'identifiers' | 'object' | 'objects';

/** The members that an object has to have, and those it may have. Others are nobody's business. */
export interface Members {
  readonly required: Readonly<Record<string, Form>>;
  readonly optional: Readonly<Record<string, Form>>;
}

const identifier = /^[A-Za-z][A-Za-z0-9+.-]*:\S*[A-Za-z0-9._-]$/;

const forms: Readonly<Record<Form, { readonly name: string; readonly holds: (value: unknown) => boolean }>> = {
  string: { name: 'a string', holds: (value) => typeof value === 'string' },
  boolean: { name: 'a boolean', holds: (value) => typeof value === 'boolean' },
  identifier: { name: 'a type identifier', holds: isIdentifier },
  identifiers: { name: 'an array of type identifiers', holds: (value) => isArrayOf(value, isIdentifier) },
  object: { name: 'an object', holds: isObject },
  objects: { name: 'an array of objects', holds: (value) => isArrayOf(value, isObject) },
};

export const resourceMembers: Members = {
  required: { kind: 'identifier', id: 'string' },
  optional: {
    mixins: 'identifiers',
    attributes: 'object',
    actions: 'identifiers',
    links: 'objects',
    summary: 'string',
    title: 'string',
  },
};

export const linkMembers: Members = {
  required: { kind: 'identifier', id: 'string', source: 'object', target: 'object' },
  optional: { mixins: 'identifiers', attributes: 'object', actions: 'identifiers', title: 'string' },
};

/** The object that a value is. @throws Unmet */
export function objectFrom(trial: Trial, value: unknown, what: string): JsonObject {
  trial.must(isObject(value), `${what} is an object`, excerpt(value));
  return value as JsonObject;
}

/** The object that the body of an answer is. @throws Unmet when it is something else, Inconclusive when it is no JSON */
export function objectIn(trial: Trial, reply: Reply): JsonObject {
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  return objectFrom(trial, reply.json, `the answer to ${reply.request}`);
}

/** Says what members an object has. @throws Unmet */
export function has(trial: Trial, object: JsonObject, { required, optional }: Members, what: string): void {
  for (const [name, form] of Object.entries(required)) {
    trial.must(forms[form].holds(object[name]), `${what} has ${name}, ${forms[form].name}`, excerpt(object[name]));
  }
  for (const [name, form] of Object.entries(optional)) {
    const isRight = object[name] === undefined || forms[form].holds(object[name]);
    trial.must(isRight, `the ${name} of ${what} is ${forms[form].name}`, excerpt(object[name]));
  }
}

/** Whether a text is JSON, whatever it says. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An array as it is, and nothing for what is none. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as reports show it. */
export function excerpt(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);
}

/** The type of a value, by the names of attribute descriptions. */
export function jsonType(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && identifier.test(value);
}

function isArrayOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}
