import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LowestFree } from '../../src/agent/lowest-free.ts';

describe('the lowest free number', () => {
  it('is handed out, whatever was taken and released before', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('hold' as const), number: fc.bigInt(0n, 9n) }),
      fc.record({ do: fc.constant('release' as const), number: fc.bigInt(0n, 9n) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const numbers = new LowestFree();
        const taken = new Set<bigint>();
        for (const one of steps) {
          if (one.do === 'take') {
            const expected = [2n, 3n, 4n, 5n, 6n, 8n].find((number) => !taken.has(number));
            expect(numbers.take(2n, 8n, 7n)).toBe(expected);
            if (expected !== undefined) taken.add(expected);
          } else if (one.do === 'hold') {
            numbers.hold(one.number);
            taken.add(one.number);
          } else {
            numbers.release(one.number);
            taken.delete(one.number);
          }
          expect(numbers.isEmpty).toBe(taken.size === 0);
        }
        for (const number of taken) expect(numbers.has(number)).toBe(true);
      }),
    );
  });

  it('is looked for anew in another range', () => {
    const numbers = new LowestFree();
    expect([numbers.take(1n, 9n), numbers.take(1n, 9n), numbers.take(0n, 9n), numbers.take(0n, 9n)]).toEqual([
      1n,
      2n,
      0n,
      3n,
    ]);
  });
});
