import { StoreUnavailable } from '../../../store/store.ts';
import { framed, unframedSize } from '../frames.ts';
import { keyClock, newValueKey } from '../value-key.ts';
import { StorageFull, type WrittenValue } from '../value-store.ts';
import { type Bucket, explained } from './bucket.ts';
import { Upload } from './upload.ts';

/**
 * The size of the parts that large values are sent in, and of the two buffers that every writer has for them: 8 MiB, so
 * that the 10 000 parts that S3 takes are 78 GiB.
 */
const partSize = 2 ** 23;
const largest = 10_000 * partSize;

/** Its key is as old as the beginning of its writing, and tells when nobody will refer to a value any more. */
const longestWriteMs = 12 * 3_600_000;

/** Writes a value: a small one at once, a large one in parts, one of which is sent while the next is filled. */
export async function writeObject(bucket: Bucket, source: AsyncIterable<Uint8Array>): Promise<WrittenValue> {
  const { client, s3, name, prefix } = bucket;
  const key = newValueKey();
  const begun = keyClock();
  let size = 0;
  let first: Uint8Array = Buffer.alloc(0);
  let upload: Upload | undefined;
  let sending: Promise<void> = Promise.resolve();
  try {
    for await (const block of framed(source, partSize)) {
      await sending;
      size += block.length;
      if (size > largest) throw new StorageFull(`a value of more than ${largest} bytes is too large for S3`);
      if (size === block.length) {
        // Whether it is the only one is not known yet.
        first = block;
        continue;
      }
      if (upload === undefined) {
        upload = await Upload.begin(bucket, key);
        await upload.add(first);
      }
      sending = upload.add(block);
      sending.catch(() => {});
    }
    await sending;
    if (keyClock() - begun > longestWriteMs) throw new StoreUnavailable('the writing of a value took too long');
    if (upload !== undefined) await upload.complete();
    else await explained(client.send(new s3.PutObjectCommand({ Bucket: name, Key: prefix + key, Body: first })));
  } catch (error) {
    await sending.catch(() => {});
    await upload?.abort();
    throw error;
  }
  return { key, size: unframedSize(size) };
}
