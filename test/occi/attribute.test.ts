import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttributeDefinition,
  type AttributeType,
  coerce,
  guess,
  type Pattern,
  type RawValue,
  sameValue,
  typeOf,
  type Value,
} from '../../src/occi/attribute.ts';
import { OcciError } from '../../src/occi/errors.ts';

const define = (type: AttributeType, pattern?: Pattern): AttributeDefinition => ({
  name: 'test.lab.value',
  type,
  mutable: true,
  required: false,
  ...(pattern === undefined ? {} : { pattern }),
});
const bare = (text: string): RawValue => ({ form: 'bare', text });
const quoted = (text: string): RawValue => ({ form: 'quoted', text });
const json = (value: Value): RawValue => ({ form: 'json', value });

function refusal(attempt: () => unknown): OcciError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof OcciError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const anyText = fc.string({ unit: 'binary' });
const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
const { value: anyValue } = fc.letrec<{ value: Value; scalar: string | number | boolean }>((tie) => ({
  scalar: fc.oneof(anyText, anyNumber, fc.boolean()),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('scalar'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('GFD.229 §4.3 reading attribute values', () => {
  it.each([
    ['number', '40', 40],
    ['number', '-1', -1],
    ['number', '+2', 2],
    ['number', '0.006', 0.006],
    ['number', '.5', 0.5],
    ['number', '5.', 5],
    ['number', '1e3', 1000],
    ['number', '2.5E-1', 0.25],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['string', '40', '40'],
    ['string', 'true', 'true'],
    ['string', '', ''],
    ['array', '[1,"a",{"b":false}]', [1, 'a', { b: false }]],
    ['object', '{"a":[],"b":{}}', { a: [], b: {} }],
  ] as const)('reads %s from %j, quoted or bare [TEXT-4.3-c]', (type, text, value) => {
    expect(coerce(define(type), bare(text))).toEqual(value);
    expect(coerce(define(type), quoted(text))).toEqual(value);
  });

  it.each([
    ['number', ''],
    ['number', '.'],
    ['number', '-'],
    ['number', '1e'],
    ['number', ' 1'],
    ['number', '0x10'],
    ['number', 'Infinity'],
    ['number', '1e999'],
    ['number', 'forty'],
    ['boolean', 'True'],
    ['boolean', '1'],
    ['boolean', ''],
    ['array', '1,2'],
    ['array', '{}'],
    ['object', '[]'],
    ['object', 'null'],
    ['object', '{"a":null}'],
    ['object', '"text"'],
  ] as const)('refuses %s from %j and names both [CORE-5.3.2-e]', (type, text) => {
    const error = refusal(() => coerce(define(type), quoted(text)));
    expect(error.code).toBe('attribute-value');
    expect(error.message).toBe(`test.lab.value must be of type ${type}, not ${JSON.stringify(text)}`);
    expect(error.details.token).toBe(text);
  });

  it('keeps every text as it is for a string', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(bare, quoted), (text, form) => {
        expect(coerce(define('string'), form(text))).toBe(text);
      }),
    );
  });

  it('reads every number back from the way it is written', () => {
    fc.assert(
      fc.property(anyNumber, fc.constantFrom(bare, quoted), (number, form) => {
        expect(coerce(define('number'), form(String(number))) === number).toBe(true);
      }),
    );
  });

  it('reads every list and hash back from its JSON text', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const type = typeOf(value);
        fc.pre(type === 'array' || type === 'object');
        expect(sameValue(coerce(define(type), quoted(JSON.stringify(value))), value)).toBe(true);
      }),
    );
  });
});

