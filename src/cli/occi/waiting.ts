import { setTimeout as pause } from 'node:timers/promises';
import { type Client, ClientError, type RemoteEntity, stateOf } from '../../client/index.ts';
import type { Progress } from './progress.ts';
import { WaitError } from './wait-error.ts';

/** How a wait goes. */
export interface Patience {
  readonly client: Client;
  readonly progress: Progress;
  /** Seconds, at most. */
  readonly limit: number;
}

const intervalMs = 500;

/**
 * Waits until an entity has settled, in one of some states or as the client library has it.
 *
 * @returns the entity as it is then
 * @throws WaitError when it takes too long, or ends in the state `error`
 */
export async function untilSettled(patience: Patience, url: string, states?: readonly string[]): Promise<RemoteEntity> {
  const { client, progress, limit } = patience;
  const signal = AbortSignal.timeout(limit * 1000);
  // Only the deadline of this command is a wait in vain; the client's own is that of a server that does not answer.
  const options = {
    intervalMs,
    timeoutMs: Number.POSITIVE_INFINITY,
    signal,
    ...(states === undefined ? {} : { states }),
  };
  let last: RemoteEntity | undefined;
  try {
    for await (const entity of client.settled(url, options)) {
      last = entity;
      progress.show(`${url} is ${wordsOn(entity)}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw tooLong(url, last === undefined ? 'on its way' : wordsOn(last), limit);
  } finally {
    progress.end();
  }
  const settled = last ?? (await client.describe(url));
  const { state } = stateOf(settled);
  if (state !== 'error' && state !== 'failed') return settled;
  throw new WaitError(`${url} has ended: ${wordsOn(settled)}`, `occi describe ${url} shows what is known`);
}

/** Waits until an entity is gone. @throws WaitError when it takes too long */
export async function untilGone({ client, progress, limit }: Patience, url: string): Promise<void> {
  const end = performance.now() + limit * 1000;
  try {
    for (;;) {
      const entity = await client.describe(url).catch(undefinedIfGone);
      if (entity === undefined) return;
      if (performance.now() > end) throw tooLong(url, 'there', limit);
      progress.show(`${url} is still there: ${wordsOn(entity)}`);
      await pause(intervalMs);
    }
  } finally {
    progress.end();
  }
}

function wordsOn(entity: RemoteEntity): string {
  const { state = 'there', message } = stateOf(entity);
  return message === undefined ? state : `${state}: ${message}`;
}

function tooLong(url: string, how: string, limit: number): WaitError {
  return new WaitError(`${url} is still ${how} after ${limit} s`, `occi watch ${url} goes on waiting`);
}

function undefinedIfGone(error: unknown): undefined {
  const isGone = error instanceof ClientError && (error.details.status === 404 || error.details.status === 410);
  if (!isGone) throw error;
}
