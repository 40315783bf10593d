import { mkdirSync, symlinkSync } from 'node:fs';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { valueFiles } from '../http/cdmi/value-files.ts';
import {
  type Environment,
  type RunningGateway,
  runToEnd,
  startGateway,
  temporaryDirectory,
} from '../server/command.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';
import { describeWith } from './lab/shared.ts';
import { type Swift, startSwift, swiftPackages } from './lab/swift.ts';

const describeWithAll = await describeWith('postgresql', ...swiftPackages);

describeWithAll('values of gateways that share a PostgreSQL', () => {
  let server: PostgreSql;
  let swift: Swift;
  let client: S3Client;
  beforeAll(async () => {
    [server, swift] = await Promise.all([startPostgreSql(), startSwift()]);
    client = new S3Client({ ...swift, forcePathStyle: true });
  });
  afterAll(async () => {
    client?.destroy();
    await swift?.stop();
    await server?.stop();
  });

  let directory: ReturnType<typeof temporaryDirectory>;
  const running: RunningGateway[] = [];
  beforeEach(() => {
    directory = temporaryDirectory();
    mkdirSync(`${directory.path}/cdmi`);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop('SIGKILL')));
    directory.remove();
  });

  let count = 0;
  /** A data directory of its own; the one for values is that of all. */
  function newHome(): string {
    const home = `${directory.path}/home-${++count}`;
    mkdirSync(home);
    symlinkSync(`${directory.path}/cdmi`, `${home}/cdmi`);
    return home;
  }
  async function start(environment: Environment): Promise<RunningGateway> {
    const gateway = await startGateway(newHome(), { OCCI_CDMI: 'on', ...environment });
    running.push(gateway);
    return gateway;
  }
  const refusalOf = async (environment: Environment) => {
    const own = { OCCI_PORT: '0', OCCI_METRICS_PORT: '0', OCCI_DATA_DIR: newHome(), OCCI_CDMI: 'on' };
    const { code, stdout, stderr } = await runToEnd([], { ...own, ...environment });
    expect(code).toBe(1);
    return stdout + stderr;
  };
  const stop = async () => {
    for (const gateway of running.splice(0)) expect((await gateway.stop()).code).toBe(0);
  };
  async function put({ url }: RunningGateway, name: string, body: string): Promise<void> {
    expect((await fetch(`${url}/cdmi/${name}`, { method: 'PUT', body })).ok).toBe(true);
  }
  const get = async ({ url }: RunningGateway, name: string) => (await fetch(`${url}/cdmi/${name}`)).text();

  async function newBucket(): Promise<Environment> {
    const bucket = `shelf-${++count}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return {
      OCCI_CDMI_S3_BUCKET: bucket,
      OCCI_CDMI_S3_ENDPOINT: swift.endpoint,
      OCCI_CDMI_S3_REGION: swift.region,
      OCCI_CDMI_S3_ACCESS_KEY: swift.credentials.accessKeyId,
      OCCI_CDMI_S3_SECRET_KEY: swift.credentials.secretAccessKey,
    };
  }

  /** A database with all that is in another, whose identity it has, too. */
  async function copyOf(url: string): Promise<string> {
    const copy = await server.database();
    const [from, to] = [url, copy].map((one) => new URL(one).pathname.slice(1));
    const admin = new Client(server.url);
    await admin.connect();
    await admin.query(`DROP DATABASE ${to}`);
    await admin.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
    await admin.end();
    return copy;
  }

  it('in a bucket are those of all who share the record, and of no copy of it until they have gone', {
    timeout: 120_000,
  }, async () => {
    const bucket = await newBucket();
    const original = { ...bucket, OCCI_DATABASE_URL: await server.database() };
    const [one, other] = [await start(original), await start(original)];
    await put(one, 'a', 'by one');
    await put(other, 'b', 'by the other');
    expect([await get(other, 'a'), await get(one, 'b')]).toEqual(['by one', 'by the other']);
    await stop();

    const copy = { ...bucket, OCCI_DATABASE_URL: await copyOf(original.OCCI_DATABASE_URL) };
    const told = await refusalOf(copy);
    expect(told).toContain(
      'belong to another copy of this record, the one in the schema occi of the PostgreSQL database',
    );
    const [, key = ''] = /remove the object (\S+claim) of the bucket/.exec(told) ?? [];
    expect(await get(await start(original), 'a')).toBe('by one');
    await stop();

    // The way out that it names.
    await client.send(new DeleteObjectCommand({ Bucket: bucket['OCCI_CDMI_S3_BUCKET'], Key: key }));
    expect(await get(await start(copy), 'b')).toBe('by the other');
    await stop();
    expect(await refusalOf(original)).toContain('belong to another copy of this record');
    // Another record has names of its own there.
    const another = await start({ ...bucket, OCCI_DATABASE_URL: await server.database() });
    await put(another, 'a', 'another');
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket['OCCI_CDMI_S3_BUCKET'] }));
    expect(Contents.filter(({ Key }) => Key?.endsWith('/claim'))).toHaveLength(2);
  });

  it('in a bucket that is away at the start do not keep the gateway from it', { timeout: 60_000 }, async () => {
    const settings = { ...(await newBucket()), OCCI_DATABASE_URL: await server.database() };
    await swift.kill();
    const gateway = await start(settings);
    expect(gateway.log().map(({ msg }) => msg)).toContain('whose the values are cannot be found out yet');
    expect((await fetch(`${gateway.url}/-/`)).status).toBe(200);
    await swift.start();
    await put(gateway, 'a', 'there again');
    expect(await get(gateway, 'a')).toBe('there again');
  });

  it('[CDMI-G21] in files are seen whole through each gateway, while all write', { timeout: 120_000 }, async () => {
    const shared = { OCCI_DATABASE_URL: await server.database() };
    const gateways = [await start(shared), await start(shared)];
    const at = (number: number) => gateways[number % 2] as RunningGateway;
    const letters = [...'abcd'];
    const textOf = (letter: string) => letter.repeat(40_000 + 30_011 * letters.indexOf(letter));
    await put(at(0), 'one', textOf('a'));
    let isOver = false;
    const writing = letters.map(async (letter, lane) => {
      for (let time = 0; time < 15; time++) await put(at(lane), 'one', textOf(letter));
    });
    const seen = new Set<string>();
    const reading = letters.map(async (_, lane) => {
      while (!isOver) {
        const text = await get(at(lane), 'one');
        const [letter = ''] = text;
        expect(text === textOf(letter), `${text.length} bytes that begin with ${letter}`).toBe(true);
        seen.add(letter);
      }
    });
    await Promise.all(writing).finally(() => {
      isOver = true;
    });
    await Promise.all(reading);
    expect(seen.size).toBeGreaterThan(2);
    expect(await get(at(0), 'one')).toBe(await get(at(1), 'one'));
  });

  it('in files are in the backup, and come back in another database, and in the same', {
    timeout: 120_000,
  }, async () => {
    const original = { OCCI_DATABASE_URL: await server.database() };
    const [one, other] = [await start(original), await start(original)];
    const names = Array.from({ length: 20 }, (_, number) => `n${number}`);
    for (const [number, name] of names.entries())
      await put(number % 2 === 0 ? one : other, name, `${name} `.repeat(9_000));
    let isOver = false;
    const writing = (async () => {
      for (let round = 0; !isOver; round++) await put(other, 'moving', `${round}`.repeat(70_000));
    })();
    const kept = `${directory.path}/backup`;
    const command = (words: readonly string[], environment: Environment, home = newHome()) =>
      runToEnd(words, { OCCI_CDMI: 'on', OCCI_DATA_DIR: home, ...environment });
    expect(await command(['backup', kept], original)).toMatchObject({ code: 0, stderr: '' });
    isOver = true;
    await writing;
    for (const name of names) await fetch(`${one.url}/cdmi/${name}`, { method: 'DELETE' });
    await stop();

    const expectAll = async (gateway: RunningGateway) => {
      for (const name of names) expect((await get(gateway, name)) === `${name} `.repeat(9_000), name).toBe(true);
    };
    // Elsewhere, with the values in a place of their own.
    const elsewhere = { OCCI_DATABASE_URL: await server.database() };
    const home = `${directory.path}/elsewhere`;
    expect(await command(['restore', kept], elsewhere, home)).toMatchObject({ code: 0, stderr: '' });
    const copy = await startGateway(home, { OCCI_CDMI: 'on', ...elsewhere });
    running.push(copy);
    await expectAll(copy);
    await stop();
    // Where the original has its values nothing but that may start.
    expect(await refusalOf(elsewhere)).toContain(`remove the file ${directory.path}`);
    const files = valueFiles(directory.path);
    expect(await command(['restore', '--force', kept], original)).toMatchObject({ code: 0, stderr: '' });
    expect(valueFiles(directory.path)).toEqual(expect.arrayContaining([...files]));
    await expectAll(await start(original));
  });
});
