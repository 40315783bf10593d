import { OcciError, quoteToken, shorten } from './errors.ts';

/** The value of an attribute, typed (GFD.221 §5.3.2: Object, List, Hash; GFD.226 §3.5). */
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };

/** The attributes of an entity, flat, in the order in which they are rendered. Names are opaque (GFD.226 §3.5). */
export type Attributes = Readonly<Record<string, Value>>;

/**
 * A value as a client sent it, before its declared type is known.
 *
 * In the text renderings the way it is written *is* the type (GFD.229 §4.3): quoted means string, bare means number
 * or boolean. Clients of 1.1 quote numbers and leave strings bare all the same, so both are kept until
 * {@link coerce} asks the definition.
 */
export type RawValue =
  | { readonly form: 'quoted' | 'bare'; readonly text: string }
  | { readonly form: 'json'; readonly value: Value };

/** The five type names of the JSON rendering (GFD.226 §3.5.1). */
export type AttributeType = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** A restriction on values: the part of JSON Schema that the model files may use (GFD.226 §3.5.1). */
export interface Pattern {
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  /** As a number, the way JSON Schema has it since draft 6. */
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  /** Whole numbers; other multiples are not needed anywhere. */
  readonly multipleOf?: 1;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** One attribute of a category (GFD.221 §5.3.2). */
export interface AttributeDefinition {
  readonly name: string;
  readonly type: AttributeType;
  readonly mutable: boolean;
  readonly required: boolean;
  readonly default?: Value;
  readonly pattern?: Pattern;
  readonly description?: string;
  /** A unit of measure, for people: `GiB`, `GHz`. */
  readonly unit?: string;
  /** An immutable attribute that the client may still give when the entity is created, and never again. */
  readonly atCreation?: boolean;
  /** The provider finds a value when the client gives none, so leaving it out of a full update does not delete it. */
  readonly generated?: boolean;
}

const numberSyntax = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/**
 * Gives a raw value the declared type.
 *
 * Text is read leniently where the meaning is beyond doubt (`cores="2"`, `title=foo`); JSON is taken at its word
 * (GFD.226 §3.5: `"40"` is no number).
 *
 * @throws OcciError `attribute-value` when the value is not of the type or breaks the pattern
 */
export function coerce(definition: AttributeDefinition, raw: RawValue): Value {
  const value = raw.form === 'json' ? raw.value : fromText(definition, raw.text);
  if (typeOf(value) !== definition.type) {
    throw valueError(definition, raw, `must be of type ${definition.type}`);
  }
  // A JSON parser reads 1e999 as infinity, which no rendering can write.
  if (value === Infinity || value === -Infinity) throw valueError(definition, raw, 'must be a finite number');
  const broken = violation(definition.pattern, value);
  if (broken !== undefined) throw valueError(definition, raw, broken);
  return value;
}

/** A raw value whose attribute is not declared anywhere, as well as its form tells. */
export function guess(raw: RawValue): Value {
  if (raw.form === 'json') return raw.value;
  if (raw.form === 'quoted') return raw.text;
  if (raw.text === 'true' || raw.text === 'false') return raw.text === 'true';
  return numberOrText(raw.text);
}

/** Whether two values are the same, member by member. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([name, value]) => {
      const other = Object.hasOwn(b, name) ? (b as Record<string, Value>)[name] : undefined;
      return other !== undefined && sameValue(value, other);
    })
  );
}

/** The type name of a value. */
export function typeOf(value: Value): AttributeType {
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}

function fromText(definition: AttributeDefinition, text: string): Value {
  switch (definition.type) {
    case 'number':
      return numberOrText(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'array':
    case 'object':
      // The text grammar has no lists or hashes; the JSON text in quotes is what servers and clients exchange.
      try {
        return JSON.parse(text, refuseNull) as Value;
      } catch {
        return text;
      }
    case 'string':
      return text;
  }
}

/** The number a text stands for, or the text when it stands for none. */
function numberOrText(text: string): number | string {
  const number = numberSyntax.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

/** A reviver for JSON.parse: null is no value in OCCI (GFD.226 §3.5). */
function refuseNull(_name: string, value: unknown): unknown {
  if (value === null) throw new TypeError('null is no value');
  return value;
}

/** What is wrong with a value, or undefined. Patterns are compiled once. */
function violation(pattern: Pattern | undefined, value: Value): string | undefined {
  if (pattern === undefined) return undefined;
  if (pattern.enum !== undefined && !pattern.enum.includes(value as string | number)) {
    return `must be one of ${pattern.enum.join(', ')}`;
  }
  if (typeof value === 'number') {
    if (pattern.minimum !== undefined && value < pattern.minimum) return `must be at least ${pattern.minimum}`;
    if (pattern.exclusiveMinimum !== undefined && value <= pattern.exclusiveMinimum) {
      return `must be more than ${pattern.exclusiveMinimum}`;
    }
    if (pattern.maximum !== undefined && value > pattern.maximum) return `must be at most ${pattern.maximum}`;
    if (pattern.multipleOf === 1 && !Number.isInteger(value)) return 'must be a whole number';
  }
  if (typeof value === 'string') {
    if (pattern.minLength !== undefined && value.length < pattern.minLength) {
      return `must have at least ${pattern.minLength} characters`;
    }
    if (pattern.maxLength !== undefined && value.length > pattern.maxLength) {
      return `must have at most ${pattern.maxLength} characters`;
    }
    if (pattern.pattern !== undefined && !compiled(pattern.pattern).test(value)) {
      return `must match ${pattern.pattern}`;
    }
  }
  return undefined;
}

const expressions = new Map<string, RegExp>();

function compiled(source: string): RegExp {
  let expression = expressions.get(source);
  if (expression === undefined) {
    expression = new RegExp(source, 'u');
    expressions.set(source, expression);
  }
  return expression;
}

function valueError(definition: AttributeDefinition, raw: RawValue, problem: string): OcciError {
  const value = raw.form === 'json' ? raw.value : raw.text;
  const token = typeof value === 'string' ? value : JSON.stringify(value);
  // In a message, 40 has to look different from "40".
  const shown = typeof value === 'string' ? quoteToken(token) : shorten(token);
  return new OcciError('attribute-value', `${definition.name} ${problem}, not ${shown}`, { token });
}
