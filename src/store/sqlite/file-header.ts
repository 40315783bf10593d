import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a SQLite file says about itself. Both numbers are 0 where nobody set them. */
export interface FileHeader {
  readonly applicationId: number;
  /** The application's own format version. */
  readonly userVersion: number;
}

/**
 * The header of a SQLite database, read without SQLite: opening a file, even to look at it, makes SQLite create or
 * rewrite its `-wal` and `-shm` companions, and a file that is not ours has to stay as it is.
 *
 * Nobody may have the database open in this process, because closing the file drops this process's locks on it.
 *
 * @returns undefined when there is no file or an empty one; `'alien'` when it is something else than SQLite
 */
export function readFileHeader(file: string): FileHeader | 'alien' | undefined {
  const main = readStart(file, pageHeaderSize);
  if (main === undefined) return undefined;
  if (main.length < pageHeaderSize || main.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'alien';
  const newest = firstPageInWal(`${file}-wal`) ?? main;
  return { applicationId: newest.readUInt32BE(68), userVersion: newest.readUInt32BE(60) };
}

/** Offsets and sizes of https://www.sqlite.org/fileformat2.html §1.3 and §4.1. */
const pageHeaderSize = 100;
const walHeaderSize = 32;
const frameHeaderSize = 24;

function readStart(file: string, length: number): Buffer | undefined {
  return withFile(file, (descriptor, size) => (size === 0 ? undefined : readAt(descriptor, 0, length)));
}

/** The header part of page 1 as last committed to a write-ahead log, where it may be newer than in the file itself. */
function firstPageInWal(file: string): Buffer | undefined {
  return withFile(file, (descriptor, size) => {
    const header = readAt(descriptor, 0, walHeaderSize);
    if (header.length < walHeaderSize) return undefined;
    const step = frameHeaderSize + header.readUInt32BE(8);
    let seen: Buffer | undefined;
    let committed: Buffer | undefined;
    for (let at = walHeaderSize; at + step <= size; at += step) {
      const frame = readAt(descriptor, at, frameHeaderSize);
      // The log is overwritten from its start; what has other salts is left over from an earlier round.
      if (frame.compare(header, 16, 24, 8, 16) !== 0) break;
      if (frame.readUInt32BE(0) === 1) seen = readAt(descriptor, at + frameHeaderSize, pageHeaderSize);
      if (frame.readUInt32BE(4) !== 0) committed = seen;
    }
    return committed;
  });
}

function withFile<T>(file: string, read: (descriptor: number, size: number) => T): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return read(descriptor, fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
}
