import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchedFile } from '../../../src/http/authentication/watched-file.ts';

describe('a file that is read again when it has changed', () => {
  let directory: string;
  let file: string;
  let now: number;
  let mistakes: string[];
  let changes: number;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'occi-watched-'));
    file = join(directory, 'words');
    now = 0;
    mistakes = [];
    changes = 0;
    await writeFile(file, 'one');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const open = () =>
    watchedFile(file, {
      parse(text) {
        if (text === 'nonsense') throw new Error('this is nonsense');
        return text;
      },
      onChange: () => {
        changes += 1;
      },
      onMistake: ({ message }) => mistakes.push(message),
      now: () => now,
    });

  it('is looked at once a second', async () => {
    const words = await open();
    await writeFile(file, 'and two');
    now = 999;
    expect(await words.current()).toBe('one');
    now = 1000;
    expect(await Promise.all([words.current(), words.current()])).toEqual(['and two', 'and two']);
    expect(changes).toBe(1);
    now = 2000;
    expect(await words.current()).toBe('and two');
    expect(changes).toBe(1);
  });

  it('may be replaced by another one of the same size', async () => {
    const words = await open();
    await writeFile(`${file}.new`, 'two');
    await rename(`${file}.new`, file);
    now = 1000;
    expect(await words.current()).toBe('two');
  });

  it('goes on with what it said when it makes no sense or is gone, and tells once', async () => {
    const words = await open();
    const look = () => {
      now += 1000;
      return words.current();
    };
    await writeFile(file, 'nonsense');
    expect([await look(), await look()]).toEqual(['one', 'one']);
    expect(mistakes).toEqual(['this is nonsense']);
    await rm(file);
    expect([await look(), await look()]).toEqual(['one', 'one']);
    expect(mistakes).toHaveLength(2);
    expect(mistakes[1]).toContain('ENOENT');
    await writeFile(file, 'three');
    expect(await look()).toBe('three');
    expect(mistakes).toHaveLength(2);
  });

  it('has to make sense at the beginning', async () => {
    await writeFile(file, 'nonsense');
    await expect(open()).rejects.toThrow('this is nonsense');
    await rm(file);
    await expect(open()).rejects.toThrow('ENOENT');
  });
});
