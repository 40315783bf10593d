import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds, below the time that a test has. */
const patienceMs = 15_000;

/** Reads again and again until what is read is as wanted; bounded, so that a test fails and does not hang. */
export async function until<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    if (performance.now() > deadline) throw new Error(`it never came to that: ${JSON.stringify(value)}`);
    await delay(5);
  }
}
