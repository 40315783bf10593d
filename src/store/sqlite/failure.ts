import { Conflict, type Excess, LimitExceeded, StoreFull } from '../store.ts';

/** An error on its way from one thread to another, which would lose its class and code. */
export interface Failure {
  readonly conflict: boolean;
  readonly full: boolean;
  readonly excesses: readonly Excess[] | undefined;
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/**
 * What SQLite says when it cannot write for want of room: into its files, and into the memory that it shares with other
 * connections, which is a file, too.
 */
const full: readonly unknown[] = [13, 4874];

/** An error made ready for the way. */
export function failureFrom(error: unknown): Failure {
  const { message, stack, code, errcode } = error as NodeJS.ErrnoException & { readonly errcode?: number };
  const excesses = error instanceof LimitExceeded ? error.excesses : undefined;
  return { conflict: error instanceof Conflict, full: full.includes(errcode), excesses, message, code, stack };
}

/** The error again; its cause tells where it happened. */
export function errorFrom({ conflict, full, excesses, message, code, stack }: Failure): Error {
  if (conflict) return new Conflict(message);
  if (full) return new StoreFull(`no room for the record: ${message}`, { cause: stack });
  if (excesses !== undefined) return new LimitExceeded(excesses);
  return Object.assign(new Error(message, { cause: stack }), code !== undefined && { code });
}
