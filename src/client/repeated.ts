import { setTimeout as wait } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import { type Exchange, field, isRepeatable, type Send, type WireRequest } from './exchange.ts';

/** When and how often requests are repeated. */
export interface RetryOptions {
  /** How often one request may be repeated; 3. */
  readonly retries?: number;
  /** The pause before the first repetition, which doubles with each; 200 ms. */
  readonly pauseMs?: number;
  /** The longest pause a server may ask for (`Retry-After`) before its answer is taken for its last word; 30 s. */
  readonly maxPauseMs?: number;
  readonly signal?: AbortSignal;
}

/** Servers that are too busy, or gateways in front of them that do not reach them. */
const passing = new Set([429, 502, 503, 504]);

/**
 * Repeats what may be repeated: anything that found no connection, since no server has seen it; and what does no more
 * twice than once, also when the connection was lost or the server is busy. Everything else may have been carried out,
 * and is for the caller to decide.
 */
export function repeated(send: Send, options: RetryOptions = {}): Send {
  const { retries = 3, pauseMs = 200, maxPauseMs = 30_000, signal } = options;
  const pause = (ms: number) => wait(ms, undefined, signal === undefined ? {} : { signal });
  return async (request) => {
    for (let left = retries, ms = pauseMs; ; left -= 1, ms *= 2) {
      try {
        const exchange = await send(request);
        if (left <= 0 || !passing.has(exchange.response.status) || !isRepeatable(request)) return exchange;
        const asked = pauseAsked(exchange) ?? ms;
        if (asked > maxPauseMs) return exchange;
        await pause(asked);
      } catch (error) {
        if (left <= 0 || !mayRepeat(request, error)) throw error;
        await pause(ms);
      }
    }
  };
}

function mayRepeat(request: WireRequest, error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  // Unknown names and bad certificates do not get better; a server that is being restarted does.
  if (error.kind === 'unreachable') return (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
  return error.kind === 'lost' && isRepeatable(request);
}

/** Milliseconds, from seconds or a date (RFC 9110 §10.2.3). */
function pauseAsked({ response }: Exchange): number | undefined {
  const asked = field(response.headers, 'retry-after');
  if (asked === undefined) return undefined;
  const ms = /^[0-9]+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
