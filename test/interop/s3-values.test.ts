import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framed, frameSize } from '../../src/cdmi/values/frames.ts';
import { openS3Values, type S3Options } from '../../src/cdmi/values/s3/s3-values.ts';
import { StorageFull } from '../../src/cdmi/values/value-store.ts';
import { StoreUnavailable } from '../../src/store/store.ts';
import { valueStoreContract } from '../cdmi/values/contract.ts';
import { collect, inPieces, sampleBytes } from '../cdmi/values/samples.ts';
import { describeWith } from './lab/shared.ts';
import { type Swift, startSwift, swiftPackages } from './lab/swift.ts';

const describeWithSwift = await describeWith(...swiftPackages);

describeWithSwift('Values in OpenStack Swift, by S3', () => {
  let swift: Swift;
  let client: S3Client;
  beforeAll(async () => {
    swift = await startSwift();
    client = new S3Client({ ...swift, forcePathStyle: true });
  });
  afterAll(async () => {
    client?.destroy();
    await swift?.stop();
  });

  let buckets = 0;
  async function newBucket(): Promise<S3Options> {
    const bucket = `values-${++buckets}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const { endpoint, region, credentials } = swift;
    return { endpoint, region, credentials, bucket, prefix: 'occi/', pathStyle: true, timeoutMs: 10_000, pageSize: 20 };
  }

  valueStoreContract(async () => {
    const options = await newBucket();
    const at = (key: string) => ({ Bucket: options.bucket, Key: options.prefix + key });
    const change = async (key: string, changed: (bytes: Buffer) => Buffer) => {
      const { Body } = await client.send(new GetObjectCommand(at(key)));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      await client.send(new PutObjectCommand({ ...at(key), Body: changed(bytes) }));
    };
    return {
      open: () => openS3Values(options),
      place: ['s3', JSON.stringify(options)],
      readsOn: false,
      damage: (key, offset) =>
        change(key, (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
          return bytes;
        }),
      cut: (key, size) => change(key, (bytes) => bytes.subarray(0, size)),
      async leftovers() {
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
        return Uploads.map(({ Key = '' }) => Key);
      },
      dispose: async () => {},
    };
  });

  it('are out of reach while the store is away, and there again afterwards', async () => {
    const values = await openS3Values(await newBucket());
    const bytes = sampleBytes(20_000_000);
    const { key } = await values.write(inPieces(bytes));
    await swift.kill();
    await expect(values.write(inPieces(bytes))).rejects.toThrow(StoreUnavailable);
    await expect(values.write(inPieces(bytes.subarray(0, 10)))).rejects.toThrow(StoreUnavailable);
    await expect(collect(values.read(key, 0, 10))).rejects.toThrow(StoreUnavailable);
    await expect(values.remove(key)).rejects.toThrow(StoreUnavailable);
    await swift.start();
    expect((await collect(values.read(key, 0, bytes.length))).equals(bytes)).toBe(true);
    await values.close();
  });

  it('are read on when the store has been away meanwhile', async () => {
    const values = await openS3Values(await newBucket());
    const bytes = sampleBytes(30_000_000);
    const { key } = await values.write(inPieces(bytes));
    const given: Uint8Array[] = [];
    for await (const piece of values.read(key, 0, bytes.length)) {
      if (given.push(piece) !== 8) continue;
      await swift.kill();
      await swift.start();
    }
    expect(Buffer.concat(given).equals(bytes)).toBe(true);
    await values.close();
  });

  it('need a bucket that is there', async () => {
    const values = await openS3Values({ ...(await newBucket()), bucket: 'nowhere' });
    await expect(values.write(inPieces(sampleBytes(10)))).rejects.toThrow(StoreUnavailable);
    await expect(collect(values.read('0'.repeat(32), 0, 1))).rejects.toThrow(StoreUnavailable);
    await values.close();
  });
});

/** Speaks HTTP, and no more of S3 than a test needs. */
async function startStub(answer: RequestListener): Promise<{ readonly options: S3Options; close(): void }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    options: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      bucket: 'values',
      prefix: '',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      pathStyle: true,
      timeoutMs: 300,
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('Values in a store of S3 that has no room', () => {
  it.each([
    [507, 'InsufficientStorage'],
    [403, 'QuotaExceeded'],
    [507, 'XMinioStorageFull'],
    [413, 'EntityTooLarge'],
  ])('are refused: %i %s', async (status, code) => {
    const answer = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no room</Message></Error>`;
    const stub = await startStub((request, response) => {
      request.resume().on('end', () => response.writeHead(status, { 'Content-Type': 'application/xml' }).end(answer));
    });
    const values = await openS3Values(stub.options);
    await expect(values.write(inPieces(sampleBytes(10)))).rejects.toThrow(StorageFull);
    await expect(values.write(inPieces(sampleBytes(20_000_000)))).rejects.toThrow(StorageFull);
    await values.close();
    stub.close();
  });
});

describe('Values in a store of S3 that is silent', () => {
  it('are out of reach after a while', async () => {
    const stub = await startStub((request) => void request.resume());
    const values = await openS3Values(stub.options);
    await expect(values.write(inPieces(sampleBytes(10)))).rejects.toThrow(StoreUnavailable);
    await values.close();
    stub.close();
  });

  it('are asked for again from where they broke off, and not for ever', async () => {
    const asked: string[] = [];
    const stub = await startStub(({ headers }, response) => {
      asked.push(headers.range ?? '');
      response.writeHead(206, { 'Content-Length': 1_000_000 });
      response.write(frames.subarray(asked.length === 1 ? 0 : 4 * frameSize, 5 * frameSize));
    });
    const frames = await collect(framed(inPieces(sampleBytes(1_000_000)), 16 * frameSize));
    const values = await openS3Values(stub.options);
    const given: Uint8Array[] = [];
    const reading = async () => {
      for await (const piece of values.read('key', 0, 1_000_000)) given.push(piece);
    };
    await expect(reading()).rejects.toThrow(StoreUnavailable);
    expect(Buffer.concat(given)).toEqual(sampleBytes(1_000_000).subarray(0, Buffer.concat(given).length));
    expect(given).toHaveLength(4);
    expect(asked).toEqual(['bytes=0-1048575', 'bytes=262144-1048575', 'bytes=262144-1048575']);
    await values.close();
    stub.close();
  });
});
