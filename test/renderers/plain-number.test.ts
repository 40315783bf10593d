import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainNumber } from '../../src/renderers/plain-number.ts';

it('writes every finite number in plain digits that read back as the same [TEXT-4.3-b]', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = plainNumber(value);
      expect(text).toMatch(/^-?[0-9]+(?:\.[0-9]+)?$/);
      // There is one zero in text.
      expect(Number(text)).toBe(value === 0 ? 0 : value);
    }),
    { numRuns: 5000, examples: [[-0], [Number.MIN_VALUE], [Number.MAX_VALUE], [1e21], [-1.5e-7]] },
  );
});
