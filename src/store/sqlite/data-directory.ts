import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readFileHeader } from './file-header.ts';
import { applicationId, formatVersion } from './migrations.ts';

/** A directory that belongs to this process alone until it is released. */
export interface DataDirectory {
  /** The path of the database in it, which is absent, empty, or of a format this version reads. */
  readonly file: string;
  release(): void;
}

/**
 * Takes a data directory into use; makes it, with its parents, where it is missing.
 *
 * @throws Error when another process, or somebody else in this one, has it, or when the database in it is newer than
 *   this version or of another program. The database and its companions are not touched then.
 */
export function openDataDirectory(path: string): DataDirectory {
  const directory = resolve(path);
  makeDurably(directory);
  const release = lock(directory);
  try {
    const file = join(directory, 'occi.sqlite');
    assertReadable(file);
    return { file, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Makes a directory whose name survives a power cut as the files in it do. */
function makeDurably(directory: string): void {
  const first = mkdirSync(directory, { recursive: true });
  // Windows does this by itself, and cannot be asked to.
  if (first === undefined || process.platform === 'win32') return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    const descriptor = openSync(dirname(made), 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}

/** How long two processes that start at the same moment wait for each other, in milliseconds. */
const lockTimeout = 100;
const sqliteBusy = 5;

/**
 * The lock is an exclusive transaction, never ended, on a database with nothing in it: the operating system takes it
 * back from a process that dies in whatever way. The process id is in a file of its own, because whoever is refused
 * cannot look into a locked database, and it is only there to be shown.
 */
function lock(directory: string): () => void {
  const pidFile = join(directory, 'occi.pid');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory, 'occi.lock'), { timeout: lockTimeout });
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    database?.close();
    const { errcode, message } = error as Error & { readonly errcode?: number };
    const problem =
      errcode === sqliteBusy
        ? `is in use by another gateway${holderIn(pidFile)}; stop that one first, or use another directory`
        : `cannot be used: ${message}`;
    throw new Error(`the data directory ${directory} ${problem}`, { cause: error });
  }
  const held = database;
  return () => {
    rmSync(pidFile, { force: true });
    held.close();
  };
}

function holderIn(pidFile: string): string {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isNaN(pid) ? '' : ` (process ${pid})`;
  } catch {
    return '';
  }
}

function assertReadable(file: string): void {
  const header = readFileHeader(file);
  if (header === undefined) return;
  if (header === 'alien' || header.applicationId !== applicationId) {
    throw new Error(`${file} is not a database of this gateway; move it away, or use another directory`);
  }
  if (header.userVersion > formatVersion) {
    throw new Error(
      `${file} has format ${header.userVersion}, and this version reads formats up to ${formatVersion}; ` +
        'start the newer gateway that wrote it, or use another directory',
    );
  }
}
