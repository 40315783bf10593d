import { describe, expect, it } from 'vitest';
import { type Closable, Closers } from '../src/closers.ts';

describe('what has been opened', () => {
  it('is closed in the opposite order, one after the other, and once', async () => {
    const told: string[] = [];
    const slow = (name: string): Closable => ({
      async close() {
        await Promise.resolve();
        told.push(name);
      },
    });
    const closers = new Closers();
    const first = slow('first');
    expect(closers.add(first)).toBe(first);
    closers.add(slow('second'));
    closers.add({ close: () => told.push('third') });
    await closers.close();
    await closers.close();
    expect(told).toEqual(['third', 'second', 'first']);
  });

  it('is closed also behind what cannot be', async () => {
    const told: string[] = [];
    const closers = new Closers();
    closers.add({ close: () => told.push('first') });
    closers.add({ close: () => Promise.reject(new Error('stuck')) });
    closers.add({
      close() {
        throw new Error('broken');
      },
    });
    await expect(closers.close()).rejects.toThrow('broken');
    expect(told).toEqual(['first']);
  });
});
