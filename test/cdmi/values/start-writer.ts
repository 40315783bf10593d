import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a process says that it has written. */
export interface Told {
  readonly key: string;
  readonly size: number;
  readonly hash: string;
}

/** A process that writes; see `writer.ts`. */
export interface Writer {
  /** Kills it, without warning, when it has said that so many values are written; all that it has said. */
  killAfter(count: number): Promise<readonly Told[]>;
}

/** @param place where to write */
export function startWriter(place: readonly string[]): Writer {
  const script = fileURLToPath(new URL('writer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...place], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  return {
    async killAfter(count) {
      const closed = once(child, 'close');
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        if (lines.length === count) child.kill('SIGKILL');
      });
      await closed;
      return lines.map((line) => JSON.parse(line) as Told);
    },
  };
}
