import { expect, it } from 'vitest';
import { Background } from '../../../src/cdmi/watching/background.ts';
import { Conflict } from '../../../src/store/store.ts';
import { until } from '../../http/until.ts';

interface Work {
  readonly background: Background;
  /** What has been begun, in order. */
  readonly begun: readonly string[];
  readonly errors: readonly unknown[];
}

/** Work that waits for a gate and comes to what is said. */
function begin(work: (key: string, times: number) => Promise<boolean>, width = 2): Work {
  const begun: string[] = [];
  const errors: unknown[] = [];
  const background = new Background({
    width,
    retryMs: 1,
    onError: (error) => errors.push(error),
    work: (key) => {
      begun.push(key);
      return work(key, begun.filter((one) => one === key).length);
    },
  });
  return { background, begun, errors };
}

const all = (work: Work, count: number) => {
  return until(
    async () => work.begun,
    (begun) => begun.length >= count,
  );
};

it('goes on as long as there is more, and looks again when it was noticed meanwhile', async () => {
  const gate = Promise.withResolvers<void>();
  const work = begin(async (_key, times) => {
    if (times === 1) await gate.promise;
    return times === 2;
  });
  work.background.notice('a');
  work.background.notice('a');
  gate.resolve();
  expect(await all(work, 3)).toEqual(['a', 'a', 'a']);
  await work.background.close();
  expect(work.begun).toHaveLength(3);
});

it('does so many at once, each by one', async () => {
  const gate = Promise.withResolvers<void>();
  const work = begin(async () => {
    await gate.promise;
    return false;
  });
  for (const key of ['a', 'b', 'c', 'a']) work.background.notice(key);
  expect(work.begun).toEqual(['a', 'b']);
  gate.resolve();
  expect([...(await all(work, 4))].sort()).toEqual(['a', 'a', 'b', 'c']);
  await work.background.close();
});

it('tries again what has failed, says so unless it was a conflict, and stops when it is closed', async () => {
  const work = begin(async (key, times) => {
    if (times === 1) throw key === 'conflict' ? new Conflict('somebody was faster') : new Error('broken');
    return false;
  });
  work.background.notice('conflict');
  work.background.notice('broken');
  await all(work, 4);
  expect(work.errors).toEqual([new Error('broken')]);
  await work.background.close();
  work.background.notice('late');
  expect(work.begun).not.toContain('late');
});
