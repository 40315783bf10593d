import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Batch, GroupCommit, type Written } from '../../src/store/group-commit.ts';
import { Conflict } from '../../src/store/store.ts';

/** Writes when it is told to, and keeps everything that happens, in order. */
class Bench {
  readonly events: string[] = [];
  readonly batches: Batch<string>[] = [];
  #answer: PromiseWithResolvers<Written> | undefined;

  write(batch: Batch<string>): Promise<Written> {
    this.events.push(`write ${batch.changes.length}`);
    this.batches.push(batch);
    this.#answer = Promise.withResolvers();
    return this.#answer.promise;
  }

  /** Waits for a batch that has not been answered; returns how many change sets it has. */
  async next(): Promise<number | undefined> {
    while (this.#answer === undefined) await nextTurn();
    return this.batches.at(-1)?.changes.length;
  }

  /** Answers that batch. */
  async succeed(answer: Partial<Written> = {}): Promise<void> {
    const size = await this.next();
    const outcomes = Array.from({ length: size ?? 0 }, (_, i) => i + 1);
    this.#answer?.resolve({ outcomes, ...answer });
    this.#answer = undefined;
  }

  async fail(message: string): Promise<void> {
    await this.next();
    this.#answer?.reject(new Error(message));
    this.#answer = undefined;
  }
}

describe('group commit', () => {
  let bench: Bench;
  let commits: GroupCommit<string>;
  beforeEach(() => {
    bench = new Bench();
    commits = new GroupCommit((batch) => bench.write(batch));
  });

  /** Commits, and notes when it has been told what became of it. */
  const commit = async (change: string): Promise<number> => {
    const revision = await commits.commit(change);
    bench.events.push(`told ${change}`);
    return revision;
  };

  it('lets what is in no hurry wait for others to go along with, for a moment', async () => {
    const first = commits.commit('/patient', false);
    await nextTurn();
    expect(bench.batches).toEqual([]);
    const second = commits.commit('/hurried');
    await bench.succeed();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    const alone = commits.commit('/alone', false);
    await bench.succeed();
    expect(await alone).toBe(1);
    expect(bench.batches.map(({ changes }) => changes)).toEqual([['/patient', '/hurried'], ['/alone']]);
  });

  it('lets nothing wait any more when it is flushed', async () => {
    const patient = commits.commit('/patient', false);
    const flushed = commits.flush();
    await bench.succeed();
    await flushed;
    expect(await patient).toBe(1);
  });

  it('writes what is committed in one turn as one batch, in order, and tells when it is durable', async () => {
    const results = Promise.all(['/a', '/b', '/c'].map(commit));
    expect(bench.batches).toEqual([]);
    await nextTurn();
    expect(bench.batches).toEqual([{ changes: ['/a', '/b', '/c'], settled: [] }]);
    expect(bench.events).toEqual(['write 3']);
    await bench.succeed();
    expect(await results).toEqual([1, 2, 3]);
    expect(bench.events.slice(1)).toEqual(['told /a', 'told /b', 'told /c']);
  });

  it('writes what is committed while a batch is under way as the next', async () => {
    const first = commit('/a');
    await nextTurn();
    const others = Promise.all(['/b', '/c'].map(commit));
    await nextTurn();
    expect(bench.batches).toHaveLength(1);
    await bench.succeed();
    await first;
    await bench.succeed();
    await others;
    expect(bench.events.filter((event) => event.startsWith('write'))).toEqual(['write 1', 'write 2']);
  });

  it('has the next batch under way before it tells those of the one before', async () => {
    const first = commit('/a');
    await nextTurn();
    const second = commit('/b');
    await bench.succeed();
    await first;
    expect(bench.events).toEqual(['write 1', 'write 1', 'told /a']);
    await bench.succeed();
    await second;
  });

  it('cuts a long queue', async () => {
    const results = Promise.all(Array.from({ length: 300 }, (_, i) => commit(`${i}`)));
    for (const size of [128, 128, 44]) {
      expect(await bench.next()).toBe(size);
      await bench.succeed();
    }
    expect(await results).toHaveLength(300);
  });

  it('rejects only what was refused', async () => {
    const results = Promise.allSettled(['/a', '/b', '/c'].map(commit));
    await nextTurn();
    const [refused, broken] = [new Conflict('/b has changed'), new Error('no such thing')];
    await bench.succeed({ outcomes: [1, refused, broken] });
    expect(await results).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: refused },
      { status: 'rejected', reason: broken },
    ]);
  });

  it('rejects everything, with the cause, when the batch fails, and goes on', async () => {
    const results = Promise.allSettled(['/a', '/b'].map(commit));
    await bench.fail('database or disk is full');
    for (const result of await results) expect(result).toHaveProperty('reason.message', 'database or disk is full');
    const later = commit('/later');
    await bench.succeed();
    expect(await later).toBe(1);
  });

  it('has commands forgotten with the next batch, and again when that fails', async () => {
    commits.settle(['c1']);
    await nextTurn();
    expect(bench.batches).toEqual([]);
    const failing = commit('/a');
    await nextTurn();
    commits.settle(['c2']);
    expect(['c1', 'c2', 'c3'].map((id) => commits.isSettled(id))).toEqual([true, true, false]);
    await bench.fail('the disk is full');
    await expect(failing).rejects.toThrow('full');
    expect(['c1', 'c2'].map((id) => commits.isSettled(id))).toEqual([true, true]);
    const next = commit('/a');
    await bench.succeed();
    await next;
    expect(bench.batches.map(({ settled }) => [...settled].sort())).toEqual([['c1'], ['c1', 'c2']]);
    expect(['c1', 'c2'].map((id) => commits.isSettled(id))).toEqual([false, false]);
  });

  it('flushes what waits, and then the commands that are to be forgotten', async () => {
    const committed = commit('/a');
    const flushed = commits.flush();
    await nextTurn();
    commits.settle(['c1']);
    await bench.succeed();
    await committed;
    await nextTurn();
    expect(bench.batches[1]).toEqual({ changes: [], settled: ['c1'] });
    await bench.succeed();
    await flushed;
    await expect(commits.flush()).resolves.toBeUndefined();
    expect(bench.batches).toHaveLength(2);
  });

  it('tidies up between two batches, when everybody has been told', async () => {
    const tidied = Promise.withResolvers<void>();
    const tidyUp = async () => {
      bench.events.push('tidy up');
      await tidied.promise;
    };
    const first = commit('/a');
    await bench.succeed({ tidyUp });
    await first;
    const next = commit('/b');
    await nextTurn();
    expect(bench.batches).toHaveLength(1);
    tidied.resolve();
    await bench.succeed();
    await next;
    expect(bench.events).toEqual(['write 1', 'tidy up', 'told /a', 'write 1', 'told /b']);
  });
});
