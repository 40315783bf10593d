import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClaimPlace } from '../claim.ts';
import { flush } from './directory-flush.ts';

/** The file that tells whose values are in a directory. */
export const claimIn = (directory: string): string => join(directory, 'claim');

/** @param aside a directory on the same file system, of this process alone */
export function fileClaim(directory: string, aside: string): ClaimPlace {
  const path = claimIn(directory);
  return {
    name: `the file ${path}`,
    async read() {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return undefined;
      }
    },
    async write(text) {
      const fresh = join(aside, randomUUID());
      await writeFile(fresh, text, { mode: 0o600, flush: true });
      await rename(fresh, path);
      await flush(directory);
    },
  };
}
