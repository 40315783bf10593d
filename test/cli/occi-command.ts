import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ending, Environment } from '../server/command.ts';

/** The path of the command. */
export const occi = fileURLToPath(new URL('../../src/cli/occi.ts', import.meta.url));

/** What gives a command a pseudo terminal: columns, then the command. */
export const terminal = fileURLToPath(new URL('terminal.py', import.meta.url));

/** Nothing of whoever runs the tests: no settings, no configuration file. */
const bare: Environment = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: '/nonexistent' };

/** How the command is run. */
export interface Circumstances {
  readonly environment?: Environment;
  /** All that is on the standard input; without it, it stays open. */
  readonly input?: string;
}

/** A running command. */
export interface RunningOcci {
  readonly pid: number | undefined;
  /** What it has written so far, on both streams. */
  output(): string;
  /** SIGINT when none is named. */
  interrupt(signal?: NodeJS.Signals): void;
  type(text: string): void;
  readonly ended: Promise<Ending>;
}

/** Starts the command. */
export function startOcci(args: readonly string[], circumstances: Circumstances = {}): RunningOcci {
  return start([process.execPath, occi, ...args], circumstances);
}

/** Starts the command on a pseudo terminal of so many columns; all it writes is then in `stdout`. */
export function startOnTerminal(
  args: readonly string[],
  columns: number,
  circumstances: Circumstances = {},
): RunningOcci {
  return start(['python3', terminal, String(columns), process.execPath, occi, ...args], circumstances);
}

/** Runs the command to its end. */
export function runOcci(args: readonly string[], circumstances: Circumstances = {}): Promise<Ending> {
  return startOcci(args, { input: '', ...circumstances }).ended;
}

/** Starts any program. */
export function start(
  [program = '', ...args]: readonly string[],
  { environment = {}, input }: Circumstances,
): RunningOcci {
  const child = spawn(program, args, { env: { ...bare, ...environment }, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  // A command that reads nothing may be gone by the time it is written to.
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.end(input);
  return {
    pid: child.pid,
    output: () => output.stdout + output.stderr,
    interrupt: (signal = 'SIGINT') => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, ...output }));
    }),
  };
}
