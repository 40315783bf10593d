import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';

/** Something below a directory. */
export interface LocalEntry {
  /** The path of it. */
  readonly file: string;
  /** The names on the way to it from the directory. */
  readonly names: readonly string[];
  readonly type: 'directory' | 'file' | 'other';
}

/**
 * All that is below a directory, in the order of names; directories before what is in them. Links to files are files.
 * Those to directories are not followed: they may lead in circles.
 *
 * @throws UsageError when it cannot be read
 */
export async function* localTree(directory: string, above: readonly string[] = []): AsyncGenerator<LocalEntry> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: Error) => {
    throw unreadable(directory, cause);
  });
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const [file, names] = [join(directory, entry.name), [...above, entry.name]];
    if (entry.isDirectory()) {
      yield { file, names, type: 'directory' };
      yield* localTree(file, names);
    } else {
      const isFile = entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(file)));
      yield { file, names, type: isFile ? 'file' : 'other' };
    }
  }
}

/** Whether something is a file or a directory. @throws UsageError when it is not there, or something else */
export async function localType(file: string): Promise<'directory' | 'file'> {
  const found = await stat(file).catch((cause: Error) => {
    throw unreadable(file, cause);
  });
  if (found.isDirectory()) return 'directory';
  if (found.isFile()) return 'file';
  throw new UsageError(`${file} is neither a file nor a directory`, 'write - and give it on the standard input');
}

function unreadable(file: string, cause: Error): UsageError {
  return new UsageError(`${file} cannot be read: ${cause.message}`, 'name a file that is there', { cause });
}

async function isLinkToFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
