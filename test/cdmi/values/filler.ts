import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import { StorageFull } from '../../../src/cdmi/values/value-store.ts';
import { collect, inPieces, sampleBytes } from './samples.ts';

// A process that has room for little. It writes a small value, one that is too large, and a small one again; then it
// says what came of it.
const [directory = '', tooLarge = ''] = process.argv.slice(2);
const values = openFileValues(directory);
const before = await values.write(inPieces(sampleBytes(100_000)));

let isClosed = false;
async function* large(): AsyncGenerator<Uint8Array> {
  try {
    yield* inPieces(sampleBytes(Number(tooLarge)));
  } finally {
    isClosed = true;
  }
}
const failure = await values.write(large()).catch((error: unknown) => error);

const after = await values.write(inPieces(sampleBytes(50_000)));
const intact = async (key: string, size: number) =>
  (await collect(values.read(key, 0, size))).equals(sampleBytes(size));
const kept: string[] = [];
for await (const page of values.keys(Number.MAX_SAFE_INTEGER)) kept.push(...page);
process.stdout.write(
  JSON.stringify({
    isFull: failure instanceof StorageFull,
    cause: failure instanceof Error && (failure.cause as NodeJS.ErrnoException | undefined)?.code,
    isClosed,
    areIntact: (await intact(before.key, before.size)) && (await intact(after.key, after.size)),
    areAll: kept.sort().join() === [before.key, after.key].sort().join(),
  }),
);
await values.close();
