import { setTimeout as wait } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import { describe } from './description.ts';
import type { RemoteEntity } from './remote-entity.ts';
import type { Session } from './session.ts';

/** How an entity is watched. */
export interface SettleOptions {
  /** The states to wait for. `error` ends the wait, too. */
  readonly states?: readonly string[];
  /** The pause between two looks; 1 s. */
  readonly intervalMs?: number;
  /** How long to wait at most; 5 min. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** States that are on the way to another one, as some servers call them. */
const passing = /^(?:waiting|pending|building|creating|starting|stopping|deleting|attaching|detaching)$/i;

/**
 * Descriptions of an entity until its state is settled: one of those to wait for; without any, one that the server
 * does not call passing, and says no more about (`….state.message`). The last one is the settled one. Of servers that
 * never say what is going on, a new machine looks settled before it is; name the states then.
 *
 * @throws ClientError `timeout` when it takes too long, `refused` when the entity is gone
 */
export async function* settled(
  session: Session,
  url: string,
  { states, intervalMs = 1000, timeoutMs = 300_000, signal }: SettleOptions = {},
): AsyncGenerator<RemoteEntity> {
  const end = performance.now() + timeoutMs;
  for (let last: string | undefined; ; ) {
    const entity = await describe(session, url);
    const { state, message } = stateOf(entity);
    const now = JSON.stringify(entity);
    if (now !== last) yield entity;
    last = now;
    if (isSettled(state, message, states)) return;
    if (performance.now() + intervalMs > end) throw tooLong(url, state, timeoutMs);
    await wait(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
}

/** The state of an entity, and what the server says about it. An entity without a state has settled. */
export function stateOf({ kind, attributes }: RemoteEntity): { readonly state?: string; readonly message?: string } {
  const own = `occi.${kind.slice(kind.indexOf('#') + 1)}.state`;
  const name = Object.hasOwn(attributes, own) ? own : Object.keys(attributes).find((one) => one.endsWith('.state'));
  if (name === undefined) return {};
  const message = attributes[`${name}.message`];
  return { state: String(attributes[name]), ...(typeof message === 'string' && message !== '' ? { message } : {}) };
}

function isSettled(state: string | undefined, message: string | undefined, wanted?: readonly string[]): boolean {
  if (state === undefined || state === 'error' || state === 'failed') return true;
  if (wanted !== undefined) return wanted.includes(state);
  return message === undefined && !passing.test(state);
}

function tooLong(url: string, state: string | undefined, limit: number): ClientError {
  return new ClientError('timeout', `${url} is still ${state} after ${limit} ms`, { advice: 'look again later' });
}
