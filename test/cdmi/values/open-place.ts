import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import type { ValueStore } from '../../../src/cdmi/values/value-store.ts';

/** Opens the place for values that the arguments of a process name. */
export async function openPlace([sort, ...place]: readonly string[]): Promise<ValueStore> {
  const [directory = ''] = place;
  if (sort === 'files') return openFileValues(directory);
  throw new Error(`there is no place for values called ${sort}`);
}
