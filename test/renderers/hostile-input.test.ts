import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../src/occi/draft.ts';
import { OcciError } from '../../src/occi/errors.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import type { Renderer } from '../../src/renderers/renderer.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { inHeaders, payload } from './home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1024 });
const fieldNames = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'];

/** What comes of an attempt to read: content, or an error that can be shown to a client. */
function outcome(attempt: () => Content): 'read' | 'refused' {
  try {
    attempt();
    return 'read';
  } catch (error) {
    if (!(error instanceof OcciError)) throw error;
    expect(error.message.length).toBeLessThan(500);
    return 'refused';
  }
}

describe('whatever the bytes are, they are read or refused', () => {
  const fragments = [
    '"',
    '\\',
    ';',
    ',',
    '<',
    '>',
    '=',
    "'",
    ' ',
    '\n',
    '\r',
    '\t',
    ':',
    'a',
    'b.c',
    '{',
    '}',
    '[',
    ']',
    '1',
    'é',
    '\0',
  ];
  const words = [
    'Category:',
    'Link: ',
    '\nX-OCCI-Attribute: ',
    'X-OCCI-Location:',
    'scheme="a#"',
    'class=kind',
    '{"kind":',
    '"attributes":',
    '</a?action=b>',
  ];
  const soup = fc.array(fc.constantFrom(...fragments, ...words), { maxLength: 30 }).map((parts) => parts.join(''));

  it.each<[string, Renderer]>([
    ['text/plain', textPlain],
    ['application/occi+json', occiJson],
    ['text/uri-list', uriList],
  ])('in %s bodies', (_, renderer) => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), fc.uint8Array(), (text, bytes) => {
        expect(['read', 'refused']).toContain(outcome(() => renderer.parse(payload(text))));
        expect(['read', 'refused']).toContain(outcome(() => renderer.parse(payload(bytes))));
      }),
      { numRuns: 2000 },
    );
  });

  it('in text/occi headers', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fieldNames), fc.oneof(soup, fc.string()), (name, text) => {
        expect(['read', 'refused']).toContain(outcome(() => headerText.parse(inHeaders({ [name]: text }))));
      }),
      { numRuns: 4000 },
    );
  });
});

describe('a mebibyte takes less than a second, whatever it is', () => {
  const size = 1 << 20;
  const patterns = [
    '"',
    '\\',
    ';',
    ',',
    '<',
    '"\\',
    '\\"',
    ';,',
    '<,',
    '",',
    '"<',
    '<>,',
    '\\;',
    ' ',
    '\n',
    '\n ',
    'x\n ',
    'a=1,',
    'a;',
    "='",
    '[',
    '{"a":',
    '"\\"",',
    'a: ',
    'a""',
  ];
  const beginnings = {
    'text/plain': [
      ...fieldNames.map((name) => `${name}: `),
      'Category: a; scheme="',
      'Link: </a>; ',
      'X-OCCI-Attribute: a.b="',
      '',
    ],
    json: ['', '[', '["', '{"title":"'],
  };

  const timed = (attempt: () => Content) => {
    const start = performance.now();
    outcome(attempt);
    return performance.now() - start;
  };

  it.each(patterns)(
    'of %j',
    (pattern) => {
      const filling = pattern.repeat(Math.ceil(size / pattern.length));
      for (const beginning of beginnings['text/plain']) {
        for (const end of ['', '"']) {
          const body = payload(beginning + filling + end);
          expect(timed(() => textPlain.parse(body))).toBeLessThan(1000);
        }
      }
      for (const name of fieldNames) {
        const request = inHeaders({ [name]: filling });
        expect(timed(() => headerText.parse(request))).toBeLessThan(1000);
      }
      for (const beginning of beginnings.json) {
        const body = payload(`${beginning}${filling}"}`);
        expect(timed(() => occiJson.parse(body))).toBeLessThan(1000);
      }
    },
    30_000,
  );
});
