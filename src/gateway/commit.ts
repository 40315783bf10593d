import { setTimeout as delay } from 'node:timers/promises';
import { OcciError } from '../occi/errors.ts';
import { Conflict } from '../store/store.ts';

/** How often it is tried at least, and for how long, in milliseconds. */
const attempts = 20;
const patienceMs = 3_000;

/**
 * After so many attempts there is a pause before the next, of any length up to this, in milliseconds. Another process that
 * has just been faster begins before us again, and would be so for ever if both kept the same step.
 */
const attemptsAtOnce = 3;
const pauseMs = 10;

/**
 * Runs a use case that reads, decides and commits, and starts it over while others change what it is based on.
 *
 * @throws OcciError `conflict` when it does not succeed often enough in a row
 */
export async function retrying<T>(useCase: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await useCase();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (attempt >= attempts && performance.now() - begun > patienceMs) {
        throw new OcciError('conflict', 'others keep changing the same entities; try again', {}, { cause: error });
      }
    }
    if (attempt >= attemptsAtOnce) await delay(Math.random() * pauseMs);
  }
}
