import { describe, expect, it } from 'vitest';
import type { RawValue } from '../../src/occi/attribute.ts';
import { emptyContent } from '../../src/occi/draft.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { draftOf, inHeaders, parseBody, payload, refusal } from './home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1024 });
const lamp = 'lamp; scheme="http://lab.test/occi/home#"; class="kind"';

const attributesIn = (value: string): Readonly<Record<string, RawValue>> =>
  Object.fromEntries(draftOf(headerText.parse(inHeaders({ 'X-OCCI-Attribute': value }))).attributes);
const categoryIn = (value: string) => draftOf(headerText.parse(inHeaders({ Category: value }))).categories[0];
const linkIn = (value: string) => draftOf(headerText.parse(inHeaders({ Link: value }))).links[0];
const quoted = (text: string): RawValue => ({ form: 'quoted', text });
const bare = (text: string): RawValue => ({ form: 'bare', text });

describe('GFD.229 §6 lines of text/plain', () => {
  const expected = draftOf(
    parseBody(textPlain, `Category: ${lamp}\nX-OCCI-Attribute: a.b="c"\nX-OCCI-Attribute: a.c=1`),
  );

  it.each(['\n', '\r\n', '\n\r', '\r', '\n\n', '\r\n \t\r\n'])('end in %j [TEXT-6-b]', (end) => {
    const lines = [`Category: ${lamp}`, 'X-OCCI-Attribute: a.b="c"', 'X-OCCI-Attribute: a.c=1', ''];
    expect(draftOf(parseBody(textPlain, lines.join(end)))).toEqual(expected);
  });

  it.each([
    ['names in any case', `CATEGORY: ${lamp}\nx-occi-attribute: a.b="c"\nx-OCCI-attribute: a.c=1`],
    [
      'blanks before names and colons',
      `  \n Category : ${lamp}\n\tX-OCCI-Attribute:a.b="c"\nX-OCCI-Attribute:   a.c=1  `,
    ],
    ['several values in a line', `Category: ${lamp},\nX-OCCI-Attribute: a.b="c", , a.c=1,`],
    [
      'continuation lines',
      'Category: lamp;\n scheme="http://lab.test/occi/home#";\n\tclass="kind"\nX-OCCI-Attribute: a.b="c",\n  a.c=1',
    ],
    ['a byte order mark', `\ufeffCategory: ${lamp}\nX-OCCI-Attribute: a.b="c"; a.c=1`],
  ])('have %s', (_, body) => {
    expect(draftOf(parseBody(textPlain, body))).toEqual(expected);
  });

  it('go on inside a quoted string, the line break being a blank', () => {
    const title = (body: string) => draftOf(parseBody(textPlain, body)).attributes.get('a.t');
    expect(title('X-OCCI-Attribute: a.t="two\r\n   words"')).toEqual(quoted('two words'));
    expect(title('X-OCCI-Attribute: a.t="two \n words"')).toEqual(quoted('two words'));
  });

  it.each(['', '\n', ' \r\n'])('say nothing when there are none: %j', (body) => {
    expect(parseBody(textPlain, body)).toEqual(emptyContent);
  });

  it.each(['OK', 'X-Other: a', 'Category', '{"kind":"a"}'])(
    'are refused when unknown, with their place: %s',
    (line) => {
      const { code, details, message } = refusal(() => parseBody(textPlain, `Category: ${lamp}\n${line}`));
      expect(code).toBe('syntax');
      expect(details).toEqual({ position: { line: 2, column: 1 }, token: line });
      expect(message).toContain('X-OCCI-Attribute');
    },
  );

  it('hold locations', () => {
    expect(
      parseBody(textPlain, 'X-OCCI-Location: /a/1, <http://occi.lab.test/a/2>\nx-occi-location: http://x/3'),
    ).toEqual({
      drafts: [],
      locations: ['/a/1', 'http://occi.lab.test/a/2', 'http://x/3'],
      plural: false,
    });
  });
});

describe('GFD.229 §7 text/occi', () => {
  it('ignores a body [X-1]', () => {
    const request = { ...inHeaders({ category: lamp }), body: payload('Nonsense').body };
    expect(draftOf(headerText.parse(request)).categories).toHaveLength(1);
    expect(headerText.parse(payload('OK'))).toEqual(emptyContent);
  });

  it('takes one header with a list for several, empty elements not counting [TEXT-7-d]', () => {
    const content = headerText.parse(inHeaders({ Category: `${lamp},, a; scheme="b#", ` }));
    expect(draftOf(content).categories.map(({ id }) => id)).toEqual(['http://lab.test/occi/home#lamp', 'b#a']);
  });

  it('names header, column and token in errors', () => {
    const { details } = refusal(() => attributesIn('a.ü="x", b="y'));
    expect(details).toEqual({ position: { line: 1, column: 1, field: 'X-OCCI-Attribute' }, token: 'a.ü' });
    const open = refusal(() => attributesIn('a.b="x", b="y'));
    expect(open.details).toEqual({ position: { line: 1, column: 12, field: 'X-OCCI-Attribute' }, token: '"y' });
  });
});

