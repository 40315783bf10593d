import { Conflict, type Excess, LimitExceeded } from '../store.ts';

/** An error on its way from one thread to another, which would lose its class and code. */
export interface Failure {
  readonly conflict: boolean;
  readonly excesses: readonly Excess[] | undefined;
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/** An error made ready for the way. */
export function failureFrom(error: unknown): Failure {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const excesses = error instanceof LimitExceeded ? error.excesses : undefined;
  return { conflict: error instanceof Conflict, excesses, message, code, stack };
}

/** The error again; its cause tells where it happened. */
export function errorFrom({ conflict, excesses, message, code, stack }: Failure): Error {
  if (conflict) return new Conflict(message);
  if (excesses !== undefined) return new LimitExceeded(excesses);
  return Object.assign(new Error(message, { cause: stack }), code !== undefined && { code });
}
