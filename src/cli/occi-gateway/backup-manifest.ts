import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { checkValues } from '../../cdmi/values/files/value-copies.ts';

const manifest = z.object({
  /** The gateway that has made it. */
  version: z.string(),
  /** When it was begun, RFC 3339. */
  created: z.iso.datetime(),
  store: z.enum(['sqlite', 'postgresql']),
  /** The schema in PostgreSQL. */
  schema: z.string().optional(),
  /** The values of CDMI; where they are in a bucket they are not in the backup. */
  values: z
    .union([
      z.object({ count: z.int(), bytes: z.int(), digest: z.string() }),
      z.object({ bucket: z.string(), prefix: z.string() }),
    ])
    .optional(),
  /** SHA-256 of each file, in hexadecimal. */
  files: z.record(z.string().regex(/^[a-z.]+$/), z.string()),
});

/** What is in a backup. */
export type Manifest = z.output<typeof manifest>;

/** The names of what is in a backup. */
export const backupFiles = {
  manifest: 'backup.json',
  record: 'occi.sqlite',
  dump: 'occi.pgdump',
  machines: 'agent.sqlite',
  values: 'values',
} as const;

/** Completes a backup: without this file it is none. */
export async function writeManifest(
  directory: string,
  about: Omit<Manifest, 'files'>,
  names: readonly string[],
): Promise<void> {
  const sums = await Promise.all(names.map(async (name) => [name, await sumOf(join(directory, name))] as const));
  const handle = await open(join(directory, backupFiles.manifest), 'wx', 0o600);
  await handle.writeFile(`${JSON.stringify({ ...about, files: Object.fromEntries(sums) }, null, 2)}\n`);
  await handle.sync();
  await handle.close();
}

/**
 * Reads what is in a backup, and makes sure that it is as it was made.
 *
 * @throws Error when it is none, is not complete or has been damaged
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const file = join(directory, backupFiles.manifest);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      cause.code === 'ENOENT' ? `${directory} is no backup, or one that was not completed` : cause.message,
      { cause },
    );
  });
  const read = manifest.parse(JSON.parse(text));
  for (const [name, sum] of Object.entries(read.files)) {
    if ((await sumOf(join(directory, name))) !== sum) throw new Error(`${join(directory, name)} has been damaged`);
  }
  if (read.values !== undefined && 'digest' in read.values) {
    const values = join(directory, backupFiles.values);
    const { digest } = await checkValues(values);
    if (digest !== read.values.digest) throw new Error(`${values} has been damaged: there are other files than before`);
  }
  return read;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
