import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** How to run a server, and how to see that it serves. */
export interface ProcessOptions {
  /** A line of its standard output or standard error that is written when it can be used. */
  readonly ready: RegExp;
  /** Is told every line of its standard output. */
  readonly onLine?: (line: string) => void;
  /** All of its environment; this process's own unless given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What asks it to end; `SIGTERM` unless given. */
  readonly stopSignal?: NodeJS.Signals;
}

/** A process under test, or one that tests need. It cannot outlive the process that has started it. */
export interface ServerProcess {
  readonly pid: number;
  readonly stdin: Writable;
  /** Resolves with its exit code when it has ended, or with the signal that has ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it has written lately to standard output and standard error, for messages of failed tests. */
  output(): string;
  /** Asks it to end, and kills it when it has not done so in ten seconds. Resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL: it has no say. Resolves when it is gone. */
  kill(): Promise<void>;
}

const readyMs = 60_000;
const graceMs = 10_000;
const kept = 200;

/**
 * Starts a process and waits until it is ready.
 *
 * @param command program and arguments
 * @throws Error with what it has written, when it ends or a minute passes before that
 */
export async function startProcess(command: readonly string[], options: ProcessOptions): Promise<ServerProcess> {
  const { ready, onLine, stopSignal = 'SIGTERM', ...spawning } = options;
  // The kernel kills it with this process, even when this process is killed itself and cannot tidy up.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], { ...spawning, stdio: 'pipe' });
  const ended = once(child, 'exit').then(([code, signal]): number | NodeJS.Signals => code ?? signal);
  // Whoever writes to a process that is gone learns it from `ended`.
  child.stdin.on('error', () => {});

  const lines: string[] = [];
  const served = Promise.withResolvers<void>();
  const read = (stream: Readable, told?: (line: string) => void): void => {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > kept) lines.shift();
      if (ready.test(line)) served.resolve();
      told?.(line);
    });
  };
  read(child.stdout, onLine);
  read(child.stderr);

  const output = () => lines.join('\n');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const late = setTimeout(() => served.reject(new Error(`was not ready in ${readyMs / 1000} s`)), readyMs);
  // Only when its output is closed has all of it been read.
  Promise.all([ended, once(child, 'close')]).then(
    ([how]) => served.reject(new Error(`ended with ${how}`)),
    served.reject,
  );
  try {
    await served.promise;
  } catch (error) {
    await end('SIGKILL').catch(() => {});
    throw new Error(`${command.join(' ')}: ${(error as Error).message}\n${output()}`, { cause: error });
  } finally {
    clearTimeout(late);
  }
  return {
    pid: child.pid as number,
    stdin: child.stdin,
    ended,
    output,
    async stop() {
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await end(stopSignal);
      clearTimeout(kill);
    },
    kill: () => end('SIGKILL'),
  };
}
