import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirectoryFlush } from '../../../src/cdmi/values/files/directory-flush.ts';

/** Flushes that end when they are told to, in the order in which they began. */
function flushes() {
  const open: PromiseWithResolvers<void>[] = [];
  const begun: string[] = [];
  return {
    begun,
    flush: new DirectoryFlush((directory) => {
      begun.push(directory);
      const end = Promise.withResolvers<void>();
      open.push(end);
      return end.promise;
    }),
    async end(error?: Error): Promise<void> {
      const first = open.shift();
      if (error === undefined) first?.resolve();
      else first?.reject(error);
      // Whoever has waited for it goes on.
      await new Promise(setImmediate);
    },
  };
}

describe('the flush of directories', () => {
  it('is one for all who ask while another is under way', async () => {
    const { flush, begun, end } = flushes();
    const first = flush.flush('a');
    const others = Array.from({ length: 10 }, () => flush.flush('a'));
    expect(begun).toEqual(['a']);
    await end();
    await first;
    expect(begun).toEqual(['a', 'a']);
    await end();
    await Promise.all(others);
    expect(begun).toEqual(['a', 'a']);
  });

  it('of one directory waits for no other', async () => {
    const { flush, begun, end } = flushes();
    const [one, other] = [flush.flush('a'), flush.flush('b')];
    expect(begun).toEqual(['a', 'b']);
    await end();
    await one;
    await end();
    await other;
  });

  it('that fails is the failure of those who asked for it, and of nobody else', async () => {
    const { flush, end } = flushes();
    const first = flush.flush('a');
    const [second, third] = [flush.flush('a'), flush.flush('a')];
    const told = Promise.allSettled([first, second, third]);
    await end(new Error('no room'));
    await end();
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('has begun after whoever is told that it is over has asked for it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('ask', 'end'), { maxLength: 40 }), async (steps) => {
        const { flush, begun, end } = flushes();
        const early: number[] = [];
        let asking = 0;
        const ask = async () => {
          asking += 1;
          const before = begun.length;
          const wait = flush.flush('a');
          await wait;
          asking -= 1;
          // One that was under way may have missed what is to be made durable.
          if (begun.length <= before) early.push(before);
        };
        const waiting: Promise<void>[] = [];
        for (const step of steps) {
          if (step === 'ask') waiting.push(ask());
          else await end();
        }
        while (asking > 0) await end();
        await Promise.all(waiting);
        expect(early).toEqual([]);
      }),
    );
  });
});
