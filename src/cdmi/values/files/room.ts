import { StorageFull } from '../value-store.ts';

/** What the system says when the disk, a quota, or what a file may take is used up. */
const full: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** @throws StorageFull instead of what the system says */
export async function roomFor<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw full.includes(code) ? new StorageFull(`no room for a value: ${message}`, { cause: error }) : error;
  }
}
