import { describe, expect, it } from 'vitest';
import { isEnough, tally } from './fault-tally.ts';

describe('The tally of faults', () => {
  it.each([
    { caught: 441, tried: 441, says: '441 of 441 faults caught (100 %; bar 95 %)', enough: true },
    { caught: 440, tried: 441, says: '440 of 441 faults caught (99.7 %; bar 95 %)', enough: true },
    { caught: 19, tried: 20, says: '19 of 20 faults caught (95 %; bar 95 %)', enough: true },
    { caught: 18, tried: 19, says: '18 of 19 faults caught (94.7 %; bar 95 %)', enough: false },
    { caught: 0, tried: 1, says: '0 of 1 faults caught (0 %; bar 95 %)', enough: false },
  ])('$caught of $tried', ({ caught, tried, says, enough }) => {
    expect(tally({ caught, tried })).toBe(`conformance suite: ${says}`);
    expect(isEnough({ caught, tried })).toBe(enough);
  });
});
