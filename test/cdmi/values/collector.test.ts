import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Claim, type ClaimPlace, ValuesClaimed } from '../../../src/cdmi/values/claim.ts';
import { Collector, type CollectorTimes } from '../../../src/cdmi/values/collector.ts';
import { keyClock, keyTime, newValueKey } from '../../../src/cdmi/values/value-key.ts';
import { ValueReader } from '../../../src/cdmi/values/value-reader.ts';
import { ValueLost, type ValueStore } from '../../../src/cdmi/values/value-store.ts';
import { type ChangeSet, Conflict } from '../../../src/store/store.ts';
import { until } from '../../http/until.ts';
import { collect, inPieces, sampleBytes } from './samples.ts';

/** Values in memory. */
class Values implements ValueStore {
  readonly kept = new Map<string, Buffer>();
  /** What `remove` does before it removes something. */
  beforeRemoval: (key: string) => Promise<void> = async () => {};

  async write(source: AsyncIterable<Uint8Array>) {
    const bytes = await collect(source);
    const key = newValueKey();
    this.kept.set(key, bytes);
    return { key, size: bytes.length };
  }
  async *read(key: string, start: number, end: number) {
    for (let at = start; at < end; at++) {
      const bytes = this.kept.get(key);
      if (bytes === undefined) throw new ValueLost(key);
      yield bytes.subarray(at, at + 1);
    }
  }
  async remove(key: string) {
    await this.beforeRemoval(key);
    this.kept.delete(key);
  }
  async *keys(before: number) {
    yield [...this.kept.keys()].filter((key) => key < keyTime(before));
  }
  async isHeld() {
    return false;
  }
  /** What is written of whose they are. */
  claimed: string | undefined;
  readonly claim: ClaimPlace = {
    name: 'the claim',
    read: async () => this.claimed,
    write: async (text) => {
      this.claimed = text;
    },
  };
  async close() {}
}

/** A record as stores keep it: an object has a revision and refers to values. */
class Registry {
  readonly objects = new Map<string, { readonly revision: number; readonly keys: readonly string[] }>();
  readonly unused = new Set<string>();
  #revision = 0;

