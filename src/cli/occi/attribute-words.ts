import type { Attributes, Catalogue, Value } from '../../client/index.ts';
import { coerce } from '../../occi/attribute.ts';
import { UsageError } from './usage-error.ts';

/** The words before and after the equals sign. @throws UsageError */
export function pairIn(word: string, option: string): readonly [name: string, value: string] {
  const at = word.indexOf('=');
  if (at > 0) return [word.slice(0, at).trim(), word.slice(at + 1)];
  throw new UsageError(`${option} ${word} has no value`, `write ${option} name=value`);
}

/**
 * Attributes as they are typed, `occi.compute.cores=2`, with values of the types that server or standard tell. Where
 * nobody tells one, a value is text, or what it is said to be: `num(2)`, `float(2.5)`, `bool(true)`.
 *
 * @throws UsageError when a value is not of its type
 */
export function attributesIn(catalogue: Catalogue, words: readonly string[] = [], option = '--attribute'): Attributes {
  return Object.fromEntries(
    words.map((word) => {
      const [name, text] = pairIn(word, option);
      return [name, typedWord(catalogue, name, text)] as const;
    }),
  );
}

function typedWord(catalogue: Catalogue, name: string, text: string): Value {
  const [, cast, inner = ''] = /^(num|float|bool)\((.*)\)$/s.exec(text) ?? [];
  if (cast !== undefined) return typed(name, inner, cast === 'bool' ? 'boolean' : 'number');
  // Quotes that the shell has left belong to the way it is written, not to the value.
  const bare = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  return typed(name, bare, catalogue.typeOf(name) ?? 'string');
}

function typed(name: string, text: string, type: NonNullable<ReturnType<Catalogue['typeOf']>>): Value {
  try {
    return coerce({ name, type, mutable: true, required: false }, { form: 'bare', text });
  } catch (cause) {
    throw new UsageError((cause as Error).message, `write ${name}=${examples[type]}`, { cause });
  }
}

const examples = { string: 'text', number: '2', boolean: 'true', array: '\'["a"]\'', object: '\'{"a":1}\'' } as const;
