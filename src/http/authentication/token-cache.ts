import { hash } from 'node:crypto';
import type { Credentials } from '../../gateway/credentials.ts';
import { OcciError } from '../../occi/errors.ts';
import { ExpiringCache } from './expiring-cache.ts';

/** How tokens are remembered. */
export interface TokenCacheOptions {
  /** @throws OcciError `unauthenticated` when the token is no good, `unavailable` when nobody can tell */
  readonly validate: (token: string) => Promise<Credentials>;
  /** How long a good token is believed without being looked at again; never longer than it lives. */
  readonly believedMs: number;
  /** How many good tokens are remembered, and how many bad ones. */
  readonly capacity?: number;
  readonly now?: () => number;
}

/** A bad token is soon looked at again: Keystone may not have known it yet, an issuer may have a new key. */
const refusedMs = 5000;

/**
 * Who a token stands for. Each is validated once, however many requests come with it, and remembered for a short time.
 * Only digests are kept, so that there are no tokens to be found in memory dumps. Bad ones have a room of their own:
 * whoever sends many does not push out the good ones.
 */
export function tokenCache(options: TokenCacheOptions): (token: string) => Promise<Credentials> {
  const { validate, believedMs, capacity = 10_000, now = Date.now } = options;
  const good = new ExpiringCache<Credentials>(capacity, now);
  const bad = new ExpiringCache<OcciError>(capacity, now);
  const underWay = new Map<string, Promise<Credentials>>();

  const look = async (token: string, digest: string): Promise<Credentials> => {
    try {
      const credentials = await validate(token);
      good.set(digest, credentials, Math.min(now() + believedMs, credentials.expires ?? Number.POSITIVE_INFINITY));
      return credentials;
    } catch (error) {
      if (error instanceof OcciError && error.code === 'unauthenticated') bad.set(digest, error, now() + refusedMs);
      throw error;
    } finally {
      underWay.delete(digest);
    }
  };
  return async (token) => {
    const digest = hash('sha256', token, 'base64');
    const known = good.get(digest);
    if (known !== undefined) return known;
    const refused = bad.get(digest);
    if (refused !== undefined) throw refused;
    let validation = underWay.get(digest);
    if (validation === undefined) {
      validation = look(token, digest);
      underWay.set(digest, validation);
    }
    return validation;
  };
}
