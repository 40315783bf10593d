import { ClientError } from './client-error.ts';
import type { KeystoneCredentials, KeystoneName } from './credentials.ts';
import { type Exchange, type Fields, field, noBody, type Send } from './exchange.ts';
import { masked } from './masked.ts';
import { refusal } from './refusal.ts';

/** A token, and when it ends. */
export interface Token {
  readonly id: string;
  /** Milliseconds since the epoch; infinite when Keystone does not tell. */
  readonly expires: number;
}

/**
 * Gets a token for a project: from Keystone v3, or from v2.0 where only that is there.
 *
 * @param uri as the challenge has it: with a version, with another one, or with none
 * @throws ClientError `refused` when Keystone refuses, or when there are several projects to choose from
 */
export async function getToken(send: Send, uri: string, credentials: KeystoneCredentials): Promise<Token> {
  const base = uri.replace(/\/+$/, '');
  const root = base.replace(/\/v(?:2\.0|3)$/, '');
  const ask = asker(send);
  const found = await fromVersion3(ask, `${root}/v3`, credentials);
  if (found !== undefined) return found;
  if (base.endsWith('/v3')) throw noKeystone(uri);
  return fromVersion2(ask, `${root}/v2.0`, credentials);
}

type Ask = (
  method: string,
  url: string,
  options: { readonly body?: object; readonly token?: string },
) => Promise<Exchange>;

function asker(send: Send): Ask {
  return (method, url, { body, token }) => {
    const headers: Fields = [
      ['Accept', 'application/json'],
      ...(body === undefined ? [] : [['Content-Type', 'application/json'] as const]),
      ...(token === undefined ? [] : [['X-Auth-Token', token] as const]),
    ];
    const bytes = body === undefined ? noBody : new TextEncoder().encode(JSON.stringify(body));
    // A token more or less does no harm.
    return send({ method, url, headers, body: bytes, repeatable: true, confidential: true });
  };
}

/** @returns undefined where Keystone does not speak version 3 */
async function fromVersion3(
  ask: Ask,
  v3: string,
  { identity, project }: KeystoneCredentials,
): Promise<Token | undefined> {
  const scope = project === undefined ? {} : { scope: { project: named(project) } };
  const first = await ask('POST', `${v3}/auth/tokens`, {
    body: { auth: { identity: identityOf(identity), ...scope } },
  });
  if (isMissing(first)) return undefined;
  const token = tokenFrom(first);
  const { token: about = {} } = jsonIn(first) as { token?: { project?: unknown } };
  if (project !== undefined || about.project !== undefined || 'applicationCredential' in identity) return token;
  const { projects = [] } = jsonIn(answered(await ask('GET', `${v3}/auth/projects`, { token: token.id }))) as {
    projects?: readonly { id: string; name: string }[];
  };
  const only = theOnly(projects);
  if (only === undefined) return token;
  const rescoped = { identity: identityOf({ token: token.id }), scope: { project: { id: only.id } } };
  return tokenFrom(await ask('POST', `${v3}/auth/tokens`, { body: { auth: rescoped } }));
}

function identityOf(identity: KeystoneCredentials['identity']): object {
  if ('user' in identity) {
    const { user, password } = identity;
    return { methods: ['password'], password: { user: { ...named(user), password } } };
  }
  if ('applicationCredential' in identity) {
    return { methods: ['application_credential'], application_credential: identity.applicationCredential };
  }
  return { methods: ['token'], token: { id: identity.token } };
}

function named(name: KeystoneName): object {
  return 'id' in name ? { id: name.id } : { name: name.name, domain: name.domain ?? { id: 'default' } };
}

function tokenFrom(exchange: Exchange): Token {
  const { headers } = answered(exchange).response;
  const id = field(headers, 'x-subject-token');
  const { token } = jsonIn(exchange) as { token?: { expires_at?: string } };
  if (id === undefined) throw unreadable(exchange);
  return { id, expires: timeOf(token?.expires_at) };
}

async function fromVersion2(ask: Ask, v2: string, { identity, project }: KeystoneCredentials): Promise<Token> {
  if ('applicationCredential' in identity) {
    throw new ClientError('refused', `the Keystone at ${v2} knows no application credentials`, {
      advice: 'use name and password',
    });
  }
  const tenant = project === undefined ? {} : 'id' in project ? { tenantId: project.id } : { tenantName: project.name };
  const access = async (auth: object) => {
    const exchange = answered(await ask('POST', `${v2}/tokens`, { body: { auth } }));
    const { token } = (jsonIn(exchange) as { access?: { token?: Version2Token } }).access ?? {};
    if (token?.id === undefined) throw unreadable(exchange);
    return { id: token.id, expires: timeOf(token.expires), tenant: token.tenant };
  };
  const own =
    'token' in identity
      ? { token: { id: identity.token } }
      : {
          passwordCredentials: {
            ...('id' in identity.user ? { userId: identity.user.id } : { username: identity.user.name }),
            password: identity.password,
          },
        };
  const token = await access({ ...own, ...tenant });
  if (project !== undefined || token.tenant !== undefined) return token;
  const { tenants = [] } = jsonIn(answered(await ask('GET', `${v2}/tenants`, { token: token.id }))) as {
    tenants?: readonly { id: string; name: string }[];
  };
  const only = theOnly(tenants);
  return only === undefined ? token : access({ token: { id: token.id }, tenantId: only.id });
}

interface Version2Token {
  readonly id?: string;
  readonly expires?: string;
  readonly tenant?: unknown;
}

/** @throws ClientError `refused` when there is a choice, naming what there is to choose from */
function theOnly<P extends { readonly name: string }>(projects: readonly P[]): P | undefined {
  if (projects.length < 2) return projects[0];
  const names = projects.map(({ name }) => name).join(', ');
  const advice = `say which one to work in: ${names}`;
  throw new ClientError('refused', 'Keystone has several projects for you', { advice });
}

/** What is answered where a version is not spoken. */
function isMissing({ response }: Exchange): boolean {
  return [300, 404, 405, 410, 501].includes(response.status);
}

function answered(exchange: Exchange): Exchange {
  if (exchange.response.status >= 200 && exchange.response.status < 300) return exchange;
  const advice = 'check name, password, domain and project, since Keystone gives no token';
  throw refusal(exchange, advice, shown(exchange));
}

function jsonIn(exchange: Exchange): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(exchange.response.body));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // It is told below what it is instead.
  }
  throw unreadable(exchange);
}

function timeOf(date: string | undefined): number {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function unreadable(exchange: Exchange): ClientError {
  const { url } = exchange.request;
  return new ClientError('unreadable', `${url} does not answer as Keystone does`, {
    advice: 'ask whoever runs the server where its Keystone is',
    exchange: shown(exchange),
  });
}

function noKeystone(uri: string): ClientError {
  return new ClientError('refused', `there is no Keystone at ${uri}, where the server sends its clients`, {
    advice: 'ask whoever runs the server where it is',
  });
}

function shown(exchange: Exchange): Exchange {
  return masked(exchange, { ...exchange.request, confidential: true });
}
