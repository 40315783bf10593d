import { openFileValues } from '../../../src/cdmi/values/files/file-values.ts';
import { openS3Values } from '../../../src/cdmi/values/s3/s3-values.ts';
import type { ValueStore } from '../../../src/cdmi/values/value-store.ts';

/** Opens the place for values that the arguments of a process name. */
export async function openPlace([sort, place = '']: readonly string[]): Promise<ValueStore> {
  if (sort === 'files') return openFileValues(place);
  if (sort === 's3') return openS3Values(JSON.parse(place));
  throw new Error(`there is no place for values called ${sort}`);
}
