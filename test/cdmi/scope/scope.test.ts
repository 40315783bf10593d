import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/cdmi/object.ts';
import { readCondition } from '../../../src/cdmi/scope/condition.ts';
import { readResults } from '../../../src/cdmi/scope/results.ts';
import { type Offered, readScope } from '../../../src/cdmi/scope/scope.ts';

const all = ['contains', 'tags', 'regex', 'value'] as const satisfies Offered;
const holds = (condition: string, ...texts: readonly string[]) =>
  readCondition(condition, ['contains', 'tags', 'regex'])(texts);

const object: JsonObject = {
  objectType: 'application/cdmi-object',
  objectID: '00007ED90010D891022876A8DE0BC0FD',
  objectName: 'report.txt',
  parentURI: '/cdmi/docs/',
  parentID: '00007ED90009928E00',
  mimetype: 'text/plain',
  metadata: {
    cdmi_size: '108263',
    colour: 'Red, green',
    pages: 12,
    draft: false,
    nothing: null,
    cdmi_acl: [
      { identifier: 'OWNER@', acemask: '0x1' },
      { identifier: 'anna', acemask: '0x2' },
    ],
    nested: { deep: { er: 'x' } },
    list: ['a', 'b'],
    objectID: '00007ed9',
  },
};
const meant = (scope: Json, one: JsonObject = object) => readScope(scope, all)(one);

describe('ISO/IEC 17826 §18 conditions [CDMI-S2]', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['== abc', ['abc'], ['ab', 'abcd', 'ABC', ' abc']],
    ['==abc', ['abc'], ['ab']],
    ['==  abc', [' abc'], ['abc']],
    ['==', [''], ['x', ' ']],
    ['== == x', ['== x'], ['x']],
    ['=== x', ['= x'], ['x']],
    ['!= abc', ['ab', ''], ['abc']],
    ['> b', ['c', 'ba', '€'], ['a', 'b', 'B', '']],
    ['>= b', ['b', 'c'], ['a']],
    ['< b', ['a', '', 'B'], ['b', 'c']],
    ['<= b', ['b', 'a'], ['c']],
    ['> \uffff', ['💡'], ['\ufffe', '€']],
    ['> 9', [], ['10']],
    ['#> 9', ['10', '9.5', '1e3'], ['9', '-10', 'ten', '', '10x', '0x10']],
    ['#== 5', ['5', '5.0', '+5'], ['6', 'five']],
    ['#!= 5', ['6'], ['5', '5.0', 'five']],
    ['#>= -1.5', ['-1.5', '0'], ['-2']],
    ['#< 100000', ['99999'], ['100000']],
    ['#<= 100000', ['100000'], ['100001']],
    ['starts ab', ['ab', 'abc'], ['xab', 'AB']],
    ['!starts ab', ['xab', ''], ['abc']],
    ['ends bc', ['abc'], ['abcd']],
    ['!ends bc', ['abcd'], ['abc']],
    ['contains b', ['abc'], ['ac', 'aBc']],
    ['!contains b', ['ac'], ['abc']],
    ['tag red', ['red', 'Red', 'green, RED ,blue'], ['reddish', 'dark red', '']],
    ['tag Red,green', ['green,red', 'GREEN, red, blue'], ['red', 'green']],
    ['!tag red', ['green'], ['green,red']],
    ['=~ ^a.c$', ['abc'], ['abcd']],
    ['!~ ^a.c$', ['abcd'], ['abc']],
    ['*', ['', 'x'], []],
    ['!*', [], ['', 'x']],
  ])('%j', (condition, matching, others) => {
    for (const text of matching) expect(holds(condition, text), text).toBe(true);
    for (const text of others) expect(holds(condition, text), text).toBe(false);
  });

  it('are not fulfilled by what is not there, but for !*', () => {
    for (const condition of ['== a', '!= a', '#!= 1', '!starts a', '!contains a', '!tag a', '!~ a', '*']) {
      expect(readCondition(condition, ['contains', 'tags', 'regex'])(undefined), condition).toBe(false);
    }
    expect(readCondition('!*', [])(undefined)).toBe(true);
  });

  it('hold for a list where one of it fulfils them, or none must', () => {
    expect(holds('== b', 'a', 'b')).toBe(true);
    expect(holds('!= b', 'a', 'b')).toBe(false);
    expect(holds('!= c', 'a', 'b')).toBe(true);
    expect(holds('!starts a', 'b', 'a')).toBe(false);
    expect(holds('== b')).toBe(false);
  });

  it.each(['', 'abc', '= abc', 'equals a', '~ a', '#starts 1', '** ', '! *', 'starts', 'Starts a'])(
    '%j is refused',
    (condition) => {
      expect(() => holds(condition, 'x')).toThrow(/is not understood/);
    },
  );

  it('say what is wrong with them', () => {
    expect(() => holds('#> ten', '1')).toThrow(/"ten" is no number/);
    expect(() => holds('=~ (', '1')).toThrow(/the regular expression "\(" is none/);
  });

  it.each([
    ['contains a', 'contains'],
    ['!contains a', 'contains'],
    ['tag a', 'tags'],
    ['=~ a', 'regex'],
  ])('%s is refused where cdmi_query_%s is not offered [CDMI-K9]', (condition, capability) => {
    expect(() => readCondition(condition, [])).toThrow(`cdmi_query_${capability} is not offered here`);
  });

  it('order texts by code points, and numbers by what they are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\uffff', '💡'), maxLength: 4 });
    const codes = (one: string) => [...one].map((character) => character.codePointAt(0) as number);
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [codes(a), codes(b)];
        const at = left.findIndex((code, index) => code !== right[index]);
        const less = at === -1 ? left.length < right.length : (left[at] ?? 0) < (right[at] ?? 0);
        expect(holds(`< ${b}`, a)).toBe(less);
        expect(holds(`>= ${b}`, a)).toBe(!less);
        expect(holds(`== ${b}`, a)).toBe(a === b);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (a, b) => {
        expect(holds(`#> ${b}`, String(a))).toBe(a > b);
        expect(holds(`#<= ${b}`, String(a))).toBe(a <= b);
      }),
    );
  });
});

