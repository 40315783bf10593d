import type { CompletedPart } from '@aws-sdk/client-s3';
import { isValueKey } from '../value-key.ts';
import { type Bucket, explained } from './bucket.ts';

/** A value that is sent in parts. There is nothing of it to be seen before it is complete. */
export class Upload {
  readonly #bucket: Bucket;
  readonly #place: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined };
  readonly #parts: CompletedPart[] = [];

  private constructor(bucket: Bucket, Key: string, UploadId: string | undefined) {
    this.#bucket = bucket;
    this.#place = { Bucket: bucket.name, Key, UploadId };
  }

  static async begin(bucket: Bucket, key: string): Promise<Upload> {
    const { client, s3, name, prefix } = bucket;
    const Key = prefix + key;
    const { UploadId } = await explained(client.send(new s3.CreateMultipartUploadCommand({ Bucket: name, Key })));
    return new Upload(bucket, Key, UploadId);
  }

  /** Sends the next part. One at a time: they are numbered as they come. */
  async add(part: Uint8Array): Promise<void> {
    const { client, s3 } = this.#bucket;
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await explained(client.send(new s3.UploadPartCommand({ ...this.#place, PartNumber, Body: part })));
    this.#parts.push({ PartNumber, ETag });
  }

  async complete(): Promise<void> {
    const { client, s3 } = this.#bucket;
    const MultipartUpload = { Parts: this.#parts };
    await explained(client.send(new s3.CompleteMultipartUploadCommand({ ...this.#place, MultipartUpload })));
  }

  /** Gives up. What cannot be removed now is found later by {@link abortUploads}. */
  async abort(): Promise<void> {
    const { client, s3 } = this.#bucket;
    await client.send(new s3.AbortMultipartUploadCommand(this.#place)).catch(() => {});
  }
}

/**
 * Removes what was sent of values whose writers have gone.
 *
 * @param limit the keys before it, in the order of characters, are meant
 */
export async function abortUploads({ client, s3, name, prefix }: Bucket, limit: string): Promise<void> {
  const listed = { Bucket: name, Prefix: prefix };
  let after: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {};
  for (;;) {
    const page = await explained(client.send(new s3.ListMultipartUploadsCommand({ ...listed, ...after })));
    for (const { Key = '', UploadId } of page.Uploads ?? []) {
      const key = Key.slice(prefix.length);
      if (!isValueKey(key) || key >= limit) continue;
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket: name, Key, UploadId })).catch(() => {});
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
    after = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker !== undefined && { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}
