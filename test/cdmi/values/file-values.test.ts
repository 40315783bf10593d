import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import { keyClock, keyTime } from '../../../src/cdmi/values/value-key.ts';
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
