import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileHeader } from '../../../src/store/sqlite/file-header.ts';

describe('the header of a database file', () => {
  let directory: string;
  let original: string;
  let copy: string;
  let database: DatabaseSync;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-header-'));
    original = join(directory, 'original');
    copy = join(directory, 'copy');
    database = new DatabaseSync(original);
    database.exec('PRAGMA application_id = 17; PRAGMA user_version = 3; CREATE TABLE t (x)');
  });
  afterEach(() => {
    if (database.isOpen) database.close();
    rmSync(directory, { recursive: true });
  });

  /** The files as a crash would leave them. */
  function crash(): void {
    for (const suffix of ['', '-wal']) copyFileSync(original + suffix, copy + suffix);
  }

  function useWal(): void {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  }

  it('has the mark of the program and the version of its format', () => {
    database.close();
    expect(readFileHeader(original)).toEqual({ applicationId: 17, userVersion: 3 });
  });

  it('is absent where there is no file, or nothing in it', () => {
    expect(readFileHeader(copy)).toBeUndefined();
    writeFileSync(copy, '');
    expect(readFileHeader(copy)).toBeUndefined();
  });

  it('is alien in a file of another kind, however long', () => {
    for (const content of ['SQLite format 3\0', 'a diary\n'.repeat(50)]) {
      writeFileSync(copy, content);
      expect(readFileHeader(copy)).toBe('alien');
    }
  });

  it('is taken from the log where that is newer than the file', () => {
    useWal();
    database.exec('PRAGMA user_version = 99');
    crash();
    expect(readFileHeader(copy)).toEqual({ applicationId: 17, userVersion: 99 });
    rmSync(`${copy}-wal`);
    expect(readFileHeader(copy)).toEqual({ applicationId: 17, userVersion: 3 });
  });

  it('is the last one in a log that has several', () => {
    useWal();
    for (const version of [10, 11, 12]) database.exec(`PRAGMA user_version = ${version}; INSERT INTO t VALUES (1)`);
    crash();
    expect(readFileHeader(copy)).toEqual({ applicationId: 17, userVersion: 12 });
  });

  it('is not taken from a transaction whose end is missing in the log', () => {
    useWal();
    database.exec('BEGIN; PRAGMA user_version = 99; INSERT INTO t VALUES (1); COMMIT');
    crash();
    truncateSync(`${copy}-wal`, statSync(`${copy}-wal`).size - 1);
    expect(readFileHeader(copy)).toEqual({ applicationId: 17, userVersion: 3 });
  });

  it('is not taken from what an earlier round left in the log', () => {
    useWal();
    database.exec('INSERT INTO t VALUES (1); PRAGMA user_version = 10; PRAGMA wal_checkpoint(RESTART)');
    database.exec('PRAGMA user_version = 11');
    crash();
    expect(statSync(`${copy}-wal`).size).toBeGreaterThan(32 + 2 * 4_096);
    expect(readFileHeader(copy)).toEqual({ applicationId: 17, userVersion: 11 });
  });

  it('is taken from the file when the log is empty or cut short', () => {
    database.close();
    for (const content of ['', 'short']) {
      writeFileSync(`${original}-wal`, content);
      expect(readFileHeader(original)).toEqual({ applicationId: 17, userVersion: 3 });
    }
  });
});
