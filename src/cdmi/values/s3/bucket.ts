import type { S3Client } from '@aws-sdk/client-s3';
import { StoreUnavailable } from '../../../store/store.ts';
import { StorageFull, ValueLost } from '../value-store.ts';

/** Where values are in a store of S3. */
export interface Bucket {
  readonly client: S3Client;
  /** The module of the client, which is loaded when it is needed. */
  readonly s3: typeof import('@aws-sdk/client-s3');
  readonly name: string;
  /** What all keys begin with. */
  readonly prefix: string;
}

/** What stores say when a quota or their disks are full; each has its own word for it. */
const full = /quota|storagefull|insufficient(?:storage|capacity)|entitytoolarge/i;
const missing: readonly unknown[] = ['NoSuchKey', 'NotFound', 'InvalidRange'];

/**
 * What the store answers, or why it does not.
 *
 * @throws StorageFull when it has no room
 * @throws ValueLost when there is no such object, or it is shorter
 * @throws StoreUnavailable when it is away, or cannot be used as it is set up
 */
export async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explanation(error);
  }
}

/** See {@link explained}. */
export function explanation(error: unknown): Error {
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  const says = `${name}: ${message}`;
  if ($metadata?.httpStatusCode === 507 || full.test(name)) {
    return new StorageFull(`no room for a value: ${says}`, { cause: error });
  }
  if (missing.includes(name)) return new ValueLost(`there is no such value: ${says}`, { cause: error });
  return new StoreUnavailable(`the store of values is not available: ${says}`, { cause: error });
}
