import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { noBody, type Send } from '../../../client/exchange.ts';

/** Where the keys of an issuer are. */
export interface IssuerKeysOptions {
  readonly send: Send;
  readonly issuer: string;
  /** Without it, the issuer's own description says. */
  readonly jwksUrl?: string;
  readonly timeoutMs: number;
}

/** There are no keys to be had; nothing can be said about a token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The keys of an issuer: got when they are first needed, again every ten minutes, and when a token names one that is not
 * among them, but not more often than every thirty seconds.
 *
 * @returns what throws KeysUnavailable
 */
export function issuerKeys(options: IssuerKeysOptions): JWTVerifyGetKey {
  const { send, issuer, jwksUrl, timeoutMs } = options;
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const open = async (): Promise<JWTVerifyGetKey> => {
    const url = jwksUrl ?? (await discovered(send, issuer));
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: timeoutMs,
      [customFetch]: async (where) => {
        const { status, body } = await get(send, where);
        return new Response(Buffer.from(body), { status });
      },
    });
  };
  return async (header, token) => {
    // One that failed is not kept.
    keys ??= open().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
}

const description = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/** OpenID Connect Discovery 1.0 §4. The description has to be of this very issuer (§4.3). */
async function discovered(send: Send, issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { status, body } = await get(send, url);
  const found = description.safeParse(status === 200 ? jsonIn(body) : undefined);
  if (!found.success) throw new KeysUnavailable(`${url} does not describe an issuer (${status})`);
  if (found.data.issuer !== issuer) throw new KeysUnavailable(`${url} describes another issuer`);
  return found.data.jwks_uri;
}

async function get(send: Send, url: string): Promise<{ readonly status: number; readonly body: Uint8Array }> {
  const request = { method: 'GET', url, headers: [['Accept', 'application/json']], body: noBody } as const;
  try {
    return (await send(request)).response;
  } catch (cause) {
    throw new KeysUnavailable((cause as Error).message, { cause });
  }
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
