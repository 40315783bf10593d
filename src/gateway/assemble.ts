import { type AttributeDefinition, type Attributes, coerce, sameValue, type Value } from '../occi/attribute.ts';
import type { RawAttributes } from '../occi/draft.ts';
import { core, uuidOf } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Definitions } from '../occi/model.ts';

/** What the server itself says about attributes; it has the last word. */
export type ServerValues = Readonly<Record<string, Value>>;

/** Attributes as a client wants them, each of its declared type. */
export type ClientValues = ReadonlyMap<string, Value>;

/** Attributes that name entities; they are compared and kept as locations. */
const references: ReadonlySet<string> = new Set([core.source, core.target]);

/**
 * Types what a client sent (GFD.221 §5.3.2).
 *
 * @param locate brings a URI reference into the form in which it is kept
 * @throws OcciError `unknown-attribute` or `attribute-value`
 */
export function typed(
  definitions: Definitions,
  raw: RawAttributes,
  locate: (reference: string) => string,
): ClientValues {
  const values = new Map<string, Value>();
  for (const [name, sent] of raw) {
    const definition = definitions.get(name);
    if (definition === undefined) throw unknownAttribute(name, definitions);
    const value = coerce(definition, sent);
    checkText(name, value);
    values.set(name, name === core.id ? urnOf(String(value)) : references.has(name) ? locate(String(value)) : value);
  }
  return values;
}

/** A bare UUID is the same id as its URN; any other id stays as it is. */
function urnOf(id: string): string {
  const uuid = uuidOf(id);
  return uuid === undefined ? id : `urn:uuid:${uuid}`;
}

/**
 * The attributes of a new entity: the server's values, then the client's, then the defaults; where a mixin declares
 * an immutable attribute with a default, as resource templates do, that is the server's value (GFD.224 §3.5.2).
 * What a client says about other immutable attributes at creation is ignored: clients repeat what they once read.
 *
 * @throws OcciError `attribute-required`
 */
export function created(definitions: Definitions, client: ClientValues, server: ServerValues): Attributes {
  return collect(definitions, (definition) => {
    const { name } = definition;
    const sent = definition.mutable || definition.atCreation === true ? client.get(name) : undefined;
    return ownValue(server, name) ?? sent;
  });
}

/**
 * The attributes of an entity after some were changed (GFD.223 §10.3.1) and its definitions, perhaps, with them:
 * what is no longer defined goes, what is newly defined gets its default.
 *
 * @param forced what newly attached templates fix, whatever the client says (GFD.224 §3.5.2)
 * @throws OcciError `attribute-immutable` when a value would change that only the server may change
 */
export function updated(
  definitions: Definitions,
  present: Attributes,
  client: ClientValues,
  forced: ServerValues,
): Attributes {
  checkImmutable(definitions, present, client, forced);
  return collect(definitions, ({ name, mutable }) => {
    const sent = mutable ? client.get(name) : undefined;
    return ownValue(forced, name) ?? sent ?? ownValue(present, name);
  });
}

/**
 * The attributes of an entity after a full update (GFD.223 §10.2.2): mutable ones that were not sent fall back to
 * their default or disappear, unless the provider found the value.
 *
 * @throws OcciError `attribute-immutable`, `attribute-required`
 */
export function replaced(
  definitions: Definitions,
  present: Attributes,
  client: ClientValues,
  forced: ServerValues,
): Attributes {
  checkImmutable(definitions, present, client, forced);
  return collect(definitions, ({ name, mutable, generated }) => {
    const sent = mutable ? client.get(name) : undefined;
    const kept = mutable && generated !== true ? undefined : ownValue(present, name);
    return ownValue(forced, name) ?? sent ?? kept;
  });
}

/** The parameters of an action, with their defaults (GFD.221 §5.3.5). */
export function parameters(definitions: readonly AttributeDefinition[], raw: RawAttributes): Attributes {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const client = typed(byName, raw, (reference) => reference);
  return created(byName, client, {});
}

/** What mixins fix when they are put on an entity: the defaults of attributes that clients cannot change. */
export function forcedBy(mixins: readonly Mixin[]): ServerValues {
  const forced: Record<string, Value> = {};
  for (const { name, mutable, default: value } of mixins.flatMap((mixin) => mixin.attributes)) {
    if (!mutable && value !== undefined) forced[name] = value;
  }
  return forced;
}

function ownValue(attributes: Attributes, name: string): Value | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** A value for every definition that has one, or its default, in the order of the definitions. */
function collect(definitions: Definitions, pick: (definition: AttributeDefinition) => Value | undefined): Attributes {
  const attributes: Record<string, Value> = {};
  for (const definition of definitions.values()) {
    const { name } = definition;
    const value = pick(definition) ?? definition.default;
    if (value !== undefined) attributes[name] = value;
    else if (definition.required) throw new OcciError('attribute-required', `${name} is required`, { token: name });
  }
  return attributes;
}

function checkImmutable(
  definitions: Definitions,
  present: Attributes,
  client: ClientValues,
  forced: ServerValues,
): void {
  for (const [name, value] of client) {
    if (definitions.get(name)?.mutable !== false || Object.hasOwn(forced, name)) continue;
    const own = ownValue(present, name);
    if (own === undefined || !sameValue(own, value)) {
      throw new OcciError('attribute-immutable', `${name} is immutable; leave it out or repeat its present value`, {
        token: name,
      });
    }
  }
}

/** Text that no header or line can carry, and a lone half of a character, are refused before they are stored. */
function checkText(name: string, value: Value): void {
  if (typeof value === 'string') {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be found
    const control = /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(value);
    if (control !== null || !value.isWellFormed()) {
      throw new OcciError(
        'attribute-value',
        `${name} contains a control character or half a character pair, which no text rendering can carry; encode it`,
        { token: value },
      );
    }
  } else if (typeof value === 'object') {
    for (const [member, inner] of Object.entries(value)) {
      checkText(name, member);
      checkText(name, inner);
    }
  }
}

function unknownAttribute(name: string, definitions: Definitions): OcciError {
  const known = [...definitions.keys()].join(' ');
  return new OcciError('unknown-attribute', `there is no attribute ${quoteToken(name)} here, only ${known}`, {
    token: name,
  });
}
