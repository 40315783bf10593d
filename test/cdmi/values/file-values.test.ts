import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import { checkValues, copyValues, holdValues, valuesIn } from '../../../src/cdmi/values/files/value-copies.ts';
import { keyClock, keyTime } from '../../../src/cdmi/values/value-key.ts';
import { passingBytes, ValueLost, type ValueStore } from '../../../src/cdmi/values/value-store.ts';
import { valueStoreContract } from './contract.ts';
import { allOf, collect, inPieces, sampleBytes } from './samples.ts';

const fileOf = (directory: string, key: string) => join(directory, 'values', key.slice(0, 6), key.slice(6, 8), key);

describe('Values in files', () => {
  valueStoreContract(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'occi-values-'));
    return {
      open: async () => openFileValues(directory),
      place: ['files', directory],
      readsOn: true,
      async damage(key, offset) {
        const bytes = readFileSync(fileOf(directory, key));
        bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
        writeFileSync(fileOf(directory, key), bytes);
      },
      cut: async (key, size) => truncateSync(fileOf(directory, key), size),
      async leftovers() {
        // Every process that lives has a directory, and what it writes in there; nobody is writing.
        const aside = join(directory, 'aside');
        const all = readdirSync(aside, { recursive: true, withFileTypes: true });
        return all.filter((entry) => entry.isFile() && !entry.name.endsWith('.lock')).map(({ name }) => name);
      },
      dispose: async () => rmSync(directory, { recursive: true }),
    };
  });
});

describe('Copies of values in files', () => {
  let directory: string;
  let values: ValueStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-values-'));
    values = openFileValues(join(directory, 'store'));
  });
  afterEach(async () => {
    await values.close();
    rmSync(directory, { recursive: true });
  });
  const samples = [0, 1, 70_000, 200_000].map((size) => sampleBytes(size, size + 1));
  const from = () => valuesIn(join(directory, 'store'));
  const to = () => join(directory, 'copy');

  it('have the same bytes, cost nothing on the same disk, and outlive what they are copied from', async () => {
    const keys: string[] = [];
    for (const sample of samples) keys.push((await values.write(inPieces(sample))).key);
    const copied = await copyValues({ from: from(), to: to() });
    expect(copied.count).toBe(samples.length);
    expect(await checkValues(to())).toEqual(copied);
    for (const key of keys) {
      const copy = join(to(), relative(from(), fileOf(join(directory, 'store'), key)));
      expect(statSync(copy).nlink).toBe(2);
      await values.remove(key);
    }
    expect((await checkValues(from())).count).toBe(0);

    const aside = mkdtempSync(join(directory, 'aside-'));
    expect(await copyValues({ from: to(), to: from(), aside })).toEqual(copied);
    for (const [at, sample] of samples.entries()) {
      expect(await collect(values.read(keys[at] as string, 0, sample.length))).toEqual(sample);
    }
    // Once more, over what is there.
    rmSync(aside, { recursive: true });
    mkdirSync(aside);
    expect(await copyValues({ from: to(), to: from(), aside })).toEqual(copied);
    expect(await checkValues(from())).toEqual(copied);
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, 65_536)],
    ['gone', (path: string) => rmSync(path)],
  ])('are not as they were when one is %s', async (_, harm) => {
    const { key } = await values.write(inPieces(sampleBytes(100_000)));
    const before = await checkValues(from());
    harm(fileOf(join(directory, 'store'), key));
    expect((await checkValues(from())).digest).not.toBe(before.digest);
  });

  it('leave out what is removed while they are made, as nobody needs it any more', async () => {
    const keys: string[] = [];
    for (let at = 0; at < 300; at++) keys.push((await values.write(inPieces(sampleBytes(10)))).key);
    const [copied] = await Promise.all([
      copyValues({ from: from(), to: to() }),
      Promise.all(keys.slice(100).map((key) => values.remove(key))),
    ]);
    expect(copied.count).toBeGreaterThanOrEqual(100);
    expect(await checkValues(to())).toEqual(copied);
  });

  it('are found to be damaged', async () => {
    const { key } = await values.write(inPieces(sampleBytes(100_000)));
    const path = fileOf(join(directory, 'store'), key);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(70_000) ^ 1, 70_000);
    writeFileSync(path, bytes);
    await expect(checkValues(from())).rejects.toThrow(ValueLost);
  });

  it('are announced, until whoever makes them has finished, or has died', async () => {
    expect(await values.isHeld()).toBe(false);
    const [one, other] = [holdValues(join(directory, 'store')), holdValues(join(directory, 'store'))];
    expect(await values.isHeld()).toBe(true);
    one.release();
    expect(await values.isHeld()).toBe(true);
    other.release();
    expect(await values.isHeld()).toBe(false);
    writeFileSync(join(directory, 'store', 'held', 'of-a-dead-one.lock'), '');
    expect(await values.isHeld()).toBe(false);
    expect(readdirSync(join(directory, 'store', 'held'))).toEqual([]);
  });
});

