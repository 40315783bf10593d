import { join } from 'node:path';
import { openFileValues } from './files/file-values.ts';
import { openS3Values } from './s3/s3-values.ts';
import { type S3Config, s3Of } from './s3/settings.ts';
import type { ValueStore } from './value-store.ts';

/**
 * Opens the place for values that is configured: a bucket, or the directory `cdmi` of the data directory. Gateways that
 * share a database share that directory, too, by a file system that all of them have; or they use a bucket.
 *
 * @param identity of the record that refers to the values
 * @throws Error when values cannot be kept there
 */
export async function openValues(
  config: S3Config & { readonly dataDir: string },
  identity: string,
): Promise<ValueStore> {
  const bucket = s3Of(config, identity);
  return bucket === undefined ? openFileValues(join(config.dataDir, 'cdmi')) : openS3Values(bucket);
}
