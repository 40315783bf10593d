import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commonProject } from '../../../src/occi/entity.ts';
import { ownKilobytes, ownObjects } from '../../../src/store/objects.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { collect, lampKind } from '../samples.ts';

const script = (name: string) => join(import.meta.dirname, name);

describe('what was committed', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-durable-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is there after SIGKILL in the middle of a stream of commits', { timeout: 60_000 }, async () => {
    const acknowledged = new Map<string, number>();
    for (const run of [1, 2, 3]) {
      const child = spawn(process.execPath, [script('committer.ts'), directory, `${run}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = await linesUntilKilled(child, 100 * run);
      for (const line of lines) {
        const [location, revision] = line.split(' ');
        acknowledged.set(location ?? '', Number(revision));
      }

      const store = await openSqliteStore({ directory });
      const kept = new Map<string, number>();
      for await (const views of store.views({})) {
        for (const { entity } of views) kept.set(entity.location, entity.revision);
      }
      for (const [location, revision] of acknowledged)
        expect([location, kept.get(location)]).toEqual([location, revision]);
      // A commit that was not acknowledged is there wholly or not at all: each has an entity and a command.
      expect((await store.commands()).map((command) => command.location)).toEqual([...kept.keys()]);
      // So are the objects in it.
      const objects = await collect(store.objects.all(commonProject));
      const [made, containers] = [true, false].map((isMade) =>
        objects.filter(({ id }) => id.startsWith('/lamp/') === isMade),
      );
      expect(new Map(made?.map(({ id, revision }) => [id, revision]))).toEqual(kept);
      for (const { id, document } of containers ?? []) expect(await store.objects.countMembers(id)).toBe(document);
      expect(await store.objects.usedValues([...kept.keys()])).toEqual(new Set(kept.keys()));
      expect(await store.objects.unusedValues(1)).toEqual([]);
      // So is what it has booked.
      const used = await store.usage(commonProject);
      expect([used.get(lampKind), used.get(ownObjects)]).toEqual([kept.size, objects.length]);
      expect(used.get(ownKilobytes)).toBe(kept.size / 1000);
      expect(await store.commit({})).toBeGreaterThan(Math.max(...kept.values()));
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(100 + 200 + 300 - 3);
  });

  it.skipIf(process.platform === 'win32')(
    'is all there is when the disk takes no more',
    { timeout: 60_000 },
    async () => {
      // The limit is 2 or 4 MiB, depending on the shell; what is committed at once is 20 MB.
      const command = 'ulimit -f 4096 && exec "$0" "$@"';
      const child = spawn('sh', ['-c', command, process.execPath, script('crammer.ts'), directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const report = JSON.parse(await text(child.stdout)) as unknown;
      expect(report).toEqual({
        attempts: 22,
        failures: 22,
        conflicts: 0,
        codes: ['ERR_SQLITE_ERROR'],
        during: ['/lamp/before'],
        after: ['/lamp/before', '/lamp/after'],
      });
      const store = await openSqliteStore({ directory });
      expect(await collect(store.locations({}))).toEqual(['/lamp/before', '/lamp/after']);
      await store.close();
    },
  );
});

/** Kills a process when it has printed so many lines; returns all that it has printed by then. */
async function linesUntilKilled(child: ChildProcess, count: number): Promise<readonly string[]> {
  if (child.stdout === null) throw new Error('its output cannot be read');
  const exit = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  const [, signal] = await exit;
  expect(signal).toBe('SIGKILL');
  // The last line may have been cut off; then it is no acknowledgement.
  return lines.slice(0, -1);
}
