import { OcciError } from '../../occi/errors.ts';

/** Runs work when it is its turn. @throws OcciError `unavailable` when too many are in line already */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Bounds what strangers can make the gateway do at once, before anybody knows who they are.
 *
 * @param atOnce how much work is under way at the same time
 * @param inLine how much waits for its turn
 */
export function turns(atOnce: number, inLine: number): InTurn {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (busy < atOnce) busy += 1;
    else {
      if (waiting.length >= inLine) {
        throw new OcciError('unavailable', 'too many credentials are being checked just now', { retryAfter: 1 });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
