import type { AttributeDefinition, Attributes, AttributeType, Value } from '../occi/attribute.ts';
import { core } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';

/** Values for what has to be given when an entity of a kind is created, besides what is given. */
export function requiredAttributes(model: Pick<Model, 'definitions'>, kind: string, given: Attributes): Attributes {
  const wanted = [...model.definitions(kind, []).values()].filter(
    // What is immutable is nobody's to give but the server's, whether it calls it required or not.
    ({ name, required, mutable, default: fallback }) =>
      required && mutable && fallback === undefined && !(name in given) && !Object.values<string>(core).includes(name),
  );
  return Object.fromEntries(wanted.map((definition) => [definition.name, sample(definition)]));
}

/** A value for an attribute of which nothing is known but how it is described. */
function sample({ type, pattern = {} }: AttributeDefinition): Value {
  const { enum: values = [], minimum = 1, maximum = Number.POSITIVE_INFINITY, minLength = 1 } = pattern;
  const samples: Readonly<Record<AttributeType, Value>> = {
    string: 'x'.repeat(minLength),
    number: Math.min(Math.max(1, minimum), maximum),
    boolean: true,
    array: [],
    object: {},
  };
  return values[0] ?? samples[type];
}
