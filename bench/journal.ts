import { fdatasync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that lines are appended to: the least that keeps something. */
export interface Journal {
  /** Resolves when the line is on disk; all that wait share a flush. */
  append(line: string): Promise<void>;
  remove(): void;
}

/** Opens a file of this process. */
export function openJournal(): Journal {
  const file = join(tmpdir(), `bare-${process.pid}.log`);
  const log = openSync(file, 'a');
  let waiting: (() => void)[] = [];
  let flushing = false;
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    fdatasync(log, () => {
      for (const resolve of batch) resolve();
      if (waiting.length > 0) flush();
      else flushing = false;
    });
  };
  return {
    append(line) {
      writeSync(log, line);
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (!flushing) setImmediate(flush);
        flushing = true;
      });
    },
    remove: () => rmSync(file, { force: true }),
  };
}
