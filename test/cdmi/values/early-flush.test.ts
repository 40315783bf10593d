import { describe, expect, it } from 'vitest';
import { EarlyFlush } from '../../../src/cdmi/values/files/early-flush.ts';
import { StorageFull } from '../../../src/cdmi/values/value-store.ts';

const mebibyte = 2 ** 20;

/** A file whose flushes end when they are told to. */
function fileWith(flushes: (() => Promise<void>)[]) {
  let count = 0;
  return {
    get count() {
      return count;
    },
    datasync: () => (flushes[count++] ?? (async () => {}))(),
  };
}

describe('a file that is flushed while it is written', () => {
  it('is flushed once at the end when it is small', async () => {
    const file = fileWith([]);
    const flush = new EarlyFlush(file);
    flush.wrote(mebibyte);
    expect(file.count).toBe(0);
    await flush.end();
    expect(file.count).toBe(1);
  });

  it('is not flushed twice at the same time, and at the end once more', async () => {
    const first = Promise.withResolvers<void>();
    const file = fileWith([() => first.promise]);
    const flush = new EarlyFlush(file);
    for (let i = 0; i < 64; i++) flush.wrote(mebibyte);
    await Promise.resolve();
    expect(file.count).toBe(1);
    const end = flush.end();
    first.resolve();
    await end;
    expect(file.count).toBe(2);
  });

  it('has failed when any of its flushes has, though the last one succeeds', async () => {
    const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
    const file = fileWith([() => Promise.reject(full)]);
    const flush = new EarlyFlush(file);
    flush.wrote(16 * mebibyte);
    await flush.settled();
    flush.wrote(16 * mebibyte);
    await expect(flush.end()).rejects.toBeInstanceOf(StorageFull);
  });
});
