import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Written } from '../../../src/store/sqlite/batch-writer.ts';
import { failureFrom } from '../../../src/store/sqlite/failure.ts';
import { GroupCommit } from '../../../src/store/sqlite/group-commit.ts';
import type { Writer } from '../../../src/store/sqlite/writer.ts';
import { type ChangeSet, Conflict } from '../../../src/store/store.ts';

/** A writer that answers when it is told to, and everything that happens, in order. */
class Bench implements Writer {
  readonly events: string[] = [];
  readonly batches: Batch[] = [];
  #answer: PromiseWithResolvers<Written> | undefined;

  write(batch: Batch): Promise<Written> {
    this.events.push(`write ${batch.changes.length}`);
    this.batches.push(batch);
    this.#answer = Promise.withResolvers();
    return this.#answer.promise;
  }

  async checkpoint(): Promise<void> {
    this.events.push('checkpoint');
    throw new Error('the disk is slow');
  }

  async close(): Promise<void> {}

  hold(): void {
    this.events.push('hold');
  }

  release(touched: readonly string[]): void {
    this.events.push(`release ${touched.join()}`);
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
    this.#answer?.resolve({ outcomes, touched: [], checkpointDue: false, ...answer });
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
  let commits: GroupCommit;
  beforeEach(() => {
    bench = new Bench();
    commits = new GroupCommit(bench, bench);
  });

  /** Commits, and notes when it has been told what became of it. */
  const commit = async (location: string): Promise<number> => {
    const changes: ChangeSet = { requireEntities: [location] };
    const revision = await commits.commit(changes);
    bench.events.push(`told ${location}`);
    return revision;
  };

  it('writes what is committed in one turn as one batch, in order, and tells when it can be read', async () => {
    const results = Promise.all(['/a', '/b', '/c'].map(commit));
    expect(bench.batches).toEqual([]);
    await nextTurn();
    expect(bench.batches[0]?.changes).toEqual(['/a', '/b', '/c'].map((path) => `{"requireEntities":["${path}"]}`));
    expect(bench.events).toEqual(['hold', 'write 3']);
    await bench.succeed({ touched: ['/x', '/y'] });
    expect(await results).toEqual([1, 2, 3]);
    expect(bench.events.slice(2)).toEqual(['release /x,/y', 'told /a', 'told /b', 'told /c']);
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
    const refused = failureFrom(new Conflict('/b has changed'));
    const broken = failureFrom(Object.assign(new Error('no such thing'), { code: 'ENOTHING' }));
    await bench.succeed({ outcomes: [1, refused, broken] });
    const [a, b, c] = await results;
    expect(a).toEqual({ status: 'fulfilled', value: 1 });
    expect(b?.status === 'rejected' && b.reason).toBeInstanceOf(Conflict);
    expect(b).toHaveProperty('reason.message', '/b has changed');
    expect(c).toHaveProperty('reason.message', 'no such thing');
    expect(c).toHaveProperty('reason.code', 'ENOTHING');
  });

  it('rejects everything, with the cause, when the batch fails, and goes on', async () => {
    const results = Promise.allSettled(['/a', '/b'].map(commit));
    await bench.fail('database or disk is full');
    for (const result of await results) expect(result).toHaveProperty('reason.message', 'database or disk is full');
    const later = commit('/later');
    await bench.succeed();
    expect(await later).toBe(1);
  });

  it('rejects at once what is not JSON, and nothing else', async () => {
    const body: Record<string, unknown> = {};
    body['self'] = body;
    const bad = commits.commit({ commands: [{ id: 'c1', backend: 'embedded', location: '/a', body }] });
    const good = commit('/a');
    await expect(bad).rejects.toThrow('circular');
    await bench.succeed();
    expect(await good).toBe(1);
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

  it('has a checkpoint made between two batches when it is due, whatever becomes of it', async () => {
    const first = commit('/a');
    await bench.succeed({ checkpointDue: true });
    await first;
    await nextTurn();
    const next = commit('/b');
    await bench.succeed();
    await next;
    expect(bench.events.filter((event) => !event.startsWith('told'))).toEqual([
      'hold',
      'write 1',
      'release ',
      'checkpoint',
      'release ',
      'hold',
      'write 1',
      'release ',
    ]);
  });
});
