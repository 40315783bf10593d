import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { KeystoneName } from './client/credentials.ts';
import { openWire, type Wire } from './client/wire.ts';
import { type Followed, followFile } from './gateway/followed-file.ts';
import type { GatewayLog } from './gateway.ts';
import type { Authenticator } from './http/authentication/authenticator.ts';
import { basicAuthenticator } from './http/authentication/basic/basic.ts';
import { readUsers } from './http/authentication/basic/users-file.ts';
import { keystoneAuthenticator } from './http/authentication/keystone/keystone.ts';
import type { ServiceAccount } from './http/authentication/keystone/token-check.ts';
import { oidcAuthenticator } from './http/authentication/oidc/oidc.ts';
import type { AuthenticationConfig } from './http/authentication/settings.ts';
import { readSubjectMap } from './http/authentication/x509/map-file.ts';
import { x509Authenticator } from './http/authentication/x509/x509.ts';

/**
 * Opens the ways to prove who one is that the configuration names.
 *
 * @throws Error when a setting is missing, or a file cannot be read
 */
export async function openAuthenticators(
  config: AuthenticationConfig,
  log: GatewayLog,
): Promise<readonly Authenticator[]> {
  const opened: Authenticator[] = [];
  for (const scheme of config.auth) {
    if (scheme !== 'none') opened.push(await open[scheme](config, log));
  }
  return opened;
}

const open = {
  async basic(config: AuthenticationConfig, log: GatewayLog) {
    const users = await listed(needed(config.authUsersFile, 'authUsersFile'), 'users', readUsers, log);
    return basicAuthenticator({ realm: config.authRealm, users, believedMs: believedMs(config), log: warnIn(log) });
  },
  async keystone(config: AuthenticationConfig, log: GatewayLog) {
    const url = needed(config.keystoneUrl, 'keystoneUrl');
    const { send, close } = wireTo(config.keystoneCa, config.keystoneTimeoutMs);
    return keystoneAuthenticator({
      url,
      shownUrl: config.keystonePublicUrl ?? url,
      service: serviceAccount(config),
      believedMs: believedMs(config),
      send,
      close,
      log: warnIn(log),
    });
  },
  async oidc(config: AuthenticationConfig, log: GatewayLog) {
    const { send, close } = wireTo(config.oidcCa, config.oidcTimeoutMs);
    return oidcAuthenticator({
      realm: config.authRealm,
      issuer: needed(config.oidcIssuer, 'oidcIssuer'),
      audience: needed(config.oidcAudience, 'oidcAudience'),
      ...(config.oidcJwksUrl === undefined ? {} : { jwksUrl: config.oidcJwksUrl }),
      algorithms: config.oidcAlgorithms,
      skewSeconds: config.oidcClockSkewSeconds,
      claims: { user: config.oidcUserClaim, project: config.oidcProjectClaim, roles: config.oidcRolesClaim },
      timeoutMs: config.oidcTimeoutMs,
      believedMs: believedMs(config),
      send,
      close,
      log: warnIn(log),
    });
  },
  async x509(config: AuthenticationConfig, log: GatewayLog) {
    const subjects = await listed(needed(config.authSubjectsFile, 'authSubjectsFile'), 'subjects', readSubjectMap, log);
    return x509Authenticator({ subjects, log: warnIn(log) });
  },
};

function believedMs({ authCacheSeconds }: AuthenticationConfig): number {
  return authCacheSeconds * 1000;
}

/** @throws Error naming the file, when it cannot be read or makes no sense */
async function listed<T>(
  file: string,
  name: string,
  parse: (text: string) => T,
  log: GatewayLog,
): Promise<Followed<T>> {
  const read = async () => {
    try {
      return parse(await readFile(file, 'utf8'));
    } catch (cause) {
      throw new Error(`${file}: ${(cause as Error).message}`, { cause });
    }
  };
  return followFile({ file, name, read, log });
}

function wireTo(ca: string | undefined, timeoutMs: number): Wire {
  return openWire({
    ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca, 'utf8') } }),
    timeoutMs,
    connectTimeoutMs: timeoutMs,
    maxAnswerBytes: 2 ** 20,
    maxConnections: 32,
  });
}

function warnIn(log: GatewayLog) {
  return (message: string, detail: object) => log.warn(detail, message);
}

function serviceAccount(config: AuthenticationConfig): ServiceAccount | undefined {
  if (config.keystoneValidateWith === 'client') return undefined;
  const { keystoneApplicationCredentialId: id, keystoneApplicationCredentialSecret: secret } = config;
  if (id !== undefined && secret !== undefined) return { identity: { applicationCredential: { id, secret } } };
  const user = {
    name: needed(config.keystoneUsername, 'keystoneUsername'),
    domain: { name: config.keystoneUserDomain },
  };
  const project: KeystoneName = {
    name: needed(config.keystoneProject, 'keystoneProject'),
    domain: { name: config.keystoneProjectDomain },
  };
  return { identity: { user, password: needed(config.keystonePassword, 'keystonePassword') }, project };
}

/** For applications; the command has been told before, of all at once. */
function needed<T>(value: T | undefined, name: keyof AuthenticationConfig): T {
  if (value === undefined) throw new Error(`the option ${name} is missing`);
  return value;
}