  /** Has an object refer to values; without any it is removed. */
  commit(id: string, keys: readonly string[], expected: readonly { id: string; revision: number }[] = []): void {
    for (const basis of expected) {
      if (this.objects.get(basis.id)?.revision !== basis.revision) throw new Conflict(basis.id);
    }
    const before = this.objects.get(id)?.keys ?? [];
    if (keys.length === 0) this.objects.delete(id);
    else this.objects.set(id, { revision: ++this.#revision, keys });
    for (const key of keys) this.unused.delete(key);
    for (const key of before) if (!this.#used().has(key)) this.unused.add(key);
  }
  async unusedValues(count: number) {
    return [...this.unused].slice(0, count);
  }
  async usedValues(keys: readonly string[]) {
    const used = this.#used();
    return new Set(keys.filter((key) => used.has(key)));
  }
  /** As the collector sees it. */
  get store() {
    return {
      objects: this,
      commit: async ({ objects }: ChangeSet) => {
        for (const key of objects?.forget ?? []) this.unused.delete(key);
        return 0;
      },
    };
  }
  #used(): ReadonlySet<string> {
    return new Set([...this.objects.values()].flatMap(({ keys }) => keys));
  }
}

describe('The collector of values', () => {
  const at = '0'.repeat(20);
  let collector: Collector | undefined;
  afterEach(() => collector?.close());

  const ours = { record: 'record', seat: 'here', where: '/here' };
  const soon = { graceMs: 1 };
  function start(
    record: Registry,
    values: Values,
    options: { isAlone?: boolean; times?: Partial<CollectorTimes> } = {},
  ) {
    const reader = new ValueReader(values);
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const { isAlone = true, times = soon } = options;
    const claim = new Claim(values.claim, ours);
    const begun = new Collector({ store: record.store, values, reader, claim, isAlone, times, onError });
    collector = begun;
    return { reader, errors, notice: () => begun.notice() };
  }
  const gone = (values: Values, key: string) =>
    until(
      async () => values.kept.has(key),
      (isKept) => !isKept,
    );
  const write = async (values: Values, size = 5) => (await values.write(inPieces(sampleBytes(size)))).key;

  it('removes what has lost its last reference, and says so to the record', async () => {
    const [record, values] = [new Registry(), new Values()];
    const [shared, own] = [await write(values), await write(values)];
    const { notice } = start(record, values, { times: { graceMs: 1, sweepMs: 60_000 } });
    record.commit('a', [shared, own]);
    record.commit('b', [shared]);
    record.commit('a', []);
    notice();
    await gone(values, own);
    await until(
      async () => record.unused.size,
      (size) => size === 0,
    );
    expect([...values.kept.keys()]).toEqual([shared]);
    record.commit('b', []);
    notice();
    await gone(values, shared);
  });

  it('removes at the start what the process before has not, and what its writers left', async () => {
    const [record, values] = [new Registry(), new Values()];
    const [dropped, orphan, used] = [await write(values), await write(values), await write(values)];
    record.commit('a', [dropped, used]);
    record.commit('a', [used]);
    await until(
      async () => keyClock(),
      (now) => keyTime(now) > orphan.slice(0, 12) && keyTime(now) > used.slice(0, 12),
    );
    start(record, values);
    await gone(values, dropped);
    await gone(values, orphan);
    expect([...values.kept.keys()]).toEqual([used]);
  });

  it('leaves what is being written, before and after the commit', async () => {
    const [record, values] = [new Registry(), new Values()];
    const { notice } = start(record, values, { times: { graceMs: 1, sweepMs: 1 } });
    const [pending, marker] = [await write(values), await write(values)];
    record.commit('m', [marker]);
    record.commit('m', []);
    notice();
    await gone(values, marker);
    expect([...values.kept.keys()]).toEqual([pending]);
    record.commit('a', [pending]);
    expect([...values.kept.keys()]).toEqual([pending]);
  });

  it('leaves to other processes the time to commit that they need', async () => {
    const [record, values] = [new Registry(), new Values()];
    const times = { graceMs: 1, sweepMs: 1, writingMs: 60_000 };
    const [old, young] = [keyTime(keyClock() - 70_000) + at, keyTime(keyClock() - 50_000) + at];
    values.kept.set(old, Buffer.alloc(1)).set(young, Buffer.alloc(1));
    start(record, values, { isAlone: false, times });
    await gone(values, old);
    expect([...values.kept.keys()]).toEqual([young]);
  });

  it('leaves what is being read until that is over', async () => {
    const [record, values] = [new Registry(), new Values()];
    const { reader, notice } = start(record, values);
    const [read, marker] = [await write(values), await write(values)];
    record.commit('a', [read]);
    record.commit('m', [marker]);
    const reading = reader.read([{ key: read, offset: 0, length: 5 }], 0, 5);
    const first = await reading.next();
    record.commit('a', []);
    record.commit('m', []);
    notice();
    await gone(values, marker);
    expect(Buffer.concat([first.value as Uint8Array, await collect(reading)])).toEqual(sampleBytes(5));
    await gone(values, read);
  });

  it('leaves everything to another copy of the record that has the values, until it has gone', async () => {
    const [record, values] = [new Registry(), new Values()];
    const [dropped, orphan] = [await write(values), await write(values)];
    record.commit('a', [dropped]);
    record.commit('a', []);
    await new Claim(values.claim, { ...ours, seat: 'there', where: '/there' }).assert();
    await until(
      async () => keyClock(),
      (now) => keyTime(now) > orphan.slice(0, 12),
    );
    const { errors } = start(record, values);
    await until(
      async () => errors.length,
      (count) => count > 4,
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(ValuesClaimed);
      expect(String(error)).toContain('another copy of this record, the one in /there, since 2');
    }
    expect([...values.kept.keys()]).toEqual([dropped, orphan]);
    values.claimed = undefined;
    await gone(values, dropped);
    await gone(values, orphan);
    expect(values.claimed).toContain('"/here"');
  });

  it('leaves what is there while values are held for a copy', async () => {
    const [record, values] = [new Registry(), new Values()];
    const key = await write(values);
    record.commit('a', [key]);
    let questions = 0;
    values.isHeld = async () => ++questions < 5;
    const { notice, errors } = start(record, values, { times: { graceMs: 1, sweepMs: 60_000 } });
    record.commit('a', []);
    values.beforeRemoval = async () => expect(questions).toBeGreaterThanOrEqual(5);
    notice();
    await gone(values, key);
    expect(errors).toEqual([]);
  });

  it('leaves what is referred to again before it comes to that', async () => {
    const [record, values] = [new Registry(), new Values()];
    const [again, marker] = [await write(values), await write(values)];
    record.commit('a', [again, marker]);
    record.commit('a', []);
    const asked = record.usedValues.bind(record);
    record.usedValues = async (keys) => {
      if (!record.objects.has('b')) record.commit('b', [again]);
      return asked(keys);
    };
    start(record, values);
    await gone(values, marker);
    expect([...values.kept.keys()]).toEqual([again]);
  });

  it('tries again what could not be removed', async () => {
    const [record, values] = [new Registry(), new Values()];
    const key = await write(values);
    record.commit('a', [key]);
    record.commit('a', []);
    const away = new Error('the place is away');
    let attempts = 0;
    values.beforeRemoval = async () => {
      if (++attempts < 3) throw away;
    };
    const { errors } = start(record, values);
    await gone(values, key);
    expect(errors).toEqual([away, away]);
  });

  it('never takes a value that is needed, in whatever order copies, removals and it come', async () => {
    const step = fc.record({
      what: fc.constantFrom('write', 'copy', 'remove', 'read'),
      from: fc.nat(3),
      to: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 5, maxLength: 30 }), async (scheduler, steps) => {
        const [record, values] = [new Registry(), new Values()];
        const turn = () => scheduler.schedule(Promise.resolve());
        for (const method of ['unusedValues', 'usedValues'] as const) {
          const answer = record[method].bind(record) as (asked: never) => Promise<never>;
          record[method] = async (asked: never) => {
            await turn();
            const found = await answer(asked);
            await turn();
            return found;
          };
        }
        values.beforeRemoval = turn;
        const { notice } = start(record, values, { times: { graceMs: 0, sweepMs: 60_000 } });
        const takeStep = async ({ what, from, to }: { what: string; from: number; to: number }) => {
          await turn();
          if (what === 'write') {
            const key = await write(values);
            await turn();
            record.commit(`o${to}`, [key]);
          } else if (what === 'remove') record.commit(`o${to}`, []);
          else {
            const source = record.objects.get(`o${from}`);
            await turn();
            if (source === undefined) return;
            const copy = () => record.commit(`o${to}`, source.keys, [{ id: `o${from}`, revision: source.revision }]);
            try {
              copy();
            } catch (error) {
              if (!(error instanceof Conflict)) throw error;
            }
          }
          notice();
        };
        const all = Promise.all(steps.map(takeStep));
        await scheduler.waitFor(all);
        for (const { keys } of record.objects.values()) for (const key of keys) expect(values.kept.has(key)).toBe(true);
        const closing = collector?.close();
        await scheduler.waitFor(Promise.resolve(closing));
        for (const { keys } of record.objects.values()) for (const key of keys) expect(values.kept.has(key)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('The reader of values', () => {
  it('gives pieces and zeros one after the other, as far as they go', async () => {
    const values = new Values();
    const { key } = await values.write(inPieces(sampleBytes(50)));
    const reader = new ValueReader(values);
    const value = [
      { key, offset: 10, length: 5 },
      { offset: 0, length: 150_000 },
      { key, offset: 0, length: 5 },
    ];
    const expected = Buffer.concat([
      sampleBytes(50).subarray(10, 15),
      Buffer.alloc(150_000),
      sampleBytes(50).subarray(0, 5),
    ]);
    expect((await collect(reader.read(value, 0, 1_000_000))).equals(expected)).toBe(true);
    expect((await collect(reader.read(value, 3, 100_000))).equals(expected.subarray(3, 100_000))).toBe(true);
    expect(reader.isReading(key)).toBe(false);
  });

  it('knows what is being read by several until the last has finished, or has had enough', async () => {
    const values = new Values();
    const { key } = await values.write(inPieces(sampleBytes(50)));
    const reader = new ValueReader(values);
    const value = [{ key, offset: 0, length: 50 }];
    const [one, other] = [reader.read(value, 0, 50), reader.read(value, 0, 50)];
    await one.next();
    await other.next();
    await one.return(undefined);
    expect(reader.isReading(key)).toBe(true);
    await collect(other);
    expect(reader.isReading(key)).toBe(false);
  });
});
