import { setting, wholeNumber } from '../../setting.ts';
import type { ClientLimits } from './limiter.ts';
import type { Rate } from './token-buckets.ts';

const perSecond = wholeNumber(0, 1_000_000);
const burst = wholeNumber(0, 10_000_000);
const atOnce = wholeNumber(0, 1_000_000);

/** What clients may ask for. Everything is without a limit unless an operator sets one. */
export const limitSettings = {
  ratePerAddress: setting(
    'OCCI_RATE_PER_ADDRESS',
    perSecond,
    '0',
    'how many requests a second one address may send in the long run (429); 0 for any number',
  ),
  burstPerAddress: setting(
    'OCCI_BURST_PER_ADDRESS',
    burst,
    '0',
    'how many of them may come at once after a pause; 0 for those of ten seconds',
  ),
  ratePerIdentity: setting(
    'OCCI_RATE_PER_IDENTITY',
    perSecond,
    '0',
    'the same for one user in one project, and where nobody is asked for one address; 0 for any number',
  ),
  burstPerIdentity: setting(
    'OCCI_BURST_PER_IDENTITY',
    burst,
    '0',
    'how many of them may come at once after a pause; 0 for those of ten seconds',
  ),
  rateRemembered: setting(
    'OCCI_RATE_REMEMBERED',
    wholeNumber(1, 10_000_000),
    '100000',
    'of how many addresses and identities the rate is remembered, each',
  ),
  maxConcurrent: setting(
    'OCCI_MAX_CONCURRENT',
    atOnce,
    '0',
    'how many requests are answered at the same time (503); 0 for any number',
  ),
  maxConcurrentPerIdentity: setting(
    'OCCI_MAX_CONCURRENT_PER_IDENTITY',
    atOnce,
    '0',
    'how many of them may be of one user in one project, or from one address (429); 0 for any number',
  ),
  maxConnectionsPerAddress: setting(
    'OCCI_MAX_CONNECTIONS_PER_ADDRESS',
    atOnce,
    '0',
    'how many connections one address may have open, further ones are closed; 0 for any number',
  ),
  sendTimeoutMs: setting(
    'OCCI_SEND_TIMEOUT_MS',
    wholeNumber(0, 3_600_000),
    '60000',
    'how long a client may take nothing of an answer before its connection is closed, in milliseconds; 0 for ever',
  ),
} as const;

/** What the settings above come to. */
export interface LimitConfig {
  readonly ratePerAddress: number;
  readonly burstPerAddress: number;
  readonly ratePerIdentity: number;
  readonly burstPerIdentity: number;
  readonly rateRemembered: number;
  readonly maxConcurrent: number;
  readonly maxConcurrentPerIdentity: number;
}

/** The limits of clients; nothing when there are none, so that requests need not ask. */
export function clientLimits(config: LimitConfig): ClientLimits | undefined {
  const { maxConcurrent: concurrent, maxConcurrentPerIdentity: concurrentPerIdentity } = config;
  const address = rateOf(config.ratePerAddress, config.burstPerAddress);
  const identity = rateOf(config.ratePerIdentity, config.burstPerIdentity);
  if (address === undefined && identity === undefined && concurrent + concurrentPerIdentity === 0) return undefined;
  return {
    ...(address && { address }),
    ...(identity && { identity }),
    remembered: config.rateRemembered,
    concurrent,
    concurrentPerIdentity,
  };
}

function rateOf(rate: number, atOnceMost: number): Rate | undefined {
  return rate === 0 ? undefined : { perSecond: rate, burst: atOnceMost === 0 ? rate * 10 : atOnceMost };
}
