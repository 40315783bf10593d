import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { lamp } from '../samples.ts';

// A process that commits without end and prints a line, `<location> <revision>`, for each commit that has resolved.
const [directory, run] = process.argv.slice(2) as [string, string];
const store = await openSqliteStore({ directory });

async function commitForever(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const location = `/lamp/${run}/${writer}/${i}`;
    const command = { id: location, backend: 'embedded', location, body: {} };
    const revision = await store.commit({ create: [lamp(location)], commands: [command] });
    process.stdout.write(`${location} ${revision}\n`);
  }
}

await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(commitForever));
