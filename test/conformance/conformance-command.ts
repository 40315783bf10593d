import { fileURLToPath } from 'node:url';
import { type Circumstances, type RunningOcci, start, terminal } from '../cli/occi-command.ts';
import type { Ending } from '../server/command.ts';

/** The path of the command. */
export const conformance = fileURLToPath(new URL('../../src/cli/occi-conformance.ts', import.meta.url));

/** Starts the command. */
export function startConformance(args: readonly string[], circumstances: Circumstances = {}): RunningOcci {
  return start([process.execPath, conformance, ...args], { input: '', ...circumstances });
}

/** Starts the command on a pseudo terminal of so many columns; all it writes is then in `stdout`. */
export function startConformanceOnTerminal(args: readonly string[], columns: number): RunningOcci {
  return start(['python3', terminal, String(columns), process.execPath, conformance, ...args], {});
}

/** Runs the command to its end. */
export function runConformance(args: readonly string[], circumstances: Circumstances = {}): Promise<Ending> {
  return startConformance(args, circumstances).ended;
}
