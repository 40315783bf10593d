import { ClientError } from './client-error.ts';
import type { Credentials, KeystoneCredentials } from './credentials.ts';
import type { Exchange, Fields, Send } from './exchange.ts';
import { getToken, type Token } from './keystone.ts';
import { keystoneUriIn } from './keystone-challenge.ts';

/** Says with every request who the client is. */
export function authenticated(send: Send, credentials: Credentials, now: () => number = Date.now): Send {
  switch (credentials.method) {
    case 'none':
      return send;
    case 'basic': {
      const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      return withField(send, ['Authorization', `Basic ${pair}`]);
    }
    case 'bearer':
      return withField(send, ['Authorization', `Bearer ${credentials.token}`]);
    case 'token':
      return withField(send, ['X-Auth-Token', credentials.token]);
    case 'keystone':
      return withKeystone(send, credentials, now);
  }
}

function withField(send: Send, own: Fields[number]): Send {
  return (request) => send({ ...request, headers: [...request.headers, own] });
}

/** A token is not used any more when it has less than this to live: the request has to get through. */
const reserveMs = 60_000;

/**
 * Sends tokens of Keystone: none until the server asks for one, then the same until shortly before it ends. A token
 * that is refused all the same is renewed once. A request that was answered with 401 has not been carried out, so any
 * may be repeated.
 */
function withKeystone(send: Send, credentials: KeystoneCredentials, now: () => number): Send {
  let uri = credentials.uri;
  let token: Token | undefined;
  let renewal: Promise<Token> | undefined;

  /** One for all requests that need it at the same time. */
  const renew = (from: string): Promise<Token> => {
    renewal ??= getToken(send, from, credentials)
      .then((fresh) => {
        token = fresh;
        return fresh;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };
  const current = async (): Promise<Token | undefined> => {
    if (token !== undefined && token.expires - reserveMs > now()) return token;
    return uri === undefined ? undefined : renew(uri);
  };

  return async (request) => {
    const used = await current();
    const answer = await withToken(send, used)(request);
    if (answer.response.status !== 401) return answer;
    uri = credentials.uri ?? challengeIn(answer) ?? uri;
    if (uri === undefined) return answer;
    // Another request may have got a new one meanwhile.
    const fresh = token !== undefined && token !== used ? token : await renew(uri);
    return withToken(send, fresh)(request);
  };
}

function withToken(send: Send, token: Token | undefined): Send {
  return token === undefined ? send : withField(send, ['X-Auth-Token', token.id]);
}

/** @throws ClientError `refused` when credentials that came by TLS so far were to go on without */
function challengeIn({ request, response }: Exchange): string | undefined {
  const uri = keystoneUriIn(response.headers);
  if (uri !== undefined && request.url.startsWith('https:') && !uri.startsWith('https:')) {
    const advice = 'name the uri of its Keystone yourself if that is right';
    throw new ClientError('refused', `the server wants your credentials sent to ${uri} in the clear`, { advice });
  }
  return uri;
}