describe('ISO/IEC 17826 §18 scopes [CDMI-S1]', () => {
  it.each<[Json, boolean]>([
    [[], true],
    [[{}], true],
    [[{ objectName: '== report.txt' }], true],
    [[{ objectName: '== report.txt', mimetype: '== image/png' }], false],
    [[{ objectName: '== nothing' }, { mimetype: 'starts text/' }], true],
    [[{ objectName: '== nothing' }, { mimetype: '== image/png' }], false],
    [[{ metadata: { cdmi_size: '#> 100000' } }], true],
    [[{ metadata: { cdmi_size: '#> 100000', colour: 'tag red' } }], true],
    [[{ metadata: { cdmi_size: '#> 100000', colour: 'tag blue' } }], false],
    [[{ metadata: { pages: '#== 12', draft: '== false' } }], true],
    [[{ metadata: { nothing: '*' } }], true],
    [[{ metadata: { nothing: '== null' } }], false],
    [[{ metadata: '*' }], true],
    [[{ metadata: '!*' }], false],
    [[{ metadata: { missing: '!*' } }], true],
    [[{ missing: { too: '!*' } }], true],
    [[{ missing: { too: '*' } }], false],
    [[{ metadata: { nested: { deep: { er: '== x' } } } }], true],
    [[{ metadata: { nested: { deep: '== x' } } }], false],
    [[{ metadata: { list: '== b' } }], true],
    [[{ metadata: { cdmi_acl: { identifier: '== anna', acemask: '== 0x2' } } }], true],
    [[{ metadata: { cdmi_acl: { identifier: '== anna', acemask: '== 0x1' } } }], false],
    [[{ toString: '*' }], false],
    [[{ metadata: { constructor: '!*' } }], true],
  ])('%j', (scope, expected) => {
    expect(meant(scope)).toBe(expected);
  });

  it('take object IDs in any case [CDMI-S3] [CDMI-I3]', () => {
    expect(meant([{ objectID: '== 00007ed90010d891022876a8de0bc0fd' }])).toBe(true);
    expect(meant([{ parentID: 'starts 00007ed9' }])).toBe(true);
    expect(meant([{ objectName: '== REPORT.TXT' }])).toBe(false);
  });

  it('take URIs in the form of a path and by ID [CDMI-S3]', () => {
    const otherForms = { parentURI: ['/cdmi/cdmi_objectid/00007ED90009928E00/'] };
    const asks = (parentURI: string) => readScope([{ parentURI }], all)(object, otherForms);
    expect(asks('== /cdmi/docs/')).toBe(true);
    expect(asks('== /cdmi/cdmi_objectid/00007ED90009928E00/')).toBe(true);
    expect(asks('== /cdmi/cdmi_objectid/00007ed90009928e00/')).toBe(true);
    expect(asks('!= /cdmi/cdmi_objectid/00007ed90009928e00/')).toBe(false);
    expect(asks('== /cdmi/DOCS/')).toBe(false);
    const item = { metadata: { parentURI: 'mine' } };
    expect(readScope([{ metadata: { parentURI: 'starts /' } }], all)(item, otherForms)).toBe(false);
    expect(readScope([{ parentURI: '*' }], all)({}, otherForms)).toBe(false);
  });

  it.each<[Json, RegExp]>([
    [{}, /must be an array of objects/],
    ['', /must be an array of objects/],
    [['== a'], /must be an array of objects/],
    [[[]], /must be an array of objects/],
    [[{ a: 1 }], /no condition for "a"/],
    [[{ a: ['== b'] }], /no condition for "a"/],
    [[{ a: null }], /no condition for "a"/],
    [[{ a: 'b' }], /the condition "b" is not understood/],
    [[Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`n${i}`, '*']))], /more than 1000 conditions/],
  ])('%j is refused', (scope, message) => {
    expect(() => meant(scope)).toThrow(message);
  });

  it('ask for the value where that is offered [CDMI-K9]', () => {
    expect(() => readScope([{ value: 'contains a' }], ['contains'])).toThrow(/cdmi_query_value is not offered/);
    expect(readScope([{ value: 'contains a' }], all)({ value: 'bar' })).toBe(true);
  });

  it('are an OR of ANDs', () => {
    const names = ['a', 'b', 'c'];
    const fields = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 4 }), fields, (scope, one) => {
        const asked = scope.map((wanted) =>
          Object.fromEntries(Object.entries(wanted).map(([name, text]) => [name, `== ${text}`])),
        );
        const expected = scope.some((wanted) => names.every((name) => !(name in wanted) || wanted[name] === one[name]));
        expect(meant(asked, one)).toBe(scope.length === 0 || expected);
      }),
    );
  });
});

describe('ISO/IEC 17826 §19 results [CDMI-S4]', () => {
  it.each<[Json, Json]>([
    [{ objectName: '' }, { objectName: 'report.txt' }],
    [
      { mimetype: '', objectName: '1', missing: '' },
      { objectName: 'report.txt', mimetype: 'text/plain' },
    ],
    [{ metadata: { colour: '', missing: '' } }, { metadata: { colour: 'Red, green' } }],
    [{ metadata: '' }, { metadata: object['metadata'] as Json }],
    [{ metadata: {} }, { metadata: object['metadata'] as Json }],
    [{ objectName: { x: '' } }, { objectName: 'report.txt' }],
    [{ toString: '' }, {}],
    [{}, {}],
    ['', object],
    [{ '': '' }, object],
  ])('%j', (specification, expected) => {
    expect(readResults(specification)(object)).toEqual(expected);
  });

  it.each([null, 7, 'objectName', [[]], []])('%j is refused', (specification) => {
    expect(() => readResults(specification)).toThrow(/must be an object of fields/);
  });
});
