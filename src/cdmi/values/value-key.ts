import { randomBytes } from 'node:crypto';

/**
 * The clock of keys, in milliseconds since 1970. It never goes back while the process runs, whatever is done to the
 * machine's clock: what is written later has a later key.
 */
export const keyClock = (): number => Math.floor(performance.timeOrigin + performance.now());

const timeDigits = 12;
const form = /^[0-9a-f]{32}$/;

/** The key of a value that is written now: the time in 12 hexadecimal digits, and 20 that no other has. */
export function newValueKey(): string {
  return keyTime(keyClock()) + randomBytes(10).toString('hex');
}

/** A time as keys begin with it: keys are in order of when they were chosen. */
export function keyTime(time: number): string {
  return Math.max(Math.floor(time), 0).toString(16).padStart(timeDigits, '0');
}

/** Whether something is a key, and not a file of another sort. */
export function isValueKey(name: string): boolean {
  return form.test(name);
}
