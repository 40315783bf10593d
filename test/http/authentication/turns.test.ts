import { describe, expect, it } from 'vitest';
import { turns } from '../../../src/http/authentication/turns.ts';

describe('turns', () => {
  it('lets some work at once, some wait, and sends others away', async () => {
    const inTurn = turns(2, 3);
    const ends: (() => void)[] = [];
    let most = 0;
    let busy = 0;
    const work = () => {
      busy += 1;
      most = Math.max(most, busy);
      return new Promise<void>((resolve) => {
        ends.push(() => {
          busy -= 1;
          resolve();
        });
      });
    };
    const all = Array.from({ length: 5 }, () => inTurn(work));
    await expect(inTurn(work)).rejects.toMatchObject({ code: 'unavailable', details: { retryAfter: 1 } });
    for (let done = 0; done < 5; done += 1) {
      while (ends.length === 0) await Promise.resolve();
      ends.shift()?.();
    }
    await Promise.all(all);
    expect(most).toBe(2);
  });

  it('goes on after work that fails', async () => {
    const inTurn = turns(1, 1);
    await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn(async () => 'yes')).toBe('yes');
  });
});
