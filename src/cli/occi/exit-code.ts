import { CommanderError } from 'commander';
import { ClientError, type ClientErrorDetails } from '../../client/index.ts';
import { UsageError } from './usage-error.ts';
import { WaitError } from './wait-error.ts';

/** How the command ends, for scripts. */
export const exitCodes = {
  done: 0,
  /** The server has said no, or nothing that makes sense. */
  refused: 1,
  usage: 2,
  /** There is no such entity, or the server has no such category. */
  notFound: 3,
  notAuthorised: 4,
  /** The server is not reached, or does not answer in time. */
  unreachable: 5,
  /** A wait took too long, or ended in the state `error`. */
  inVain: 6,
  /** Ctrl-C: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
} as const;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof CommanderError) return exitCodes.usage;
  if (error instanceof WaitError) return exitCodes.inVain;
  if (!(error instanceof ClientError)) return exitCodes.refused;
  switch (error.kind) {
    case 'unreachable':
    case 'lost':
    case 'timeout':
      return exitCodes.unreachable;
    case 'not-offered':
      return exitCodes.notFound;
    case 'unreadable':
      return exitCodes.refused;
    case 'refused':
      return codeOfRefusal(error.details);
  }
}

function codeOfRefusal({ status, code }: ClientErrorDetails): number {
  if (code === quotaExceeded) return exitCodes.refused;
  if (status === 401 || (status === 403 && !isAboutTheRequest(code))) return exitCodes.notAuthorised;
  return status === 404 || status === 410 ? exitCodes.notFound : exitCodes.refused;
}

/** The code of a 403 to who may do this, and has no room for it. */
export const quotaExceeded = 'quota-exceeded';

/** Whether a 403 would be one for anybody: the standard has it for values that nobody may change, too. */
export function isAboutTheRequest(code: string | undefined): boolean {
  return code === 'attribute-immutable' || code === 'provider-category';
}
