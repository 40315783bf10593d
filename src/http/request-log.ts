import { OcciError } from '../occi/errors.ts';
import type { Witness } from './exchange.ts';

/** Where requests are logged: one line each. */
export interface RequestLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * One line a request: never headers, bodies or queries, which may hold credentials. The lines of one turn of the event
 * loop are written in a row, which is much cheaper than one at a time between other work; what went wrong here is
 * written at once.
 */
export function requestLogger(log: RequestLog): Witness {
  let waiting: object[] = [];
  const write = () => {
    const lines = waiting;
    waiting = [];
    for (const details of lines) log.info(details, 'request');
  };
  return ({ incoming, requestId, status, ms, failure }) => {
    const details = {
      requestId,
      method: incoming.method,
      path: incoming.location,
      status,
      ms: Math.round(ms * 100) / 100,
    };
    if (status >= 500) {
      log.error({ ...details, err: failure }, 'request failed');
      return;
    }
    if (waiting.length === 0) setImmediate(write);
    waiting.push(failure instanceof OcciError ? { ...details, code: failure.code } : details);
  };
}
