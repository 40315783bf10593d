import type { ClaimPlace } from '../claim.ts';
import { ValueLost } from '../value-store.ts';
import { type Bucket, explained } from './bucket.ts';

/** The object that tells whose values are in a bucket. */
export function objectClaim({ client, s3, name, prefix }: Bucket): ClaimPlace {
  const place = { Bucket: name, Key: `${prefix}claim` };
  return {
    name: `the object ${place.Key} of the bucket ${name}`,
    async read() {
      try {
        const { Body } = await explained(client.send(new s3.GetObjectCommand(place)));
        return await Body?.transformToString();
      } catch (error) {
        if (!(error instanceof ValueLost)) throw error;
        return undefined;
      }
    },
    async write(text) {
      await explained(client.send(new s3.PutObjectCommand({ ...place, Body: text })));
    },
  };
}
