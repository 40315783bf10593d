import { type AttributeType, coerce, guess, type RawValue, type Value } from '../occi/attribute.ts';
import { loadModelFiles } from '../spec/model-files.ts';
import type { Offers } from './offer.ts';

/** The type of an attribute, where somebody has told it. */
export type TypeOf = (attribute: string) => AttributeType | undefined;

/** The types that a server tells, which only JSON can; for attributes of the standard, those the standard tells. */
export function typesOf({ kinds, mixins, actions }: Offers): TypeOf {
  const told = new Map<string, AttributeType>();
  for (const { attributes } of [...kinds, ...mixins, ...actions]) {
    for (const { name, type } of attributes) {
      const known = typeNames.get(type?.toLowerCase() ?? '');
      if (known !== undefined) told.set(name, known);
    }
  }
  return (attribute) => told.get(attribute) ?? standardTypes().get(attribute);
}

/** The names of the standard, and those of older servers. */
const typeNames: ReadonlyMap<string, AttributeType> = new Map([
  ['string', 'string'],
  ['enum', 'string'],
  ['number', 'number'],
  ['integer', 'number'],
  ['float', 'number'],
  ['boolean', 'boolean'],
  ['array', 'array'],
  ['object', 'object'],
]);

let standard: ReadonlyMap<string, AttributeType> | undefined;

function standardTypes(): ReadonlyMap<string, AttributeType> {
  standard ??= new Map(
    loadModelFiles()
      .flatMap(({ kinds, mixins, actions }) => [...kinds, ...mixins, ...actions])
      .flatMap(({ attributes }) => attributes.map(({ name, type }) => [name, type] as const)),
  );
  return standard;
}

/** A value as its type says, however the server writes it; where that cannot be, as it looks. */
export function typedValue(name: string, raw: RawValue, typeOf: TypeOf): Value {
  const type = typeOf(name);
  if (type === undefined) return guess(raw);
  const isTextOfJson = raw.form === 'json' && typeof raw.value === 'string';
  try {
    const written: RawValue = isTextOfJson ? { form: 'quoted', text: String(raw.value) } : raw;
    return coerce({ name, type, mutable: true, required: false }, written);
  } catch {
    return guess(raw);
  }
}
