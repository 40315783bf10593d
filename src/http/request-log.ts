import { OcciError } from '../occi/errors.ts';
import type { Witness } from './exchange.ts';

/** Where requests are logged: one line each. */
export interface RequestLog {
  info(details: object, message: string): void;
  /** The same with the members of the details as JSON, for a line that comes with every request. */
  infoJson?(members: string, message: string): void;
  error(details: object, message: string): void;
}

/**
 * One line a request: never headers, bodies or queries, which may hold credentials. The lines of one turn of the event
 * loop are written in a row, which is much cheaper than one at a time between other work; what went wrong here is
 * written at once.
 */
export function requestLogger(log: RequestLog): Witness {
  let waiting: Line[] = [];
  const write = () => {
    const lines = waiting;
    waiting = [];
    for (const line of lines) {
      if (log.infoJson === undefined) log.info(line, 'request');
      else log.infoJson(membersOf(line), 'request');
    }
  };
  return ({ incoming, requestId, status, ms, failure }) => {
    const line: Line = {
      requestId,
      method: incoming.method,
      path: incoming.location,
      status,
      ms: Math.round(ms * 100) / 100,
    };
    if (status >= 500) {
      log.error({ ...line, err: failure }, 'request failed');
      return;
    }
    if (waiting.length === 0) setImmediate(write);
    waiting.push(failure instanceof OcciError ? { ...line, code: failure.code } : line);
  };
}

interface Line {
  readonly requestId: string;
  readonly method: string;
  readonly path: string | undefined;
  readonly status: number;
  readonly ms: number;
  readonly code?: string;
}

/** Twice as fast as serializing it: what is put in as it is needs no escapes, and is no text of clients. */
function membersOf({ requestId, method, path, status, ms, code }: Line): string {
  const where = path === undefined ? '' : `,"path":${JSON.stringify(path)}`;
  const why = code === undefined ? '' : `,"code":"${code}"`;
  return `"requestId":"${requestId}","method":"${method}"${where},"status":${status},"ms":${ms}${why}`;
}
