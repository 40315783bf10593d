import { guess, type RawValue, sameValue } from './attribute.ts';
import { core, type Entity } from './entity.ts';

/** Which members of a collection are meant (GFD.223 §7, GFD.185 §3.4): all conditions hold at once. */
export interface Filter {
  /** Type identifiers; the entity is of this kind or has this mixin. */
  readonly categories: readonly string[];
  readonly attributes: readonly AttributeCondition[];
}

export interface AttributeCondition {
  readonly name: string;
  readonly value: RawValue;
}

/** The filter that lets everything pass. */
export const noFilter: Filter = { categories: [], attributes: [] };

/**
 * Whether an entity passes. Comparison is typed by the entity's own value: `40.0` matches the number 40, a quoted
 * `"40"` matches the string and, since clients of 1.1 quote everything, the number.
 */
export function matches(filter: Filter, entity: Entity): boolean {
  return (
    filter.categories.every((id) => entity.kind === id || entity.mixins.includes(id)) &&
    filter.attributes.every((condition) => holds(condition, entity))
  );
}

function holds({ name, value }: AttributeCondition, entity: Entity): boolean {
  if (!Object.hasOwn(entity.attributes, name)) return false;
  const actual = entity.attributes[name] as NonNullable<(typeof entity.attributes)[string]>;
  if (value.form === 'json') return sameValue(actual, value.value);
  if (typeof actual === 'string') {
    return actual === value.text || (name === core.id && actual === `urn:uuid:${value.text}`);
  }
  return sameValue(actual, guess({ form: 'bare', text: value.text }));
}
