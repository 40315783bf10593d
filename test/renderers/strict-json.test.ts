import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OcciError } from '../../src/occi/errors.ts';
import { type JsonValue, readJson } from '../../src/renderers/strict-json.ts';

/** Maps as the objects that JSON.parse makes. */
function asParsed(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(asParsed);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, asParsed(inner)]));
  return value;
}

/** What is read, or that it is refused. */
function attempt(
  read: () => unknown,
  refusal: new (...parameters: never[]) => Error,
): { readonly read: unknown } | 'refused' {
  try {
    return { read: read() };
  } catch (error) {
    if (error instanceof refusal) return 'refused';
    throw error;
  }
}

describe('RFC 8259 JSON', () => {
  it('is read as JSON.parse reads it [JSON-3-a]', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), (text) => {
        expect(asParsed(readJson(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('has the strings and numbers of JSON.parse, and no others [JSON-X-d]', () => {
    const inside = fc.string({ unit: fc.constantFrom(...'\\"/bfnrtuxU0019aF+-.eE \n\t\u001f\u007f😀') });
    fc.assert(
      fc.property(inside, fc.boolean(), (characters, isString) => {
        const text = isString ? `"${characters}"` : characters;
        const parsed = attempt(() => JSON.parse(text), SyntaxError);
        // What no double can hold is refused, as no rendering could write it.
        const isTooLarge = parsed !== 'refused' && Math.abs(Number(parsed.read)) === Number.POSITIVE_INFINITY;
        expect(attempt(() => readJson(text), OcciError)).toEqual(isTooLarge ? 'refused' : parsed);
      }),
      {
        numRuns: 5000,
        examples: [
          ['\\u00e9\\n\\/', true],
          ['-0.5e+1', false],
          ['-9e999', false],
        ],
      },
    );
  });

  it('may have strings with millions of escapes, closed or not', () => {
    const escapes = '\\"'.repeat(2 ** 24);
    expect(readJson(`"${escapes}"`)).toHaveLength(2 ** 24);
    expect(() => readJson(`"${escapes}`)).toThrow(OcciError);
  });
});