describe('A value in a file that is only passed on', () => {
  it('is as it was written, and so is each piece until enough others have come', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'occi-values-'));
    const values = openFileValues(directory);
    const bytes = sampleBytes(12_000_000);
    const { key } = await values.write(inPieces(bytes, 1_000_000));
    const memory = new Set<ArrayBufferLike>();
    const lasting: { readonly at: number; readonly piece: Uint8Array }[] = [];
    let given = 100_000;
    for await (const piece of values.read(key, given, bytes.length, true)) {
      memory.add(piece.buffer);
      lasting.push({ at: given, piece });
      given += piece.length;
      while (given - ((lasting[0]?.at ?? given) + (lasting[0]?.piece.length ?? 0)) > passingBytes) lasting.shift();
      const asWritten = lasting.every(
        ({ at, piece }) => bytes.compare(piece, 0, piece.length, at, at + piece.length) === 0,
      );
      expect(asWritten).toBe(true);
    }
    expect(given).toBe(bytes.length);
    expect(memory.size).toBeLessThan(6);
    await values.close();
    rmSync(directory, { recursive: true });
  });
});

describe('The directory of values in files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-values-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made, and has nothing in it that is not needed', async () => {
    const inside = join(directory, 'a', 'b');
    const values = openFileValues(inside);
    const { key, size } = await values.write(inPieces(sampleBytes(10)));
    await values.close();
    const files = readdirSync(inside, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual([key]);
    const again = openFileValues(inside);
    expect(await collect(again.read(key, 0, size))).toEqual(sampleBytes(10));
    await again.close();
  });

  it('may have several users, each with a directory to write in', async () => {
    const [one, other] = [openFileValues(directory), openFileValues(directory)];
    expect(readdirSync(join(directory, 'aside')).filter((name) => !name.endsWith('.lock'))).toHaveLength(2);
    const written = await one.write(inPieces(sampleBytes(100)));
    expect(await collect(other.read(written.key, 0, 100))).toEqual(sampleBytes(100));
    await one.close();
    await other.close();
    expect(readdirSync(join(directory, 'aside'))).toEqual([]);
  });

  it('is listed in pages, and loses directories that are empty', async () => {
    const old = Array.from({ length: 2_500 }, (_, i) => `${keyTime(1_000_000)}${String(i).padStart(20, '0')}`);
    mkdirSync(join(fileOf(directory, old[0] as string), '..'), { recursive: true });
    for (const key of old) writeFileSync(fileOf(directory, key), '');
    writeFileSync(join(fileOf(directory, old[0] as string), '..', 'README'), 'not a value');
    const values = openFileValues(directory);
    const pages: number[] = [];
    for await (const page of values.keys(keyClock())) pages.push(page.length);
    expect(pages).toEqual([1000, 1000, 500]);
    for (const key of old) await values.remove(key);
    rmSync(join(fileOf(directory, old[0] as string), '..', 'README'));
    expect(await allOf(values.keys(keyClock()))).toEqual([]);
    expect(readdirSync(join(directory, 'values'))).toEqual([]);
    await values.close();
  });

  it('may lose the directory that is written to next', async () => {
    const values = openFileValues(directory);
    await values.remove((await values.write(inPieces(sampleBytes(1)))).key);
    rmSync(join(directory, 'values'), { recursive: true });
    const { key } = await values.write(inPieces(sampleBytes(3)));
    expect(await collect(values.read(key, 0, 3))).toEqual(sampleBytes(3));
    await values.close();
  });
});
