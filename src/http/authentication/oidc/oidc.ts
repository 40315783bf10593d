import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Credentials } from '../../../gateway/credentials.ts';
import { OcciError } from '../../../occi/errors.ts';
import type { Authenticator } from '../authenticator.ts';
import { tokenCache } from '../token-cache.ts';
import { type ClaimNames, credentialsFrom } from './claims.ts';
import { type IssuerKeysOptions, issuerKeys, KeysUnavailable } from './issuer-keys.ts';

/** Signatures of issuers: with a secret that both sides share, whoever checks could sign, so there are none with HMAC. */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** How tokens of OpenID Connect are checked. */
export interface OidcOptions extends IssuerKeysOptions {
  readonly realm: string;
  /** For whom a token has to be: one of these. */
  readonly audience: readonly string[];
  readonly algorithms: readonly (typeof signatureAlgorithms)[number][];
  /** How far the clocks of issuer and gateway may be apart. */
  readonly skewSeconds: number;
  readonly claims: ClaimNames;
  /** How long a token is believed without checking its signature again. */
  readonly believedMs: number;
  readonly log: (message: string, detail: object) => void;
  /** Ends what is open. */
  readonly close?: () => void;
}

const bearer = /^bearer(?: +|$)/i;

/** Signed tokens in `Authorization: Bearer …` (RFC 6750, RFC 7519), checked by the keys of their issuer. */
export function oidcAuthenticator(options: OidcOptions): Authenticator {
  const challenge = `Bearer realm="${options.realm}"`;
  // What is wrong with the token of a client is part of the challenge (RFC 6750 §3.1).
  const challenges = [`${challenge}, error="invalid_token"`];
  const keys = issuerKeys(options);
  const validate = async (token: string): Promise<Credentials> => {
    try {
      return await credentialsOf(token, keys, options);
    } catch (error) {
      if (error instanceof OcciError) throw new OcciError(error.code, error.message, { challenges });
      const reason = error instanceof Error ? error.message : String(error);
      if (!isAboutTheToken(error)) {
        options.log('the keys of the issuer cannot be had', { reason, issuer: options.issuer });
        throw new OcciError(
          'unavailable',
          'the issuer of your token cannot be asked for its keys',
          {},
          { cause: error },
        );
      }
      throw new OcciError('unauthenticated', `the token is not valid: ${reason}`, { challenges }, { cause: error });
    }
  };
  const who = tokenCache({ validate, believedMs: options.believedMs });
  return {
    challenge,
    async authenticate(incoming) {
      const field = incoming.header('authorization');
      const scheme = field === undefined ? null : bearer.exec(field);
      return field === undefined || scheme === null ? undefined : who(field.slice(scheme[0].length).trimEnd());
    },
    async close() {
      options.close?.();
    },
  };
}

async function credentialsOf(token: string, keys: JWTVerifyGetKey, options: OidcOptions): Promise<Credentials> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: options.issuer,
    audience: [...options.audience],
    algorithms: [...options.algorithms],
    clockTolerance: options.skewSeconds,
    requiredClaims: ['exp'],
  });
  return credentialsFrom({ ...payload, exp: (payload.exp ?? 0) + options.skewSeconds }, options.claims);
}

/** Whether an error says something about the token, and not about the keys or the way to them. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof KeysUnavailable || !(error instanceof errors.JOSEError)) return false;
  // An answer that is not 200 or no JSON has no class of its own.
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code
  );
}
