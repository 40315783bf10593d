import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RecordReader } from '../../src/backends/backend.ts';
import { Reconciler, type ReconcilerOptions } from '../../src/gateway/reconciler.ts';
import { type EntityEvent, Unreachable } from '../../src/index.ts';
import { scriptedBackend } from './scripted-backend.ts';

const nothing: RecordReader = {
  at: async () => undefined,
  byId: async () => undefined,
  linksAt: async () => [],
  async *entities() {
    // There is nothing.
  },
};

let reconciler: Reconciler;
afterEach(() => reconciler.close());

function open(survey: () => AsyncIterable<EntityEvent>, more: Partial<ReconcilerOptions> = {}) {
  const log = { warn: vi.fn(), error: vi.fn() };
  const applied: EntityEvent[] = [];
  reconciler = new Reconciler({
    backends: [{ ...scriptedBackend([]), survey }],
    record: nothing,
    apply: async (event) => void applied.push(event),
    log,
    everyMs: 3_600_000,
    doubtMs: 1,
    ...more,
  });
  return { applied, log };
}

describe('the comparison with what really exists', () => {
  it('comes again and again, and never twice at once', async () => {
    let surveys = 0;
    let running = 0;
    let most = 0;
    const { applied } = open(
      async function* () {
        surveys += 1;
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        yield { id: 'a' };
        running -= 1;
      },
      { everyMs: 1 },
    );
    await Promise.all([reconciler.start(), reconciler.start()]);
    expect(surveys).toBe(1);
    await expect.poll(() => surveys).toBeGreaterThan(3);
    expect(most).toBe(1);
    expect(applied[0]).toEqual({ id: 'a' });
  });

  it('comes soon after a doubt, once after several, and once more after one that came meanwhile', async () => {
    let surveys = 0;
    const release = Promise.withResolvers<void>();
    open(async function* () {
      surveys += 1;
      if (surveys === 2) await release.promise;
      yield* [];
    });
    await reconciler.start();
    for (let i = 0; i < 5; i++) reconciler.doubt();
    await expect.poll(() => surveys).toBe(2);
    reconciler.doubt();
    reconciler.doubt();
    release.resolve();
    await expect.poll(() => surveys).toBe(3);
  });

  it('goes on after one that was not possible, and after one that failed', async () => {
    const failures = [new Unreachable('nobody'), new TypeError('a fault')];
    let surveys = 0;
    const { log } = open(
      async function* () {
        const failure = failures[surveys++];
        if (failure !== undefined) throw failure;
        yield* [];
      },
      { everyMs: 1 },
    );
    await reconciler.start();
    await expect.poll(() => surveys).toBeGreaterThan(2);
    expect(log.warn).toHaveBeenCalledOnce();
    expect(log.error).toHaveBeenCalledOnce();
  });

  it('brings nothing into the record after it was closed', async () => {
    const release = Promise.withResolvers<void>();
    const { applied, log } = open(async function* () {
      await release.promise;
      yield { id: 'a' };
    });
    const run = reconciler.start();
    reconciler.close();
    release.resolve();
    await run;
    expect([applied, log.error.mock.calls]).toEqual([[], []]);
  });
});
