import { appendFileSync } from 'node:fs';
import type { Witness } from '../exchange.ts';
import { type AuditEntry, auditEntry } from './audit-entry.ts';

/** The log of the gateway, as far as it is used. */
export interface AuditChannel {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * Keeps a record of everything that changes something, and of everybody who was not let: one JSON line a request.
 *
 * A line is handed to the operating system before the answer leaves, so it survives the process. The file is opened for
 * each: when it is moved away, the next line begins a new one.
 *
 * @param place a file, or `log` for the log of the gateway, where the lines have `"channel":"audit"`
 * @throws Error when the file cannot be written
 */
export function openAudit(place: string, log: AuditChannel): Witness {
  const write = place === 'log' ? intoLog(log) : intoFile(place);
  return (exchange) => {
    const entry = auditEntry(exchange);
    if (entry === undefined) return;
    try {
      write(entry);
    } catch (err) {
      log.error({ err, lost: entry }, 'the record of who did what cannot be written');
    }
  };
}

function intoLog(log: AuditChannel): (entry: AuditEntry) => void {
  return ({ time, ...entry }) => log.info({ channel: 'audit', at: time, ...entry }, 'audit');
}

function intoFile(file: string): (entry: AuditEntry) => void {
  const append = (text: string) => appendFileSync(file, text, { mode: 0o600 });
  append('');
  return (entry) => append(`${JSON.stringify(entry)}\n`);
}
