import { createInterface } from 'node:readline';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { lamp } from './samples.ts';

// A process that keeps a store open. It commits as many commands as it is told to, and prints the ids of those that are
// its own to deliver when it is ready, and again for every line it reads.
const [url, count] = process.argv.slice(2) as [string, string];
const store = await openPostgresStore({ url, beatMs: 50, goneMs: 1_500 });
for (let i = 0; i < Number(count); i++) {
  const location = `/lamp/${process.pid}/${i}`;
  const command = { id: location, backend: 'embedded', location, body: {} };
  await store.commit({ create: [lamp(location)], commands: [command] });
}

const print = async (): Promise<void> => {
  process.stdout.write(`${JSON.stringify((await store.commands()).map(({ id }) => id))}\n`);
};
await print();
for await (const _ of createInterface({ input: process.stdin })) await print();
