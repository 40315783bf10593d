import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Gauge, type Registry } from 'prom-client';
import { batches } from '../../store/group-commit.ts';
import { Conflict, type Store, StoreUnavailable } from '../../store/store.ts';
import { aroundCommits } from '../../store/watched-store.ts';
import { HistogramFamily, seconds } from './histogram.ts';

/** Change sets that share a transaction: up to the most that do. */
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128];

/**
 * A store whose commits are measured. How many share a transaction is told by the process and not by the store, so
 * several gateways in one process count those of all of them.
 */
export function measuredStore(store: Store, registry: Registry): Store {
  let waiting = 0;
  new Gauge({
    name: 'occi_store_commits_waiting',
    help: 'Change sets that are being written or wait for it',
    registers: [registry],
    collect() {
      this.set(waiting);
    },
  });
  const family = new HistogramFamily(
    registry,
    'occi_store_commit_duration_seconds',
    'Time until a change set was durable, or refused',
    seconds,
  );
  const [committed, conflict, unavailable, failed] = ['committed', 'conflict', 'unavailable', 'failed'].map((outcome) =>
    family.with({ outcome }),
  );
  const sizes = new HistogramFamily(
    registry,
    'occi_store_batch_size',
    'How many change sets shared a transaction',
    batchSizes,
  ).with({});
  const onBatch = (size: unknown) => sizes.observe(size as number);
  subscribe(batches.name, onBatch);
  const measured = aroundCommits(store, async (_, commit) => {
    const started = performance.now();
    let outcome = committed;
    waiting += 1;
    try {
      return await commit();
    } catch (error) {
      outcome = error instanceof Conflict ? conflict : error instanceof StoreUnavailable ? unavailable : failed;
      throw error;
    } finally {
      waiting -= 1;
      outcome?.observe((performance.now() - started) / 1000);
    }
  });
  return {
    ...measured,
    async close() {
      await measured.close();
      unsubscribe(batches.name, onBatch);
    },
  };
}
