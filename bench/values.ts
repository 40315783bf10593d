/**
 * `node bench/values.ts`: what it costs to keep values of CDMI in files, as ratios against plain file streams that write
 * and flush the same bytes, in the same run. Both take turns, and medians count. `-- --large` writes and reads 4 GiB and
 * says how much memory that takes.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openFileValues } from '../src/cdmi/values/files/file-values.ts';

const { values: options } = parseArgs({ options: { large: { type: 'boolean' } } });
const mebibyte = 2 ** 20;
const rounds = 7;
const chunk = Buffer.alloc(65_536, 'a value of CDMI ');
const directory = mkdtempSync(join(tmpdir(), 'occi-bench-values-'));
const plain = join(directory, 'plain');
const values = openFileValues(directory);

try {
  await bigValues();
  for (const width of [1, 8, 32]) await smallValues(width);
  if (options.large === true) await memory();
} finally {
  await values.close();
  rmSync(directory, { recursive: true });
}

/** 256 MiB, one after the other; the bar is 0.9 of plain streams. */
async function bigValues(): Promise<void> {
  const size = 256 * mebibyte;
  const times = { writing: pairs(), reading: pairs() };
  for (let round = 0; round < rounds; round++) {
    times.writing.plain.push(await timed(() => writePlain(source(size))));
    let key = '';
    times.writing.ours.push(
      await timed(async () => {
        ({ key } = await values.write(source(size)));
      }),
    );
    times.reading.plain.push(await timed(() => drain(createReadStream(plain))));
    times.reading.ours.push(await timed(() => drain(values.read(key, 0, size))));
    await values.remove(key);
  }
  for (const [what, { plain, ours }] of Object.entries(times)) {
    const [theirMs, ourMs] = [median(plain), median(ours)];
    const speed = (ms: number) => `${Math.round(size / mebibyte / (ms / 1000))} MiB/s`;
    console.log(
      `${what} 256 MiB: plain ${speed(theirMs)}, values ${speed(ourMs)}, ratio ${(theirMs / ourMs).toFixed(2)}`,
    );
  }
}

/** 1 KiB, so many at a time. */
async function smallValues(width: number): Promise<void> {
  const one = () => source(1024);
  const keys: string[] = [];
  const writes = width === 1 ? 200 : 2_000;
  let files = 0;
  const theirs = await perSecond(writes, width, () => writePlain(one(), join(directory, `plain-${width}-${files++}`)));
  const ours = await perSecond(writes, width, async () => void keys.push((await values.write(one())).key));
  console.log(`writing 1 KiB, ${width} at a time: a flushed stream ${theirs}/s, values ${ours}/s`);
  let next = 0;
  const theirReads = await perSecond(10_000, width, () => drain(createReadStream(plain, { end: 1023 })));
  const ourReads = await perSecond(10_000, width, () =>
    drain(values.read(keys[next++ % keys.length] as string, 0, 1024)),
  );
  console.log(`reading 1 KiB, ${width} at a time: plain ${theirReads}/s, values ${ourReads}/s`);
  for (const key of keys) await values.remove(key);
}

async function memory(): Promise<void> {
  const size = 4096 * mebibyte;
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 20);
  const { key } = await values.write(source(size));
  await drain(values.read(key, 0, size));
  clearInterval(watch);
  console.log(`writing and reading 4 GiB: ${Math.round(most / mebibyte)} MiB more than before`);
}

async function* source(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
}

function writePlain(bytes: AsyncIterable<Uint8Array>, path = plain): Promise<void> {
  return pipeline(Readable.from(bytes), createWriteStream(path, { flush: true }));
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function perSecond(count: number, width: number, work: () => Promise<void>): Promise<number> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  const ms = await timed(async () => void (await Promise.all(Array.from({ length: width }, lane))));
  return Math.round((count / ms) * 1000);
}

function pairs(): { readonly plain: number[]; readonly ours: number[] } {
  return { plain: [], ours: [] };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
}
