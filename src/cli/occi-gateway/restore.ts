import { existsSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { Client } from 'pg';
import { claimIn } from '../../cdmi/values/files/file-claim.ts';
import { ownDirectory } from '../../cdmi/values/files/own-directory.ts';
import { asideIn, copyValues, valuesIn } from '../../cdmi/values/files/value-copies.ts';
import { type Config, readConfig } from '../../config.ts';
import { openDataDirectory } from '../../store/sqlite/data-directory.ts';
import { readFileHeader } from '../../store/sqlite/file-header.ts';
import { formatVersion } from '../../store/sqlite/migrations.ts';
import { backupFiles, type Manifest, readManifest } from './backup-manifest.ts';
import { postgresTool } from './postgres-tool.ts';

interface RestoreOptions {
  readonly force?: boolean;
}

/** `occi-gateway restore DIR`: what {@link backupCommand} has copied is put back, while no gateway is at work. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('put back what a backup has; no gateway may be at work')
    .argument('<directory>', 'the backup')
    .option('--force', 'also where there is a record already, which is lost then')
    .action(async (directory: string, { force = false }: RestoreOptions) => {
      const manifest = await readManifest(directory);
      await restore(readConfig(process.env), directory, manifest, force);
      process.stdout.write(`restored the backup of ${manifest.created}\n`);
      if (manifest.values !== undefined && 'bucket' in manifest.values) {
        process.stdout.write(
          `values are in the bucket ${manifest.values.bucket}, and must be as they were then; a gateway that had them elsewhere keeps them until it is gone\n`,
        );
      }
      process.stdout.write(
        'machines that were created since are terminated when the gateway starts, unless OCCI_UNKNOWN_MACHINES=keep is set\n',
      );
    });
}

async function restore(config: Config, from: string, manifest: Manifest, force: boolean): Promise<void> {
  const { databaseUrl: url, databaseSchema: schema, dataDir } = config;
  if ((manifest.store === 'postgresql') !== (url !== undefined)) {
    const wanted = url === undefined ? 'set OCCI_DATABASE_URL' : 'unset OCCI_DATABASE_URL';
    throw new Error(`${from} is a backup of a record in ${manifest.store}; ${wanted} to restore it`);
  }
  assertSamePlace(config, from, manifest);
  const names = Object.keys(manifest.files).filter((name) => name !== backupFiles.dump);
  const home = openDataDirectory(dataDir);
  try {
    for (const name of names) {
      const file = join(dataDir, name);
      if (!force && existsSync(file)) throw new Error(`${file} is there already; --force replaces it`);
    }
    assertReadable(join(from, backupFiles.record));
    if (url !== undefined) await restoreSchema({ url, schema, from, manifest, force });
    if (manifest.values !== undefined && 'digest' in manifest.values) await restoreValues(from, join(dataDir, 'cdmi'));
    // The record last: with it everything is there.
    for (const name of names.toReversed()) await replace(join(from, name), join(dataDir, name));
    // Values that are there are this record's now.
    if (force) await rm(claimIn(join(dataDir, 'cdmi')), { force: true });
  } finally {
    home.release();
  }
}

/** @throws Error when the values would not be where the gateway looks for them */
function assertSamePlace({ cdmiS3Bucket: bucket }: Config, from: string, { values }: Manifest): void {
  if (values === undefined || 'bucket' in values === (bucket !== undefined)) return;
  const [place, wanted] = 'bucket' in values ? ['a bucket', 'set'] : ['files', 'unset'];
  throw new Error(`${from} is a backup with values of CDMI in ${place}; ${wanted} OCCI_CDMI_S3_BUCKET to restore it`);
}

/** What is there stays: the record that is there may refer to it until it is replaced. */
async function restoreValues(from: string, store: string): Promise<void> {
  const aside = ownDirectory(asideIn(store));
  try {
    await copyValues({ from: join(from, backupFiles.values), to: valuesIn(store), aside: aside.path });
  } finally {
    aside.release();
  }
}

function assertReadable(file: string): void {
  const header = readFileHeader(file);
  if (header === undefined || header === 'alien' || header.userVersion <= formatVersion) return;
  throw new Error(`${file} has format ${header.userVersion}; this version reads formats up to ${formatVersion}`);
}

async function replace(source: string, target: string): Promise<void> {
  const fresh = `${target}.new`;
  await copyFile(source, fresh);
  await sync(fresh);
  // What is in the logs belongs to the file that goes.
  for (const end of ['-wal', '-shm']) await rm(target + end, { force: true });
  await rename(fresh, target);
  await sync(dirname(target));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A schema to be put back. */
interface SchemaRestore {
  readonly url: string;
  readonly schema: string;
  readonly from: string;
  readonly manifest: Manifest;
  readonly force: boolean;
}

/** The old schema is kept under another name until the new one is there, and has its name again when that fails. */
async function restoreSchema({ url, schema, from, manifest, force }: SchemaRestore): Promise<void> {
  if (manifest.schema !== schema) {
    throw new Error(`the backup is of the schema ${manifest.schema}; set OCCI_DATABASE_SCHEMA to restore it`);
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  const old = `${schema.slice(0, 48)}_before_restore`;
  try {
    const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
    const isThere = rows.length > 0;
    if (isThere && !force) throw new Error(`the schema ${schema} is there already; --force replaces it`);
    if (isThere) {
      await assertIdle(client, schema);
      await client.query(`ALTER SCHEMA ${schema} RENAME TO ${old}`);
    }
    try {
      const options = ['--no-owner', '--no-privileges', '--exit-on-error', '--single-transaction'];
      await postgresTool('pg_restore', url, [...options, join(from, backupFiles.dump)]);
    } catch (error) {
      if (isThere) await client.query(`ALTER SCHEMA ${old} RENAME TO ${schema}`);
      throw error;
    }
    if (isThere) await client.query(`DROP SCHEMA ${old} CASCADE`);
  } finally {
    await client.end();
  }
}

/** Seconds for which a gateway that does not tell that it lives is taken to live. */
const goneSeconds = 10;

/** @throws Error when a gateway has told lately that it lives */
async function assertIdle(client: Client, schema: string): Promise<void> {
  const { rows } = await client
    .query(`SELECT FROM ${schema}.process WHERE seen > clock_timestamp() - interval '${goneSeconds} s'`)
    // A schema without that table is none of a gateway that could be at work.
    .catch(() => ({ rows: [] }));
  if (rows.length > 0) {
    throw new Error(`${rows.length} gateways are at work on the schema ${schema}; stop them, or wait ${goneSeconds} s`);
  }
}
