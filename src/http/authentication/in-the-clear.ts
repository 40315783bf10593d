import { BlockList, isIP } from 'node:net';
import type { Trust } from '../proxies.ts';
import type { TlsConfig } from '../tls-settings.ts';
import type { AuthenticationConfig } from './settings.ts';

/** What tells whether others can read how clients prove who they are. */
export interface ClearConfig extends Pick<AuthenticationConfig, 'auth'>, Pick<TlsConfig, 'tlsCert'> {
  readonly trustProxy: Trust;
}

/** What clients of these ways send is as good in the hands of anybody else. */
const readable = { basic: 'passwords', keystone: 'tokens', oidc: 'tokens' } as const;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * A warning where passwords or tokens come from other machines in plain HTTP, with no proxy that may have had TLS.
 *
 * @param address an IP address that is listened on
 */
export function warningInTheClear({ auth, tlsCert, trustProxy }: ClearConfig, address: string): string | undefined {
  const sent = new Set(auth.flatMap((way) => (way in readable ? [readable[way as keyof typeof readable]] : [])));
  const isOwn = loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  if (sent.size === 0 || tlsCert !== undefined || trustProxy !== false || isOwn) return undefined;
  const what = [...sent].join(' and ');
  return `${what} can be read on the way: set OCCI_TLS_CERT and OCCI_TLS_KEY, or OCCI_TRUST_PROXY to the proxy that has TLS, or OCCI_HOST=127.0.0.1`;
}
