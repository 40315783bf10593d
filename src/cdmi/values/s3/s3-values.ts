import { framesOf, unframed } from '../frames.ts';
import { isValueKey, keyTime } from '../value-key.ts';
import { ValueLost, type ValueStore } from '../value-store.ts';
import { type Bucket, explained } from './bucket.ts';
import { objectClaim } from './object-claim.ts';
import { readObject } from './read-object.ts';
import { abortUploads } from './upload.ts';
import { writeObject } from './write-object.ts';

/** How to reach a bucket of an S3-compatible store. */
export interface S3Options {
  /** Without it that of the region, at Amazon. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** What all keys begin with. It belongs to one record: what that does not refer to is removed. */
  readonly prefix: string;
  /** Without it, it is looked for where the other tools of Amazon look for it. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Whether the bucket is in the path of URLs, and not in their host name. */
  readonly pathStyle: boolean;
  /** How long the store may be silent, in milliseconds. */
  readonly timeoutMs: number;
  /** How many keys are listed at once; 1000 unless given. */
  readonly pageSize?: number;
}

/** How long it may take to be connected, in milliseconds. */
const connectMs = 5_000;

/**
 * Values in objects of an S3-compatible store, in frames as in files (see `frames.ts`). The client is loaded only here:
 * who keeps values in files does not pay for it.
 */
export async function openS3Values(options: S3Options): Promise<ValueStore> {
  const { endpoint, region, credentials, timeoutMs, pageSize = 1000, prefix } = options;
  const s3 = await import('@aws-sdk/client-s3');
  const client = new s3.S3Client({
    region,
    forcePathStyle: options.pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    // What has been sent is checked by the digest that is signed with it; not all stores know newer ways.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectMs, socketTimeout: timeoutMs },
  });
  const bucket: Bucket = { client, s3, name: options.bucket, prefix };

  return {
    write: (source) => writeObject(bucket, source),

    read(key, start, end) {
      const { from, to } = framesOf(start, end);
      return unframed(key, start, end, readObject(bucket, key, from, to));
    },

    async remove(key) {
      try {
        await explained(client.send(new s3.DeleteObjectCommand({ Bucket: bucket.name, Key: prefix + key })));
      } catch (error) {
        // Some stores say so when it is gone already.
        if (!(error instanceof ValueLost)) throw error;
      }
    },

    async *keys(before) {
      const limit = keyTime(before);
      await abortUploads(bucket, limit);
      let after: string | undefined;
      for (;;) {
        const page = await explained(
          client.send(
            new s3.ListObjectsV2Command({
              Bucket: bucket.name,
              Prefix: prefix,
              MaxKeys: pageSize,
              ...(after !== undefined && { StartAfter: after }),
            }),
          ),
        );
        const names = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
        const keys = names.map((name) => name.slice(prefix.length)).filter(isValueKey);
        const early = keys.filter((key) => key < limit);
        if (early.length > 0) yield early;
        if (page.IsTruncated !== true || early.length < keys.length) return;
        after = names.at(-1);
      }
    },

    // Nobody here copies what is in a bucket.
    isHeld: async () => false,
    claim: objectClaim(bucket),

    async close() {
      client.destroy();
    },
  };
}
