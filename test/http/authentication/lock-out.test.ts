import { describe, expect, it } from 'vitest';
import { LockOut } from '../../../src/http/authentication/basic/lock-out.ts';

describe('lock-out', () => {
  const start = () => {
    const clock = { now: 1_000_000 };
    const lockOut = new LockOut({ free: 3, forgivenMs: 60_000, longestMs: 8000, capacity: 100, now: () => clock.now });
    return { clock, lockOut };
  };

  it('waits twice as long after each further failure, up to the longest', () => {
    const { clock, lockOut } = start();
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      lockOut.begin('a');
      waits.push(lockOut.wait('a'));
      clock.now += lockOut.wait('a');
    }
    expect(waits.slice(0, 6)).toEqual([0, 0, 1000, 2000, 4000, 8000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(8000);
    expect(lockOut.wait('b')).toBe(0);
  });

  it('counts failures that are some time apart as a whole', () => {
    const { clock, lockOut } = start();
    for (let failure = 0; failure < 3; failure += 1) {
      clock.now += 10;
      lockOut.begin('a');
    }
    expect(lockOut.wait('a')).toBe(1000);
  });

  it('counts tries from their beginning, so that many at once are counted, too', () => {
    const { lockOut } = start();
    for (let guess = 0; guess < 20; guess += 1) lockOut.begin('a');
    expect(lockOut.wait('a')).toBe(8000);
  });

  it('forgets failures with time', () => {
    const { clock, lockOut } = start();
    lockOut.begin('a');
    lockOut.begin('a');
    clock.now += 120_000;
    lockOut.begin('a');
    lockOut.begin('a');
    expect(lockOut.wait('a')).toBe(0);
  });

  it('takes back a try that was none, and all after a success', () => {
    const { lockOut } = start();
    for (let failure = 0; failure < 3; failure += 1) lockOut.begin('a');
    expect(lockOut.wait('a')).toBe(1000);
    lockOut.takeBack('a');
    expect(lockOut.wait('a')).toBe(0);
    lockOut.begin('a');
    lockOut.forget('a');
    expect(lockOut.size).toBe(0);
    lockOut.begin('a');
    lockOut.takeBack('a');
    lockOut.takeBack('a');
    expect(lockOut.size).toBe(0);
  });

  it('is bounded', () => {
    const { lockOut } = start();
    for (let key = 0; key < 10_000; key += 1) lockOut.begin(String(key));
    expect(lockOut.size).toBe(100);
  });
});
