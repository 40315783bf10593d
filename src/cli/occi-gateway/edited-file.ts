import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Changes a file that only its owner may read: the new text is written beside it, and put in its place when all of it is
 * on disk, so that whoever reads sees the old or the new one. Of two who do that at the same time one is refused.
 *
 * @param edit is given the text, empty where there is no file yet; what it throws leaves the file as it is
 * @throws Error
 */
export async function editFile(path: string, edit: (text: string) => string | Promise<string>): Promise<void> {
  // Where there is a link, what it leads to is changed.
  const file = await realpath(path).catch(ifMissing(path));
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new Error(`${fresh} is there: somebody else is changing the file; remove it if nobody is`, { cause });
  });
  try {
    const text = await readFile(file, 'utf8').catch(ifMissing(''));
    await handle.writeFile(await edit(text));
    await handle.sync();
    await handle.close();
    await rename(fresh, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await handle.close();
    await rm(fresh, { force: true });
    throw error;
  }
}

function ifMissing(otherwise: string): (error: NodeJS.ErrnoException) => string {
  return (error) => {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  };
}

/** So that the new name survives a loss of power, too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
