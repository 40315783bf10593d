import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kept, placeVariable } from './place.ts';

const told = new Set<string>();
let testFile = 'unknown';

/** Says whose logs will be kept from now on. @param file of the tests, from where they are run */
export function keepFor(file: string): void {
  // It may be above, and nothing is to be written outside of the directory.
  testFile = file.replaceAll('../', '');
}

/**
 * Keeps a piece of a log until the end of the run. It is on the disk when this returns: test processes may be ended at
 * any time.
 *
 * @param name of the log, among those of the same file of tests
 */
export function keepLog(name: string, piece: string | Uint8Array): void {
  append(join(kept.logs, testFile, name), piece);
}

/** Says that no log may have this in it. Nearly all secrets of the tests are noticed without, by `observe.ts`. */
export function secret(value: string): string {
  if (value !== '' && !told.has(value)) {
    told.add(value);
    append(join(kept.secrets, String(process.pid)), `${JSON.stringify(value)}\n`);
  }
  return value;
}

function append(file: string, piece: string | Uint8Array): void {
  const place = process.env[placeVariable];
  if (place === undefined) return;
  const path = join(place, file);
  // Others of this machine are not to read it, whatever a log has in it.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, piece);
}
