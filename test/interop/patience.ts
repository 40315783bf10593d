import { setTimeout as delay } from 'node:timers/promises';

/**
 * Reads from time to time until what is read is as wanted, for at most a minute: for what takes long, and is kept from
 * its work by questions.
 *
 * @returns what was read last, whether it is as wanted or not
 */
export async function patiently<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const value = await read();
    if (wanted(value) || performance.now() > deadline) return value;
    await delay(100);
  }
}