describe('GFD.229 §4.1 Category', () => {
  it('is read in full, in any order, with what is unknown left out', () => {
    const text = `${lamp}; x-y; title="A; \\"lamp\\", ok"; foo=bar; location=/lamp/; rel="a#b c#d"; attributes="a{required}"; actions="e#f"`;
    expect(categoryIn(text)).toEqual({
      id: 'http://lab.test/occi/home#lamp',
      scheme: 'http://lab.test/occi/home#',
      term: 'lamp',
      class: 'kind',
      title: 'A; "lamp", ok',
      location: '/lamp/',
      related: ['a#b', 'c#d'],
      applies: [],
      attributes: [{ name: 'a', mutable: true, required: true }],
      actions: ['e#f'],
    });
  });

  it('may have empty values, which say nothing', () => {
    const text = 'lamp; scheme="a#"; title=""; location=""; rel=""; attributes=""; actions=""';
    expect(categoryIn(text)).toEqual({
      id: 'a#lamp',
      scheme: 'a#',
      term: 'lamp',
      related: [],
      applies: [],
      attributes: [],
      actions: [],
    });
  });

  it.each(['kind', '"kind"', "'kind'", 'KIND', ' "Kind" '])('has a class written as %s [TEXT-4.1-b]', (written) => {
    expect(categoryIn(`lamp ;scheme="a#";class=${written};;`)?.class).toBe('kind');
  });

  it.each([
    ['lamp', 'has no scheme'],
    ['lamp; scheme=""; class="kind"', 'has no scheme'],
    ['lamp; class="thing"; scheme="a#"', 'no class'],
    ['term=lamp; scheme="a#"', 'begins with its term'],
    ['; scheme="a#"', 'no term'],
    ['la mp; scheme="a#"', 'no term'],
    ['lamp; scheme="a#', 'not closed'],
    ["lamp; scheme='a#", 'not closed'],
    ['lamp; scheme="a#\\"', 'not closed'],
    ['lamp; scheme="a#" class="kind"', 'not expected'],
    ['la"mp; scheme="a#"', 'not expected'],
    ['"lamp" scheme="a#"', 'not expected'],
  ])('is refused: %s', (text, problem) => {
    const error = refusal(() => categoryIn(text));
    expect(error.code).toBe('syntax');
    expect(error.message).toContain(problem);
    expect(error.details.position?.field).toBe('Category');
  });
});

describe('GFD.229 §4.3 X-OCCI-Attribute', () => {
  it('is typed by its quotes [TEXT-4.3-a]', () => {
    expect(attributesIn('a.s="2", a.n=2, a.b=true, a.f = 1.0 , a.e=1e3')).toEqual({
      'a.s': quoted('2'),
      'a.n': bare('2'),
      'a.b': bare('true'),
      'a.f': bare('1.0'),
      'a.e': bare('1e3'),
    });
  });

  it('may have separators inside its quotes [TEXT-4.3-c]', () => {
    const value = 'occi.compute.memory=3.6, occi.core.title="Quote escaping? \\", occi.compute.memory=1.0"';
    expect(attributesIn(value)).toEqual({
      'occi.compute.memory': bare('3.6'),
      'occi.core.title': quoted('Quote escaping? ", occi.compute.memory=1.0'),
    });
    expect(attributesIn('a.b="<;,=>\\\\ \\x"')).toEqual({ 'a.b': quoted('<;,=>\\ x') });
  });

  it('keeps an apostrophe, an equals sign, and loses quotes in the middle', () => {
    expect(attributesIn('a.b=\'x\', a.c=k=v, a.d=http://"h:1/a,b;c"/d')).toEqual({
      'a.b': bare("'x'"),
      'a.c': bare('k=v'),
      'a.d': bare('http://h:1/a,b;c/d'),
    });
  });

  it('may repeat itself, not contradict itself', () => {
    expect(attributesIn('a.b=1, a.b=1')).toEqual({ 'a.b': bare('1') });
    expect(refusal(() => attributesIn('a.b=1, a.b=2')).message).toContain('given twice');
  });

  it('may be called __proto__ without harm, or be refused', () => {
    expect(refusal(() => attributesIn('__proto__=1')).code).toBe('syntax');
  });

  it.each(['a.b=', 'a.b', 'a.b=,a.c=1', '=1', 'a b=1', 'a.b="x"y', 'a.b="x', 'a.b=x"y', '"a.b"x=1'])(
    'is refused: %s',
    (text) => {
      expect(refusal(() => attributesIn(text)).code).toBe('syntax');
    },
  );

  it('is never repeated at length in an error', () => {
    for (const text of [
      `${'a'.repeat(5000)}`,
      `${'a'.repeat(5000)}=`,
      `${'!'.repeat(5000)}=1`,
      `a.b="${'a'.repeat(5000)}`,
    ]) {
      const { message, details } = refusal(() => attributesIn(text));
      expect(message.length).toBeLessThan(200);
      expect(details.token?.length).toBeLessThan(200);
    }
  });
});

