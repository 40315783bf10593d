import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { change, node } from '../object-samples.ts';
import { lamp } from '../samples.ts';

// A process that commits without end and prints a line, `<location> <revision>`, for each commit that has resolved. Each
// makes an entity, a command, an object, and counts that in what the object is in.
const [directory, run] = process.argv.slice(2) as [string, string];
const store = await openSqliteStore({ directory });

async function commitForever(writer: number): Promise<never> {
  const container = `${run}/${writer}`;
  let last = await change(store, { create: [node(container, '', '', { document: 0 })] });
  for (let i = 0; ; i++) {
    const location = `/lamp/${run}/${writer}/${i}`;
    const command = { id: location, backend: 'embedded', location, body: {} };
    const revision = await store.commit({
      create: [lamp(location)],
      commands: [command],
      objects: {
        create: [node(location, container, `${i}`, { size: 1, values: [location] })],
        update: [node(container, '', '', { document: i + 1, revision: last, values: [location] })],
        now: 0,
      },
    });
    last = revision;
    process.stdout.write(`${location} ${revision}\n`);
  }
}

await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(commitForever));
