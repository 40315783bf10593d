import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OcciError, quoteToken } from '../../src/occi/errors.ts';

describe('errors for clients', () => {
  it('carry a code, details and the cause', () => {
    const cause = new Error('no route');
    const error = new OcciError('unavailable', 'nobody is there; try again', { retryAfter: 5 }, { cause });
    expect(error).toMatchObject({ name: 'OcciError', code: 'unavailable', details: { retryAfter: 5 }, cause });
    expect(new OcciError('conflict', 'no').details).toEqual({});
  });

  it('show tokens on one line, in quotes, at most 80 characters of them', () => {
    expect(quoteToken('a"b\r\nc')).toBe('"a\\"b\\r\\nc"');
    expect(quoteToken('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
    expect(quoteToken('x'.repeat(81))).toBe(`"${'x'.repeat(80)}…"`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (token) => {
        const shown = JSON.parse(quoteToken(token)) as string;
        expect(token.startsWith(shown.replace(/…$/, '')) || token === shown).toBe(true);
        expect(quoteToken(token)).not.toMatch(/[\r\n\0]/);
      }),
    );
  });
});
