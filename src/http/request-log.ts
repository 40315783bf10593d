import { OcciError } from '../occi/errors.ts';
import type { Incoming } from './incoming.ts';

/** Where requests are logged: one line each. */
export interface RequestLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What there is to say about a request when it has been answered. */
export interface Answered {
  readonly incoming: Incoming;
  readonly requestId: string;
  readonly status: number;
  /** When it arrived, by `performance.now()`. */
  readonly started: number;
  /** What was thrown, if something was. */
  readonly failure: unknown;
}

/**
 * One line a request: never headers, bodies or queries, which may hold credentials. The lines of one turn of the event
 * loop are written in a row, which is much cheaper than one at a time between other work; what went wrong here is
 * written at once.
 */
export function requestLogger(log: RequestLog): (answered: Answered) => void {
  let waiting: object[] = [];
  const write = () => {
    const lines = waiting;
    waiting = [];
    for (const details of lines) log.info(details, 'request');
  };
  return ({ incoming, requestId, status, started, failure }) => {
    const details = {
      requestId,
      method: incoming.method,
      path: incoming.location,
      status,
      ms: Math.round((performance.now() - started) * 100) / 100,
    };
    if (status >= 500) {
      log.error({ ...details, err: failure }, 'request failed');
      return;
    }
    if (waiting.length === 0) setImmediate(write);
    waiting.push(failure instanceof OcciError ? { ...details, code: failure.code } : details);
  };
}
