import type { ReplyHeaders } from '../reply.ts';
import type { Rate, Share } from './token-buckets.ts';

/** What one rule says of a request. */
export interface RuleShare {
  readonly rule: 'address' | 'identity';
  readonly rate: Rate;
  readonly share: Share;
}

/**
 * What a client is told about the rates it has to keep to: `RateLimit` and `RateLimit-Policy` as in
 * draft-ietf-httpapi-ratelimit-headers-11, and for clients that were written before its version 7 `RateLimit-Limit`,
 * `-Remaining` and `-Reset` of the rule with the least left.
 *
 * @param shares one at least
 */
export function rateFields(shares: readonly RuleShare[]): ReplyHeaders {
  const tightest = shares.reduce((a, b) => (b.share.remaining < a.share.remaining ? b : a));
  return {
    'ratelimit-policy': shares.map(({ rule, rate }) => `"${rule}";q=${rate.burst};w=${windowOf(rate)}`).join(', '),
    ratelimit: shares.map(({ rule, share }) => `"${rule}";r=${share.remaining};t=${share.seconds}`).join(', '),
    'ratelimit-limit': String(tightest.rate.burst),
    'ratelimit-remaining': String(tightest.share.remaining),
    'ratelimit-reset': String(tightest.share.seconds),
  };
}

/** Whole seconds in which an empty bucket is full again. */
function windowOf({ burst, perSecond }: Rate): number {
  return Math.ceil(burst / perSecond);
}