describe('GFD.229 §4.2 Link', () => {
  it('has a target that may hold separators, and attributes', () => {
    expect(linkIn('</a,b;c/1>; rel="x#y"; self="</l/1>"; category="p#q r#s"; a.b="1,2"; a.c=3; other=4;')).toEqual({
      target: '/a,b;c/1',
      rel: ['x#y'],
      self: '/l/1',
      categories: [
        { id: 'p#q', scheme: 'p#', term: 'q', related: [], applies: [], attributes: [], actions: [] },
        { id: 'r#s', scheme: 'r#', term: 's', related: [], applies: [], attributes: [], actions: [] },
      ],
      attributes: new Map([
        ['a.b', quoted('1,2')],
        ['a.c', bare('3')],
      ]),
    });
  });

  it('may do without brackets', () => {
    expect(linkIn('/network/1; rel="x#y"')).toMatchObject({ target: '/network/1', rel: ['x#y'] });
  });

  it.each(['</lamp/1?action=on>', '</lamp/1?x=1&action=on#top>'])(
    'is the echo of an action link: %s [TEXT-4.2-c]',
    (text) => {
      expect(linkIn(`${text}; rel="a#on"`)).toMatchObject({ action: 'on', rel: ['a#on'] });
    },
  );

  it.each(['</a', '<>', '; rel="a"', '</a> rel="b"', '</a>; a.b=1; a.b=2', '</a>; rel="'])('is refused: %s', (text) => {
    expect(refusal(() => linkIn(text)).code).toBe('syntax');
  });

  it('ends its brackets in its own line', () => {
    const { details } = refusal(() => parseBody(textPlain, 'Link: </a\nX-OCCI-Location: /b>'));
    expect(details.position).toEqual({ line: 1, column: 7 });
  });
});

describe('X-OCCI-Location', () => {
  it.each(['</a', '</a> b', '"/a'])('is refused: %s', (text) => {
    expect(refusal(() => headerText.parse(inHeaders({ 'X-OCCI-Location': text }))).code).toBe('syntax');
  });
});

describe('places in a body', () => {
  it.each([
    ['Category: a; scheme="b#"\r\nLink: </x', { line: 2, column: 7 }],
    ['Category: a; scheme="b#"\n\rLink: </x', { line: 2, column: 7 }],
    ['\n\n\nX-OCCI-Attribute: é☂💡', { line: 4, column: 19 }],
    ['X-OCCI-Attribute: a.b="💡💡", c', { line: 1, column: 29 }],
    ['X-OCCI-Attribute: a.b=1,\n c', { line: 2, column: 2 }],
  ])('are counted in lines and characters: %j', (body, position) => {
    expect(refusal(() => parseBody(textPlain, body)).details.position).toEqual(position);
  });
});

describe('text/uri-list (RFC 2483)', () => {
  it('has one URI a line, and comments [TEXT-8-d]', () => {
    expect(parseBody(uriList, '# mine\r\nhttp://a/1\r\n\r\n /b/2 \n#x\n/c')).toEqual({
      drafts: [],
      locations: ['http://a/1', '/b/2', '/c'],
      plural: false,
    });
  });
});

describe('charsets of text [X-8]', () => {
  const title = (bytes: Uint8Array, charset?: string) =>
    draftOf(textPlain.parse(payload(bytes, charset))).attributes.get('a.b');
  const utf8 = Buffer.from('X-OCCI-Attribute: a.b="é"', 'utf8');
  const latin1 = Buffer.from('X-OCCI-Attribute: a.b="é"', 'latin1');

  it.each([undefined, 'utf-8', 'utf8', 'us-ascii'])('%s', (charset) => {
    expect(title(utf8, charset)).toEqual(quoted('é'));
    expect(refusal(() => title(latin1, charset)).code).toBe('syntax');
  });

  it.each(['iso-8859-1', 'latin1'])('%s', (charset) => {
    expect(title(latin1, charset)).toEqual(quoted('é'));
  });

  it('are refused when nobody uses them', () => {
    expect(refusal(() => title(utf8, 'utf-16')).code).toBe('unsupported-media-type');
  });
});
