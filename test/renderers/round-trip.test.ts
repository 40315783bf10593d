import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OcciError } from '../../src/occi/errors.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { itReadsTheLocationsItLists, itReadsWhatItWrites } from './contract.ts';
import { contextAt, favourite, L1, lampWith, P1 } from './home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1 << 20 });

describe('text/plain', () => {
  itReadsWhatItWrites(textPlain);
  itReadsTheLocationsItLists(textPlain);
});

describe('text/occi', () => {
  itReadsWhatItWrites(headerText);
  itReadsTheLocationsItLists(headerText);
});

describe('application/occi+json', () => {
  itReadsWhatItWrites(occiJson);
});

describe('text/uri-list', () => {
  itReadsTheLocationsItLists(uriList);
});

describe('header injection', () => {
  const context = contextAt();
  const anything = fc.string({ unit: 'binary' });
  const dangerous = fc.oneof(anything, fc.constantFrom('\r\nSet-Cookie: a=b', '\n', '\0', 'a\u0085b', '>\r\n'));

  it('is impossible: no header ever holds CR, LF or NUL, and no line breaks apart', () => {
    fc.assert(
      fc.property(dangerous, dangerous, dangerous, (title, target, kind) => {
        const link = { 'occi.core.target': target, 'occi.core.target.kind': kind };
        const linked = {
          entity: L1.entity,
          links: [{ ...P1.entity, attributes: { ...P1.entity.attributes, ...link } }],
        };
        const attempts = [
          () => headerText.entity(lampWith({ 'occi.core.title': title, 'x.y': [target] }), context, 'text/occi'),
          () => headerText.entity(linked, context, 'text/occi'),
          () => headerText.mixins([{ ...favourite, title }], context, 'text/occi'),
        ];
        for (const attempt of attempts) {
          try {
            for (const value of Object.values(attempt().headers ?? {})) {
              expect(value).not.toMatch(/[\0\r\n]/);
              expect(value.isWellFormed()).toBe(true);
            }
          } catch (error) {
            if (!(error instanceof OcciError)) throw error;
            expect(error.code).toBe('not-acceptable');
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
