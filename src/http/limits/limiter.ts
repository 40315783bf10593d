import type { Credentials } from '../../gateway/credentials.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Incoming } from '../incoming.ts';
import { clientNetwork } from '../proxies.ts';
import type { ReplyHeaders } from '../reply.ts';
import { type RuleShare, rateFields } from './rate-fields.ts';
import { type Rate, TokenBuckets } from './token-buckets.ts';

/** How much clients may ask for. What is not there is not limited. */
export interface ClientLimits {
  /** Requests from one address, whoever sends them. */
  readonly address?: Rate;
  /** Requests of one user in one project, or from one address where nobody is asked. */
  readonly identity?: Rate;
  /** How many addresses and identities are remembered, each. */
  readonly remembered: number;
  /** Requests at the same time, of all clients; 0 for any number. */
  readonly concurrent: number;
  /** Requests at the same time of one identity; 0 for any number. */
  readonly concurrentPerIdentity: number;
}

/** Holds clients to their limits. */
export class Limiter {
  readonly #limits: ClientLimits;
  readonly #addresses: TokenBuckets | undefined;
  readonly #identities: TokenBuckets | undefined;
  readonly #busy = new Map<string, number>();
  #inFlight = 0;

  constructor(limits: ClientLimits) {
    this.#limits = limits;
    this.#addresses = limits.address && new TokenBuckets(limits.address, limits.remembered);
    this.#identities = limits.identity && new TokenBuckets(limits.identity, limits.remembered);
  }

  /** How many requests are counted as being answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** A request that has arrived; nothing is counted yet. */
  visit(incoming: Incoming): Visit {
    const { address } = incoming;
    const network = address === undefined ? undefined : clientNetwork(address);
    const shares: RuleShare[] = [];
    let isIn = false;
    let identity: string | undefined;
    const headers: ReplyHeaders = {};
    const draw = (rule: RuleShare['rule'], buckets: TokenBuckets | undefined, client: string | undefined) => {
      // Where a platform does not tell addresses, all clients would share one bucket.
      if (buckets === undefined || client === undefined) return;
      const { rate } = buckets;
      const share = buckets.take(client, performance.now());
      shares.push({ rule, rate, share });
      Object.assign(headers, rateFields(shares as [RuleShare, ...RuleShare[]]));
      if (share.allowed) return;
      const whose = rule === 'address' ? 'from your address' : 'of yours';
      throw new OcciError('too-many-requests', `no more than ${rate.perSecond} requests a second ${whose} are taken`, {
        retryAfter: share.seconds,
      });
    };
    return {
      headers,
      arrive: () => {
        draw('address', this.#addresses, network);
        const { concurrent } = this.#limits;
        if (concurrent > 0 && this.#inFlight >= concurrent) {
          throw new OcciError('unavailable', `${concurrent} requests are being answered already; try again soon`, {
            retryAfter: 1,
          });
        }
        this.#inFlight += 1;
        isIn = true;
      },
      identify: (credentials) => {
        const client = identityOf(credentials) ?? network;
        draw('identity', this.#identities, client);
        const { concurrentPerIdentity } = this.#limits;
        if (concurrentPerIdentity === 0 || client === undefined) return;
        const busy = this.#busy.get(client) ?? 0;
        if (busy >= concurrentPerIdentity) {
          throw new OcciError('too-many-requests', `${busy} requests of yours are being answered already`, {
            retryAfter: 1,
          });
        }
        this.#busy.set(client, busy + 1);
        identity = client;
      },
      leave: () => {
        if (isIn) this.#inFlight -= 1;
        isIn = false;
        if (identity === undefined) return;
        const others = (this.#busy.get(identity) ?? 1) - 1;
        if (others > 0) this.#busy.set(identity, others);
        else this.#busy.delete(identity);
        identity = undefined;
      },
    };
  }
}

/** One request, as the limiter sees it on its way. */
export interface Visit {
  /** What the client is told about its rates, whatever the answer; grows on the way. */
  readonly headers: ReplyHeaders;
  /**
   * Before anything is done for the client.
   *
   * @throws OcciError `too-many-requests` for its address, `unavailable` when there are too many at once
   */
  arrive(): void;
  /**
   * When it is known who sends it.
   *
   * @throws OcciError `too-many-requests`
   */
  identify(credentials: Credentials): void;
  /** When all of the answer is sent, or nobody waits for it. Calling it again does nothing. */
  leave(): void;
}

/** A name for somebody in a project that no other pair has; none where nobody was asked. */
function identityOf({ user, project, proof }: Credentials): string | undefined {
  return proof === 'none' ? undefined : JSON.stringify([user, project]);
}
