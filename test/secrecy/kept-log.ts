import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pino } from 'pino';
import type { GatewayLog } from '../../src/gateway.ts';
import { keepLog } from './keep.ts';

/** A log for a gateway in this process: its lines, as the command writes them, are kept; `log` is told everything, too. */
export function keptLog(log?: GatewayLog): GatewayLog {
  const lines = pino({ level: 'trace', base: null }, { write: (line) => keepLog('gateway', line) });
  const both = (level: 'info' | 'warn' | 'error') => (details: object, message: string) => {
    lines[level](details, message);
    log?.[level](details, message);
  };
  return { info: both('info'), warn: both('warn'), error: both('error') };
}

/** Keeps what was written to an audit log in a file, `place` of which may be any setting of `auditLog`. */
export function keepAudit(place: string | undefined): void {
  if (place !== undefined && place !== 'log' && existsSync(place)) keepLog(basename(place), readFileSync(place));
}
