import { z } from 'zod';
import { path, setting, wholeNumber } from '../../setting.ts';
import { signatureAlgorithms } from './oidc/oidc.ts';

const schemes = ['none', 'basic', 'keystone', 'oidc', 'x509'] as const;

type Scheme = (typeof schemes)[number];

/** A comma list of some words, each at most once. */
function listOf<W extends string>(words: readonly [W, ...W[]]) {
  const isWord = (text: string): text is W => words.some((word) => word === text);
  return z
    .string()
    .transform((text) => text.split(',').map((word) => word.trim()))
    .refine((all): all is W[] => all.every(isWord), `must be a comma list of ${words.join(', ')}`)
    .refine((all) => new Set(all).size === all.length, 'must not name one twice')
    .transform((all): readonly W[] => all);
}

const text = z.string().min(1, 'must not be empty');
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
/** It stands between single quotes in the challenge. */
const quotable = url.regex(/^[^'\s]+$/, 'must have no quotes');

/** Settings of how clients prove who they are. */
export const authenticationSettings = {
  auth: setting(
    'OCCI_AUTH',
    listOf(schemes).refine((all) => all.length === 1 || !all.includes('none'), 'must be none alone, or without it'),
    'none',
    'how clients prove who they are: comma list of basic, keystone, oidc, x509, in the order in which it is tried; or none',
  ),
  authRealm: setting(
    'OCCI_AUTH_REALM',
    z.string().regex(/^[ !#-[\]-~]{1,100}$/, 'must be printable ASCII without quotes and backslashes'),
    'OCCI',
    'what clients are told they need a password or a token for',
  ),
  authCacheSeconds: setting(
    'OCCI_AUTH_CACHE_SECONDS',
    wholeNumber(0, 86_400),
    '60',
    'how long a password or token that was right is known without being checked again; 0 checks each time',
  ),
  authUsersFile: setting('OCCI_AUTH_USERS_FILE', path, undefined, 'users with their passwords, for basic'),
  authSubjectsFile: setting(
    'OCCI_AUTH_SUBJECTS_FILE',
    path,
    undefined,
    'which user a client certificate stands for, for x509',
  ),
  keystoneUrl: setting('OCCI_KEYSTONE_URL', quotable, undefined, 'Keystone, with /v3 or without'),
  keystonePublicUrl: setting(
    'OCCI_KEYSTONE_PUBLIC_URL',
    quotable,
    undefined,
    'where clients are sent for a token, when that is another URL',
  ),
  keystoneValidateWith: setting(
    'OCCI_KEYSTONE_VALIDATE_WITH',
    z.enum(['service', 'client'], 'must be service or client'),
    'service',
    "whose token asks Keystone about a client: one of the gateway's own account, or the client's",
  ),
  keystoneUsername: setting('OCCI_KEYSTONE_USERNAME', text, undefined, "name of the gateway's account"),
  keystonePassword: setting('OCCI_KEYSTONE_PASSWORD', text, undefined, 'its password'),
  keystoneUserDomain: setting('OCCI_KEYSTONE_USER_DOMAIN', text, 'Default', 'its domain, by name'),
  keystoneProject: setting('OCCI_KEYSTONE_PROJECT', text, undefined, 'project in which it may validate tokens'),
  keystoneProjectDomain: setting('OCCI_KEYSTONE_PROJECT_DOMAIN', text, 'Default', 'domain of the project, by name'),
  keystoneApplicationCredentialId: setting(
    'OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID',
    text,
    undefined,
    'an application credential, in place of name, password and project',
  ),
  keystoneApplicationCredentialSecret: setting(
    'OCCI_KEYSTONE_APPLICATION_CREDENTIAL_SECRET',
    text,
    undefined,
    'its secret',
  ),
  keystoneCa: setting('OCCI_KEYSTONE_CA', path, undefined, 'PEM file with the authorities that Keystone is trusted by'),
  keystoneTimeoutMs: setting(
    'OCCI_KEYSTONE_TIMEOUT_MS',
    wholeNumber(10, 600_000),
    '10000',
    'how long Keystone may take for an answer, in milliseconds (503)',
  ),
  oidcIssuer: setting('OCCI_OIDC_ISSUER', url, undefined, 'issuer of the tokens, exactly as they name it'),
  oidcAudience: setting(
    'OCCI_OIDC_AUDIENCE',
    text.transform((all): readonly string[] => all.split(',').map((one) => one.trim())),
    undefined,
    'for whom they have to be: comma list, one of which has to be in aud',
  ),
  oidcJwksUrl: setting(
    'OCCI_OIDC_JWKS_URL',
    url,
    undefined,
    'where the keys of the issuer are; without it, where its description says (OpenID Connect Discovery)',
  ),
  oidcAlgorithms: setting(
    'OCCI_OIDC_ALGORITHMS',
    listOf(signatureAlgorithms),
    signatureAlgorithms.join(','),
    'how tokens may be signed',
  ),
  oidcClockSkewSeconds: setting(
    'OCCI_OIDC_CLOCK_SKEW_SECONDS',
    wholeNumber(0, 600),
    '30',
    'how far the clocks of issuer and gateway may be apart',
  ),
  oidcUserClaim: setting('OCCI_OIDC_USER_CLAIM', text, 'sub', 'where in a token the user is; a dotted path'),
  oidcProjectClaim: setting('OCCI_OIDC_PROJECT_CLAIM', text, 'project', 'where the project is'),
  oidcRolesClaim: setting(
    'OCCI_OIDC_ROLES_CLAIM',
    text,
    'roles',
    'where the roles are: a list, or words apart by blanks',
  ),
  oidcCa: setting('OCCI_OIDC_CA', path, undefined, 'PEM file with the authorities that the issuer is trusted by'),
  oidcTimeoutMs: setting(
    'OCCI_OIDC_TIMEOUT_MS',
    wholeNumber(10, 600_000),
    '5000',
    'how long the issuer may take for an answer, in milliseconds (503)',
  ),
} as const;

type Settings = typeof authenticationSettings;

/** Which of the settings above are undefined unless they are given. */
export type OptionalAuthentication =
  | 'authUsersFile'
  | 'authSubjectsFile'
  | 'keystoneUrl'
  | 'keystonePublicUrl'
  | 'keystoneUsername'
  | 'keystonePassword'
  | 'keystoneProject'
  | 'keystoneApplicationCredentialId'
  | 'keystoneApplicationCredentialSecret'
  | 'keystoneCa'
  | 'oidcIssuer'
  | 'oidcAudience'
  | 'oidcJwksUrl'
  | 'oidcCa';

/** What the settings above come to. */
export type AuthenticationConfig = {
  readonly [K in Exclude<keyof Settings, OptionalAuthentication>]: z.output<Settings[K]['schema']>;
} & { readonly [K in OptionalAuthentication]?: z.output<Settings[K]['schema']> };

/** What each way needs. */
const needs: Readonly<Record<Scheme, (config: Partial<AuthenticationConfig>) => readonly (keyof Settings)[]>> = {
  none: () => [],
  basic: () => ['authUsersFile'],
  keystone: (config) => ['keystoneUrl', ...(config.keystoneValidateWith === 'client' ? [] : serviceAccount(config))],
  oidc: () => ['oidcIssuer', 'oidcAudience'],
  x509: () => ['authSubjectsFile'],
};

/** Name, password and project, or an application credential. */
function serviceAccount(config: Partial<AuthenticationConfig>): readonly (keyof Settings)[] {
  const isApplication =
    config.keystoneApplicationCredentialId !== undefined || config.keystoneApplicationCredentialSecret !== undefined;
  return isApplication
    ? ['keystoneApplicationCredentialId', 'keystoneApplicationCredentialSecret']
    : ['keystoneUsername', 'keystonePassword', 'keystoneProject'];
}

/** Settings that are missing, or make no sense with others: a line each. */
export function authenticationMistakes(
  config: Partial<AuthenticationConfig> & { readonly tlsClientCa?: string },
): readonly string[] {
  const { auth = [] } = config;
  const missing = auth.flatMap((scheme) =>
    needs[scheme](config)
      .filter((name) => config[name] === undefined)
      .map((name) => `${authenticationSettings[name].variable}: is needed where OCCI_AUTH has ${scheme}`),
  );
  const both =
    auth.includes('keystone') &&
    config.keystoneApplicationCredentialId !== undefined &&
    config.keystoneUsername !== undefined
      ? ['OCCI_KEYSTONE_USERNAME: is of no use beside OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID']
      : [];
  // Only where TLS ends in the gateway does it see certificates.
  const blind =
    auth.includes('x509') && config.tlsClientCa === undefined
      ? ['OCCI_TLS_CLIENT_CA: is needed where OCCI_AUTH has x509']
      : [];
  return [...missing, ...both, ...blind];
}
