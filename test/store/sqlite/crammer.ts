import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { Conflict } from '../../../src/store/store.ts';
import { collect, lamp } from '../samples.ts';

// A process that is not allowed to write large files, and commits more than that at once; prints what became of it.
const store = await openSqliteStore({ directory: process.argv[2] as string });
const summary = 'x'.repeat(1_000_000);
await store.commit({ create: [lamp('/lamp/before')] });

const crowd = await Promise.allSettled([
  store.commit({ create: [lamp('/lamp/small')] }),
  store.commit({ create: [lamp('/lamp/before')] }),
  ...Array.from({ length: 20 }, (_, i) => store.commit({ create: [lamp(`/lamp/${i}`, { attributes: { summary } })] })),
]);
const failures = crowd.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
const during = await collect(store.locations({}));
await store.commit({ create: [lamp('/lamp/after')] });

const report = {
  attempts: crowd.length,
  failures: failures.length,
  conflicts: failures.filter((error) => error instanceof Conflict).length,
  codes: [...new Set(failures.map((error) => (error as { code?: unknown }).code))],
  during,
  after: await collect(store.locations({})),
};
await store.close();
process.stdout.write(JSON.stringify(report));
