import type { Credentials } from '../../gateway/credentials.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Incoming } from '../incoming.ts';
import { clientNetwork } from '../proxies.ts';
import type { ReplyHeaders } from '../reply.ts';
import { type RuleShare, rateFields } from './rate-fields.ts';
import { Tally } from './tally.ts';
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

/** What has to be known of all clients to hold each to its limits. */
interface Ledger {
  readonly limits: ClientLimits;
  readonly buckets: { readonly [Rule in RuleShare['rule']]: TokenBuckets | undefined };
  readonly busy: Tally;
  inFlight: number;
}

/** Holds clients to their limits. */
export class Limiter {
  readonly #ledger: Ledger;

  constructor(limits: ClientLimits) {
    const bucketsOf = (rate: Rate | undefined) => rate && new TokenBuckets(rate, limits.remembered);
    const buckets = { address: bucketsOf(limits.address), identity: bucketsOf(limits.identity) };
    this.#ledger = { limits, buckets, busy: new Tally(), inFlight: 0 };
  }

  /** A request that has arrived; nothing is counted yet. */
  visit({ address }: Incoming): Visit {
    return new Visit(this.#ledger, address === undefined ? undefined : clientNetwork(address));
  }
}

/** One request, as the limiter sees it on its way. */
export class Visit {
  /** What the client is told about its rates, whatever the answer; grows on the way. */
  readonly headers: ReplyHeaders = {};
  readonly #ledger: Ledger;
  readonly #network: string | undefined;
  readonly #shares: RuleShare[] = [];
  #isIn = false;
  #identity: string | undefined;

  /** @param network where the client is; none where the platform does not tell */
  constructor(ledger: Ledger, network: string | undefined) {
    this.#ledger = ledger;
    this.#network = network;
  }

  /**
   * Before anything is done for the client.
   *
   * @throws OcciError `too-many-requests` for its address, `unavailable` when there are too many at once
   */
  arrive(): void {
    const { concurrent } = this.#ledger.limits;
    this.#draw('address', this.#network);
    if (concurrent > 0 && this.#ledger.inFlight >= concurrent) {
      const message = `${concurrent} requests are being answered already; try again soon`;
      throw new OcciError('unavailable', message, { retryAfter: 1 });
    }
    this.#ledger.inFlight += 1;
    this.#isIn = true;
  }

  /**
   * When it is known who sends it.
   *
   * @throws OcciError `too-many-requests`
   */
  identify(credentials: Credentials): void {
    const { limits, busy } = this.#ledger;
    const identity = identityOf(credentials) ?? this.#network;
    this.#draw('identity', identity);
    if (limits.concurrentPerIdentity === 0 || identity === undefined) return;
    const now = busy.of(identity);
    if (now >= limits.concurrentPerIdentity) {
      throw new OcciError('too-many-requests', `${now} requests of yours are being answered already`, {
        retryAfter: 1,
      });
    }
    busy.add(identity);
    this.#identity = identity;
  }

  /** When all of the answer is sent, or nobody waits for it. Calling it again does nothing. */
  leave(): void {
    if (this.#isIn) this.#ledger.inFlight -= 1;
    if (this.#identity !== undefined) this.#ledger.busy.remove(this.#identity);
    this.#isIn = false;
    this.#identity = undefined;
  }

  #draw(rule: RuleShare['rule'], client: string | undefined): void {
    const buckets = this.#ledger.buckets[rule];
    // Where a platform does not tell addresses, all clients would share one bucket.
    if (buckets === undefined || client === undefined) return;
    const { rate } = buckets;
    const share = buckets.take(client, performance.now());
    this.#shares.push({ rule, rate, share });
    Object.assign(this.headers, rateFields(this.#shares));
    if (share.allowed) return;
    const whose = rule === 'address' ? 'from your address' : 'of yours';
    const message = `no more than ${rate.perSecond} requests a second ${whose} are taken`;
    throw new OcciError('too-many-requests', message, { retryAfter: share.seconds });
  }
}

/** A name for somebody in a project that no other pair has; none where nobody was asked. */
function identityOf({ user, project, proof }: Credentials): string | undefined {
  return proof === 'none' ? undefined : JSON.stringify([user, project]);
}
