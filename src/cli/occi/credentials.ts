import type { Credentials, KeystoneCredentials, KeystoneIdentity, KeystoneName } from '../../client/index.ts';
import type { Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** The ways to say who one is. A client certificate of x509 goes with the connection. */
export const authMethods = ['none', 'basic', 'token', 'bearer', 'keystone', 'x509'] as const;

type AuthMethod = (typeof authMethods)[number];

/** Asks a person for something that is not to be seen. */
export type Ask = (question: string) => Promise<string>;

/**
 * The credentials that settings stand for. Those of OpenStack (`OS_…`) are for Keystone alone.
 *
 * @throws UsageError when something is missing
 */
export async function credentialsFrom(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
  ask: Ask,
): Promise<Credentials> {
  switch (methodOf(settings, environment)) {
    case 'none':
      return { method: 'none' };
    case 'x509':
      needed(settings['user-cred'], 'a certificate', '--user-cred or OCCI_USER_CRED');
      return { method: 'none' };
    case 'basic': {
      const username = needed(settings.username, 'a user name', '--username or OCCI_USERNAME');
      return { method: 'basic', username, password: settings.password ?? (await ask(`Password of ${username}: `)) };
    }
    case 'token':
      return { method: 'token', token: tokenIn(settings) };
    case 'bearer':
      return { method: 'bearer', token: tokenIn(settings) };
    case 'keystone':
      return keystone(settings, environment, ask);
  }
}

function methodOf(settings: Settings, environment: NodeJS.ProcessEnv): AuthMethod {
  const { auth } = settings;
  if (auth !== undefined) {
    const found = authMethods.find((method) => method === auth);
    if (found !== undefined) return found;
    throw new UsageError(`there is no way ${JSON.stringify(auth)} to say who one is`, `use ${authMethods.join(', ')}`);
  }
  if (settings.project !== undefined) return 'keystone';
  if (settings.username !== undefined) return 'basic';
  if (settings.token !== undefined) return 'token';
  if (settings['user-cred'] !== undefined) return 'x509';
  return environment['OS_AUTH_URL'] ? 'keystone' : 'none';
}

async function keystone(settings: Settings, environment: NodeJS.ProcessEnv, ask: Ask): Promise<KeystoneCredentials> {
  const os = (name: string) => environment[`OS_${name}`] || undefined;
  const project = nameIn(
    settings.project ?? os('PROJECT_NAME') ?? os('TENANT_NAME'),
    settings.project === undefined ? (os('PROJECT_ID') ?? os('TENANT_ID')) : undefined,
    { id: os('PROJECT_DOMAIN_ID'), name: os('PROJECT_DOMAIN_NAME') },
  );
  // Where the credentials are from, so is the Keystone; without OpenStack's, the server says where it is.
  const isOwn = settings.username !== undefined || settings.token !== undefined;
  const uri = isOwn ? undefined : os('AUTH_URL');
  return {
    method: 'keystone',
    identity: await identityIn(settings, os, ask),
    ...(project === undefined ? {} : { project }),
    ...(uri === undefined ? {} : { uri }),
  };
}

async function identityIn(
  settings: Settings,
  os: (name: string) => string | undefined,
  ask: Ask,
): Promise<KeystoneIdentity> {
  const own = settings.username;
  if (own === undefined) {
    const token = settings.token ?? os('TOKEN');
    if (token !== undefined) return { token };
    const [id, secret] = [os('APPLICATION_CREDENTIAL_ID'), os('APPLICATION_CREDENTIAL_SECRET')];
    if (id !== undefined && secret !== undefined) return { applicationCredential: { id, secret } };
  }
  const domain = { id: os('USER_DOMAIN_ID'), name: os('USER_DOMAIN_NAME') };
  const user = nameIn(own ?? os('USERNAME'), own === undefined ? os('USER_ID') : undefined, domain);
  const known = needed(user, 'a user name', '--username or OS_USERNAME');
  // The password of one user is none of another one's.
  const password = settings.password ?? (own === undefined || own === os('USERNAME') ? os('PASSWORD') : undefined);
  return { user: known, password: password ?? (await ask('Password for Keystone: ')) };
}

function nameIn(
  name: string | undefined,
  id: string | undefined,
  domain: { readonly id: string | undefined; readonly name: string | undefined },
): KeystoneName | undefined {
  if (id !== undefined) return { id };
  if (name === undefined) return undefined;
  if (domain.id !== undefined) return { name, domain: { id: domain.id } };
  return domain.name === undefined ? { name } : { name, domain: { name: domain.name } };
}

function tokenIn({ token }: Settings): string {
  return needed(token, 'a token', 'OCCI_TOKEN, or token in the configuration file');
}

function needed<T>(value: T | undefined, what: string, where: string): T {
  if (value !== undefined) return value;
  throw new UsageError(`${what} is missing`, `say it with ${where}`);
}
