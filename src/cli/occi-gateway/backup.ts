import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Command } from 'commander';
import { copyValues, holdValues, type Inventory, valuesIn } from '../../cdmi/values/files/value-copies.ts';
import { type Config, readConfig } from '../../config.ts';
import { version } from '../../version.ts';
import { backupFiles, type Manifest, writeManifest } from './backup-manifest.ts';
import { postgresTool } from './postgres-tool.ts';

interface BackupOptions {
  readonly earlier?: string;
}

/** `occi-gateway backup DIR`: a copy of the record, the embedded machines and the values of CDMI, whether the gateway runs or not. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('copy the record, the embedded machines and the values of CDMI, also while the gateway is at work')
    .argument('<directory>', 'where to; it must be empty or not there')
    .option('--earlier <directory>', 'a backup on the same disk; values that it has are not copied again')
    .action(async (directory: string, { earlier }: BackupOptions) => {
      const names = await backUp(readConfig(process.env), directory, earlier);
      process.stdout.write(`backed up to ${directory}: ${names.join(', ')}\n`);
    });
}

/** @returns the names of what was made */
async function backUp(config: Config, directory: string, earlier?: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty`);
  const created = new Date().toISOString();
  const { databaseUrl: url, databaseSchema: schema, dataDir } = config;
  const names: string[] = [];
  const ofCdmi = join(dataDir, 'cdmi');
  const { cdmiS3Bucket: bucket, cdmiS3Prefix: prefix } = config;
  const areInFiles = bucket === undefined && (config.cdmi || existsSync(ofCdmi));
  // None that the copied record refers to is removed before it is copied, too.
  const hold = areInFiles ? holdValues(ofCdmi) : undefined;
  try {
    // The record first: what is made meanwhile is known to the machines then, and they can be asked. And there is no
    // value in it that is not there already.
    if (url === undefined) names.push(await copy(dataDir, directory, backupFiles.record));
    else names.push(await dump(url, schema, directory));
    if (existsSync(join(dataDir, backupFiles.machines))) {
      names.push(await copy(dataDir, directory, backupFiles.machines));
    }
    const store = url === undefined ? ({ store: 'sqlite' } as const) : ({ store: 'postgresql', schema } as const);
    let values: Manifest['values'];
    if (areInFiles) values = await copyOfValues(ofCdmi, directory, earlier);
    else if (bucket !== undefined) values = { bucket, prefix };
    await writeManifest(directory, { version, created, ...store, ...(values && { values }) }, names);
    return areInFiles ? [...names, backupFiles.values] : names;
  } catch (error) {
    for (const name of Object.values(backupFiles)) await rm(join(directory, name), { force: true, recursive: true });
    throw error;
  } finally {
    hold?.release();
  }
}

function copyOfValues(store: string, to: string, earlier: string | undefined): Promise<Inventory> {
  return copyValues({
    from: valuesIn(store),
    to: join(to, backupFiles.values),
    ...(earlier !== undefined && { earlier: join(earlier, backupFiles.values) }),
  });
}

/** In one step, and so from one moment: in smaller ones it would begin again whenever something is written. */
const allPages = 2 ** 31 - 1;

async function copy(from: string, to: string, name: string): Promise<string> {
  const file = join(from, name);
  if (!existsSync(file)) throw new Error(`there is no ${file}; set OCCI_DATA_DIR or OCCI_DATABASE_URL`);
  const source = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    await backup(source, join(to, name), { rate: allPages });
  } finally {
    source.close();
  }
  const target = new DatabaseSync(join(to, name));
  try {
    // One file is easier to keep than three.
    target.exec('PRAGMA journal_mode = DELETE');
    const found = target.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (found !== 'ok') throw new Error(`${file} is damaged: ${String(found)}`);
  } finally {
    target.close();
  }
  return name;
}

async function dump(url: string, schema: string, to: string): Promise<string> {
  const name = backupFiles.dump;
  const options = ['--format=custom', `--schema=${schema}`, '--no-owner', '--no-privileges'];
  await postgresTool('pg_dump', url, [...options, `--file=${join(to, name)}`]);
  return name;
}
