import { CommanderError } from 'commander';
import { ClientError } from '../../client/client-error.ts';
import { UsageError } from '../occi/usage-error.ts';

/** How the command ends, for scripts. Those that `occi` has, too, mean the same. */
export const exitCodes = {
  /** No requirement with MUST fails. */
  conforms: 0,
  /** At least one does. */
  fails: 1,
  usage: 2,
  /** Something answers, but it is no OCCI server. */
  noOcci: 3,
  notAuthorised: 4,
  /** The server is not reached, or not any more. */
  unreachable: 5,
  /** The suite itself is at fault, or its output is lost. */
  broken: 70,
  /** The terminal is gone. */
  hungUp: 129,
  /** Ctrl-C: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof CommanderError) return exitCodes.usage;
  if (!(error instanceof ClientError)) return exitCodes.broken;
  if (['unreachable', 'lost', 'timeout'].includes(error.kind)) return exitCodes.unreachable;
  const { status } = error.details;
  return status === 401 || status === 403 ? exitCodes.notAuthorised : exitCodes.noOcci;
}
