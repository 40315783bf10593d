import { openPlace } from './open-place.ts';
import { digest, inPieces, sampleBytes } from './samples.ts';

// A process that writes values of many sizes, several at a time, until it is killed, and says of each when it is done.
const values = await openPlace(process.argv.slice(2));
const sizes = [100, 70_000, 1_500_000, 9_000_000];
for (let lane = 0; lane < sizes.length; lane++) void writeOn(lane);

async function writeOn(lane: number): Promise<never> {
  for (let i = lane; ; i++) {
    const bytes = sampleBytes((sizes[i % sizes.length] as number) + i, i + 1);
    const written = await values.write(inPieces(bytes, 60_000));
    process.stdout.write(`${JSON.stringify({ ...written, hash: digest(bytes) })}\n`);
  }
}
