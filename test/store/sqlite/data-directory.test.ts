import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationId, formatVersion } from '../../../src/store/sqlite/migrations.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { lamp, read } from '../samples.ts';

describe('the data directory', () => {
  let root: string;
  let directory: string;
  let file: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'occi-data-'));
    directory = join(root, 'some', 'where');
    file = join(directory, 'occi.sqlite');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Content and time of the last change of the database and its companions. */
  function snapshot() {
    const names = readdirSync(directory).filter((name) => name.startsWith('occi.sqlite'));
    return names.map((name) => {
      const path = join(directory, name);
      const { mtimeNs, size } = statSync(path, { bigint: true });
      return { name, mtimeNs, size, content: readFileSync(path).toString('base64') };
    });
  }

  async function makeStore(): Promise<void> {
    const store = await openSqliteStore({ directory });
    await store.commit({ create: [lamp('/lamp/1')] });
    await store.close();
  }

  it('is made with its parents', async () => {
    await makeStore();
    expect(existsSync(file)).toBe(true);
  });

  it('holds nothing but the database and its lock when the store is closed', async () => {
    await makeStore();
    expect(readdirSync(directory).sort()).toEqual(['occi.lock', 'occi.sqlite']);
  });

  it('cannot be where a file is', async () => {
    writeFileSync(join(root, 'some'), '');
    await expect(openSqliteStore({ directory })).rejects.toThrow(directory);
  });

  it('cannot be where the lock cannot be taken', async () => {
    mkdirSync(join(directory, 'occi.lock'), { recursive: true });
    await expect(openSqliteStore({ directory })).rejects.toThrow(`the data directory ${directory} cannot be used: `);
  });

  describe('with a database of a newer format', () => {
    it('is refused, and the file stays as it is', async () => {
      await makeStore();
      const newer = new DatabaseSync(file);
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      const before = snapshot();
      expect(before.map(({ name }) => name)).toEqual(['occi.sqlite']);
      await expect(openSqliteStore({ directory })).rejects.toThrow(
        `${file} has format 99, and this version reads formats up to ${formatVersion}; start the newer gateway that wrote it, or use another directory`,
      );
      expect(snapshot()).toEqual(before);
    });

    it('is refused when only the log knows, and the log stays as it is, too', async () => {
      const elsewhere = join(root, 'running');
      await openSqliteStore({ directory: elsewhere }).then((store) => store.close());
      const newer = new DatabaseSync(join(elsewhere, 'occi.sqlite'));
      newer.exec('PRAGMA user_version = 99');
      mkdirSync(directory, { recursive: true });
      for (const suffix of ['', '-wal', '-shm']) copyFileSync(join(elsewhere, `occi.sqlite${suffix}`), file + suffix);
      newer.close();
      expect(readFileSync(file).readUInt32BE(60)).toBe(formatVersion);
      const before = snapshot();
      expect(before).toHaveLength(3);
      await expect(openSqliteStore({ directory })).rejects.toThrow('format 99');
      expect(snapshot()).toEqual(before);
    });
  });

  it('is refused when the file in it is no database, and can be used when that is gone', async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, 'a diary');
    const before = snapshot();
    await expect(openSqliteStore({ directory })).rejects.toThrow(`${file} is not a database of this gateway`);
    expect(snapshot()).toEqual(before);
    rmSync(file);
    await makeStore();
    expect(snapshot()).toHaveLength(1);
  });

  it.each([
    ['of another program', 'PRAGMA application_id = 4711; CREATE TABLE t (x)'],
    ['of nobody in particular', 'CREATE TABLE t (x)'],
  ])('is refused when the database in it is %s, which stays as it is', async (_, sql) => {
    mkdirSync(directory, { recursive: true });
    const foreign = new DatabaseSync(file);
    foreign.exec(sql);
    foreign.close();
    const before = snapshot();
    await expect(openSqliteStore({ directory })).rejects.toThrow(`${file} is not a database of this gateway`);
    expect(snapshot()).toEqual(before);
  });

  it('is given back when the database in it turns out to be damaged', async () => {
    mkdirSync(directory, { recursive: true });
    const hollow = new DatabaseSync(file);
    hollow.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
    hollow.close();
    await expect(openSqliteStore({ directory })).rejects.toThrow(`${file} cannot be used: no such table`);
    rmSync(file);
    await makeStore();
    expect(existsSync(file)).toBe(true);
  });

  describe('in use', () => {
    it('is refused to a second store of the same process, and free when the first is closed', async () => {
      const first = await openSqliteStore({ directory });
      await first.commit({ create: [lamp('/lamp/1')] });
      await expect(openSqliteStore({ directory })).rejects.toThrow(`${directory} is in use`);
      await expect(openSqliteStore({ directory })).rejects.toThrow(`process ${process.pid}`);
      // Being asked must not have cost the first one its lock or its database.
      await first.commit({ create: [lamp('/lamp/2')] });
      await expect(openSqliteStore({ directory })).rejects.toThrow('is in use');
      await first.close();
      const second = await openSqliteStore({ directory });
      expect(await read(second, '/lamp/2')).toBeDefined();
      await second.close();
    });

    it('is refused while another process has it, and free when that is killed', async () => {
      const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), directory], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(holder.stdout, 'data');
      const refused = openSqliteStore({ directory });
      await expect(refused).rejects.toThrow(`${directory} is in use by another gateway (process ${holder.pid})`);
      holder.kill('SIGKILL');
      const [, signal] = await once(holder, 'exit');
      expect(signal).toBe('SIGKILL');
      expect(readFileSync(join(directory, 'occi.pid'), 'utf8')).toBe(`${holder.pid}\n`);
      await makeStore();
    });

    it('is refused without a name when it is not known who has it', async () => {
      const store = await openSqliteStore({ directory });
      for (const spoil of [
        () => writeFileSync(join(directory, 'occi.pid'), ''),
        () => rmSync(join(directory, 'occi.pid')),
      ]) {
        spoil();
        await expect(openSqliteStore({ directory })).rejects.toThrow(/in use by another gateway; stop/);
      }
      await store.close();
    });
  });
});