describe('GFD.226 §3.5 JSON values', () => {
  it('takes them at their word [JSON-3.5-b]', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(coerce(define(typeOf(value)), json(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['number', '40'],
    ['boolean', 'true'],
    ['string', 40],
    ['array', { 0: 'a' }],
    ['object', ['a']],
  ] as const)('does not make %s of %j [JSON-3.5-b]', (type, value) => {
    expect(refusal(() => coerce(define(type), json(value))).message).toBe(
      `test.lab.value must be of type ${type}, not ${JSON.stringify(value)}`,
    );
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d, which JSON parsers make of 1e999',
    (value) => {
      expect(refusal(() => coerce(define('number'), json(value))).message).toContain('must be a finite number');
    },
  );
});

describe('GFD.221 §5.3.2 patterns', () => {
  it.each([
    ['number', { minimum: 1 }, 1, 0.5, 'must be at least 1'],
    ['number', { maximum: 4095 }, 4095, 4096, 'must be at most 4095'],
    ['number', { exclusiveMinimum: 0 }, 0.006, 0, 'must be more than 0'],
    ['number', { multipleOf: 1 }, 3, 3.5, 'must be a whole number'],
    ['number', { enum: [1, 2] }, 2, 3, 'must be one of 1, 2'],
    ['string', { enum: ['x86', 'x64'] }, 'x64', 'arch', 'must be one of x86, x64'],
    ['string', { minLength: 2 }, 'ab', 'a', 'must have at least 2 characters'],
    ['string', { maxLength: 2 }, 'ab', 'abc', 'must have at most 2 characters'],
    ['string', { pattern: '^\\S+$' }, 'ab', 'a b', 'must match ^\\S+$'],
    ['boolean', { minimum: 1 }, false, undefined, ''],
    ['string', { minimum: 1 }, '0', undefined, ''],
    ['number', { minLength: 2, pattern: 'a' }, 1, undefined, ''],
  ] as const)('%s with %j lets %j pass and refuses %j [CORE-5.3.2-g]', (type, pattern, good, bad, problem) => {
    expect(coerce(define(type, pattern), json(good))).toBe(good);
    expect(coerce(define(type, pattern), quoted(String(good)))).toBe(good);
    if (bad === undefined) return;
    const error = refusal(() => coerce(define(type, pattern), quoted(String(bad))));
    expect(error.code).toBe('attribute-value');
    expect(error.message).toBe(`test.lab.value ${problem}, not ${JSON.stringify(String(bad))}`);
  });

  it('holds every part of a pattern at once', () => {
    const definition = define('number', { minimum: 0, maximum: 4095, multipleOf: 1 });
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: -10, max: 5000 }), fc.double({ min: -1, max: 5000, noNaN: true })),
        (number) => {
          const fits = number >= 0 && number <= 4095 && Number.isInteger(number);
          const attempt = () => coerce(definition, json(number));
          if (fits) expect(attempt()).toBe(number);
          else expect(attempt).toThrow(OcciError);
        },
      ),
    );
  });
});

describe('values of attributes that nobody declares', () => {
  it.each([
    [quoted('40'), '40'],
    [quoted('true'), 'true'],
    [bare('40'), 40],
    [bare('true'), true],
    [bare('false'), false],
    [bare('foobar'), 'foobar'],
    [bare('1e999'), '1e999'],
    [json([1]), [1]],
  ])('%j is taken for %j [TEXT-4.3-c]', (raw, value) => {
    expect(guess(raw)).toEqual(value);
  });
});

describe('sameness of values', () => {
  it('holds between a value and its copy', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(sameValue(value, JSON.parse(JSON.stringify(value)) as Value)).toBe(true);
      }),
    );
  });

  it('holds in both directions or in none, and only between values with the same JSON text up to order', () => {
    const canonical = (value: Value): string =>
      JSON.stringify(value, (_name, member: unknown) =>
        typeof member === 'object' && !Array.isArray(member) ? Object.entries(member as object).toSorted() : member,
      );
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(sameValue(a, b)).toBe(sameValue(b, a));
        if (sameValue(a, b)) expect(canonical(a)).toBe(canonical(b));
      }),
    );
  });

  it.each<[Value, Value]>([
    [40, '40'],
    [1, true],
    [[], {}],
    [['a'], { 0: 'a' }],
    [[1], [1, 2]],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, 'a'],
    [{ a: { b: [] } }, { a: { b: {} } }],
    [{ toString: 'a' }, { a: 'a' }],
  ])('does not hold between %j and %j', (a, b) => {
    expect(sameValue(a, b)).toBe(false);
    expect(sameValue(b, a)).toBe(false);
  });

  it('does not depend on the order of the members of a hash', () => {
    expect(sameValue({ a: 1, b: [true] }, { b: [true], a: 1 })).toBe(true);
  });
});
