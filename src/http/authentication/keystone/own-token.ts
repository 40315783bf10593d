import type { Token } from '../../../client/keystone.ts';

/** A token is not used any more when it has less than this to live, or less than a tenth of its life. */
const reserveMs = 60_000;

/** After a failure Keystone is left alone for this time: accounts are locked by those who keep asking. */
const pauseMs = 1000;

/** The token with which the gateway asks. It is renewed before it ends; all who need it at the same time share one. */
export class OwnToken {
  readonly #getToken: () => Promise<Token>;
  readonly #now: () => number;
  #current: { readonly id: string; readonly until: number } | undefined;
  #renewal: Promise<string> | undefined;
  #failure: { readonly error: unknown; readonly until: number } | undefined;

  constructor(getToken: () => Promise<Token>, now: () => number) {
    this.#getToken = getToken;
    this.#now = now;
  }

  /** @throws whatever getting it throws */
  async get(): Promise<string> {
    const current = this.#current;
    return current !== undefined && current.until > this.#now() ? current.id : this.#renew();
  }

  /** Another one than this, which was refused. */
  async renewed(refused: string): Promise<string> {
    if (this.#current?.id === refused) this.#current = undefined;
    return this.get();
  }

  #renew(): Promise<string> {
    const failure = this.#failure;
    if (failure !== undefined && failure.until > this.#now()) return Promise.reject(failure.error);
    this.#renewal ??= this.#getToken()
      .then(({ id, expires }) => {
        const now = this.#now();
        this.#current = { id, until: expires - Math.min(reserveMs, (expires - now) / 10) };
        this.#failure = undefined;
        return id;
      })
      .catch((error: unknown) => {
        this.#failure = { error, until: this.#now() + pauseMs };
        throw error;
      })
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }
}
