import { describe, expect, it } from 'vitest';
import { ExpiringCache } from '../../../src/http/authentication/expiring-cache.ts';

describe('what is known for a time', () => {
  it('ends when its time has come', () => {
    let now = 0;
    const cache = new ExpiringCache<string>(10, () => now);
    cache.set('a', 'one', 100);
    now = 99;
    expect(cache.get('a')).toBe('one');
    now = 100;
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('is not kept at all when its time is over', () => {
    const cache = new ExpiringCache<string>(10, () => 50);
    cache.set('a', 'one', 100);
    cache.set('a', 'two', 50);
    expect(cache.get('a')).toBeUndefined();
  });

  it('is bounded, and the oldest goes first', () => {
    const cache = new ExpiringCache<number>(3, () => 0);
    for (let key = 0; key < 1000; key += 1) cache.set(String(key), key, 10);
    expect(cache.size).toBe(3);
    expect(['996', '997', '998', '999'].map((key) => cache.get(key))).toEqual([undefined, 997, 998, 999]);
    cache.set('997', 1, 10);
    cache.set('1000', 2, 10);
    expect(['997', '998'].map((key) => cache.get(key))).toEqual([1, undefined]);
  });
});
