import { setTimeout as delay } from 'node:timers/promises';

/** Reads again and again until what is read is as wanted; bounded, so that a test fails and does not hang. */
export async function until<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const value = await read();
    if (wanted(value)) return value;
    if (attempt === 400) throw new Error(`it never came to that: ${JSON.stringify(value)}`);
    await delay(5);
  }
}
