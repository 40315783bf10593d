import { unwatchFile, watchFile } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { readTls, type TlsFiles } from './tls.ts';

/** Where it is told what became of new certificates. */
export interface RenewalLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** The part of a server that is used. */
export interface RenewableServer {
  setSecureContext(context: SecureContextOptions): void;
}

/** Certificates that are exchanged while a server runs. */
export interface Renewal {
  /** Reads the files now. */
  renew(): void;
  stop(): void;
}

/** How often files are looked at, in milliseconds; notifications do not come from every file system. */
const intervalMs = 1000;

/** A certificate and its key are two files: how long it may take to write the second one. */
const settlingMs = 200;

/**
 * Shows new certificates as soon as their files have changed: to new connections, those that are open stay. What is no
 * good is logged, and the old ones are shown on.
 */
export function renewTls(server: RenewableServer, files: TlsFiles, log: RenewalLog): Renewal {
  const paths = [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  let settled: NodeJS.Timeout | undefined;
  const renew = () => {
    clearTimeout(settled);
    try {
      const { context, ends } = readTls(files);
      server.setSecureContext(context);
      log.info({ ends }, 'new certificates');
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'new certificates are no good; the old ones are shown on');
    }
  };
  const changed = () => {
    clearTimeout(settled);
    settled = setTimeout(renew, settlingMs).unref();
  };
  for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, changed);
  return {
    renew,
    stop() {
      clearTimeout(settled);
      for (const path of paths) unwatchFile(path, changed);
    },
  };
}
