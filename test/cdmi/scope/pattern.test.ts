import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../src/cdmi/scope/pattern.ts';

describe('POSIX extended regular expressions [CDMI-S2]', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['', ['', 'x'], []],
    ['b', ['abc', 'b'], ['', 'ac']],
    ['^ab?c+$', ['ac', 'abcc'], ['ab', 'xac', 'ac\n']],
    ['^(a|bc){2,3}$', ['aa', 'bca', 'aaa'], ['a', 'aaaa']],
    ['^.$', ['a', '\n', '€', '💡'], ['', 'ab']],
    ['^[[:alpha:]_][[:alnum:]_]*$', ['a1', '_'], ['1a', '', 'a-']],
    ['^[^[:space:]]+$', ['ab'], ['a b', '']],
    ['^[]a]+$', [']a]'], ['b', '[']],
    ['^[^]a]$', ['b'], [']', 'a']],
    ['^[]\\]+$', [']', '\\'], ['a', '']],
    ['^[^]\\]$', ['a'], [']', '\\']],
    ['^[\\d]+$', ['\\', 'd\\d'], ['7']],
    ['^[\\]$', ['\\'], [']', '']],
    ['^[a\\]b]$', ['ab]', '\\b]'], ['a', ']', 'b]']],
    ['\\[a\\]', ['[a]'], ['a']],
    ['^a\\.b$', ['a.b'], ['axb']],
    ['^[[:digit:]-]+$', ['1-2'], ['a']],
  ])('%s', (pattern, matching, others) => {
    const matches = compilePattern(pattern);
    for (const text of matching) expect(matches(text), text).toBe(true);
    for (const text of others) expect(matches(text), text).toBe(false);
  });

  it.each([
    ['(a', /the regular expression "\(a" is none/],
    ['[a', /is none/],
    ['*', /is none/],
    ['[[:nothing:]]', /is none/],
    ['a{2,1}', /is none/],
    ['(?=a)', /is none/],
    ['(a)\\1', /is none/],
    ['a{1001}', /is none/],
    ['(a{20}){20}', /is too big: .* steps, more than 256/],
  ])('%s is refused', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(a?){30}(a){30}$', '(a|b)*a(a|b){15}$'])(
    '%s is done with a long text in a time that grows with it',
    (pattern) => {
      expect(compilePattern(pattern)(`${'ab'.repeat(10)}${'a'.repeat(60_000)}!`)).toBe(false);
    },
  );

  it('are matched against the beginning of what is longer', () => {
    expect(compilePattern('b')(`${'a'.repeat(65_535)}b`)).toBe(true);
    expect(compilePattern('b')(`${'a'.repeat(65_536)}b`)).toBe(false);
  });

  it('mean what they mean elsewhere, where that is the same', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)');
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}')).map((parts) => parts.join(''));
    const pattern = fc.tuple(fc.constantFrom('', '^'), fc.array(piece, { maxLength: 5 }), fc.constantFrom('', '$'));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, ([start, pieces, end], one) => {
        const written = `${start}${pieces.join('')}${end}`;
        expect(compilePattern(written)(one)).toBe(new RegExp(written, 's').test(one));
      }),
    );
  });
});
