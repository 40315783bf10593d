import { ClientError } from '../../../client/client-error.ts';
import type { KeystoneIdentity, KeystoneName } from '../../../client/credentials.ts';
import { type Exchange, noBody, type Send } from '../../../client/exchange.ts';
import { getToken } from '../../../client/keystone.ts';
import type { Credentials } from '../../../gateway/credentials.ts';
import { OcciError } from '../../../occi/errors.ts';
import { OwnToken } from './own-token.ts';
import { credentialsIn } from './token-description.ts';

/** Who the gateway is to Keystone, and in which project. An application credential has a project of its own. */
export interface ServiceAccount {
  readonly identity: KeystoneIdentity;
  readonly project?: KeystoneName;
}

/** How Keystone is asked. */
export interface TokenCheckOptions {
  readonly send: Send;
  /** With a version or without. */
  readonly url: string;
  /** Without one, each token is used to ask about itself. */
  readonly service: ServiceAccount | undefined;
  readonly log: (message: string, detail: object) => void;
  readonly now?: () => number;
}

/**
 * Asks Keystone who a token stands for: `GET /v3/auth/tokens`.
 *
 * @returns what throws OcciError `unauthenticated` when Keystone does not know the token, or it is for no project, and
 *   `unavailable` when there is no answer to be had
 */
export function tokenCheck(options: TokenCheckOptions): (token: string) => Promise<Credentials> {
  const { send, url, service, log, now = Date.now } = options;
  const root = url.replace(/\/+$/, '').replace(/\/v(?:2\.0|3)$/, '');
  const v3 = `${root}/v3`;
  const away = (error: unknown): OcciError => {
    if (error instanceof OcciError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    log('Keystone cannot be asked', { reason, url: v3 });
    return unavailable(error);
  };
  const own =
    service === undefined ? undefined : new OwnToken(() => getToken(send, v3, { method: 'keystone', ...service }), now);

  const describe = async (token: string): Promise<Exchange> => {
    const askedBy = own === undefined ? token : await own.get();
    const answer = await ask(send, v3, askedBy, token);
    if (own === undefined || answer.response.status !== 401) return answer;
    // Revoked, or Keystone has new keys.
    return ask(send, v3, await own.renewed(askedBy), token);
  };
  return async (token) => {
    let answer: Exchange;
    try {
      answer = await describe(token);
    } catch (error) {
      throw away(error);
    }
    const { status, body } = answer.response;
    if (status === 200) return credentialsIn(body) ?? fail(away(new Error('it does not answer as Keystone does')));
    const isUnknown = status === 404 && isFromKeystone(body);
    if (isUnknown || (own === undefined && status === 401)) {
      throw new OcciError(
        'unauthenticated',
        'Keystone does not know this token: it has ended, was revoked, or is none',
      );
    }
    if (own === undefined && status === 403) {
      throw new OcciError('unauthenticated', 'Keystone does not let this token ask about itself');
    }
    throw away(new Error(`it answers ${status}${status === 401 || status === 403 ? refusedUs : ''}`));
  };
}

const refusedUs = ': the account of the gateway may not validate tokens';

async function ask(send: Send, v3: string, askedBy: string, token: string): Promise<Exchange> {
  const request = {
    method: 'GET',
    url: `${v3}/auth/tokens?nocatalog`,
    headers: [
      ['Accept', 'application/json'],
      ['X-Auth-Token', askedBy],
      ['X-Subject-Token', token],
    ],
    body: noBody,
    confidential: true,
  } as const;
  try {
    return await send(request);
  } catch (error) {
    // A connection that was kept may have been closed just then; the next one is new.
    if (error instanceof ClientError && error.kind === 'lost') return send(request);
    throw error;
  }
}

/** Whether a 404 is about the token, and not about the path. */
function isFromKeystone(body: Uint8Array): boolean {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { readonly error?: { readonly code?: unknown } };
    return error?.code === 404;
  } catch {
    return false;
  }
}

function unavailable(cause: unknown): OcciError {
  return new OcciError('unavailable', 'Keystone cannot be asked who you are; try again soon', {}, { cause });
}

function fail(error: Error): never {
  throw error;
}
