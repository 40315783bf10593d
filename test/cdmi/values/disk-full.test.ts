import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const filler = fileURLToPath(new URL('filler.ts', import.meta.url));

/** Without being root: a name space of its own, in which a process may mount a small file system. */
const ownMounts = ['--mount', '--map-root-user'];
const canMount =
  spawnSync('unshare', [...ownMounts, 'sh', '-c', 'mount -t tmpfs none "$1"', 'sh', tmpdir()]).status === 0;

describe('Values where there is no room', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-full-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const clean = { isFull: true, isClosed: true, areIntact: true, areAll: true };

  it.runIf(canMount)('lose nothing on a full disk, and leave nothing behind', async () => {
    const script = 'mount -t tmpfs -o size=4m none "$1" && exec "$2" "$3" "$1/values" 6000000';
    const command = [...ownMounts, 'sh', '-c', script, 'sh', directory, process.execPath, filler];
    const { stdout } = await run('unshare', command);
    expect(JSON.parse(stdout)).toEqual({ ...clean, cause: undefined });
  });

  it('lose nothing when a file may not be as large, and leave nothing behind', async () => {
    // In blocks of 512 bytes.
    const script = 'ulimit -f 4000 && exec "$1" "$2" "$3" 6000000';
    const { stdout } = await run('sh', ['-c', script, 'sh', process.execPath, filler, directory]);
    expect(JSON.parse(stdout)).toEqual({ ...clean, cause: 'EFBIG' });
    expect(readdirSync(join(directory, 'aside'))).toEqual([]);
  });
});
