import { OcciError } from '../../../occi/errors.ts';
import type { Authenticator } from '../authenticator.ts';
import { tokenCache } from '../token-cache.ts';
import { turns } from '../turns.ts';
import { type TokenCheckOptions, tokenCheck } from './token-check.ts';

/** How tokens of Keystone are checked. */
export interface KeystoneOptions extends TokenCheckOptions {
  /** Where clients find Keystone, as they are told. */
  readonly shownUrl: string;
  /** How long a token is believed without asking Keystone again: a revoked one may get through for as long. */
  readonly believedMs: number;
  /** Ends what is open. */
  readonly close?: () => void;
}

/** Tokens are letters, digits and a few signs; those of PKI times had some thousand characters. */
const tokenForm = /^[\x21-\x7e]{1,16384}$/;

/**
 * Tokens of Keystone in `X-Auth-Token` (Identity API v3, also for clients that got theirs by v2.0).
 *
 * The challenge is what clients in the field take apart by counting characters: single quotes, and nothing after them.
 */
export function keystoneAuthenticator(options: KeystoneOptions): Authenticator {
  const { shownUrl, believedMs, now = Date.now } = options;
  const inTurn = turns(32, 512);
  const check = tokenCheck(options);
  const who = tokenCache({ validate: (token) => inTurn(() => check(token)), believedMs, now });
  return {
    challenge: `Keystone uri='${shownUrl}'`,
    async authenticate(incoming) {
      const token = incoming.header('x-auth-token');
      if (token === undefined) return undefined;
      if (!tokenForm.test(token)) throw new OcciError('unauthenticated', 'X-Auth-Token has no token');
      return who(token);
    },
    async close() {
      options.close?.();
    },
  };
}
