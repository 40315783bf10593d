import { z } from 'zod';
import { path, setting, wholeNumber, yesNo } from '../setting.ts';
import type { Tls } from './tls.ts';

/** Settings of HTTPS. */
export const tlsSettings = {
  tlsCert: setting(
    'OCCI_TLS_CERT',
    path,
    undefined,
    'PEM file with the certificate of the gateway and those that lead to its authority; with it HTTPS is spoken',
  ),
  tlsKey: setting('OCCI_TLS_KEY', path, undefined, 'PEM file with the key of that certificate'),
  tlsClientCa: setting(
    'OCCI_TLS_CLIENT_CA',
    path,
    undefined,
    'PEM file with the authorities of client certificates; with it clients are asked for one',
  ),
  tlsClientAuth: setting(
    'OCCI_TLS_CLIENT_AUTH',
    z.enum(['optional', 'required'], 'must be optional or required'),
    'optional',
    'whether clients without such a certificate are served, or turned away in the handshake',
  ),
  hstsMaxAgeSeconds: setting(
    'OCCI_HSTS_MAX_AGE',
    wholeNumber(0, 1_000_000_000),
    '31536000',
    'for how long browsers are to use HTTPS only for this host, in seconds; 0 takes it back',
  ),
  httpPort: setting(
    'OCCI_HTTP_PORT',
    wholeNumber(0, 65535),
    undefined,
    'second port, on which who speaks plain HTTP is told to use HTTPS; without it nobody listens there',
  ),
  httpRedirect: setting(
    'OCCI_HTTP_REDIRECT',
    yesNo,
    'false',
    'whether requests on that port are redirected (308) or refused (403)',
  ),
} as const;

/** What the settings above come to. */
export interface TlsConfig {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tlsClientAuth: 'optional' | 'required';
  readonly hstsMaxAgeSeconds: number;
  readonly httpPort?: number;
}

/** Settings of HTTPS that make no sense without another one: a line each. */
export function tlsMistakes({ tlsCert, tlsKey, tlsClientCa, tlsClientAuth, httpPort }: Partial<TlsConfig>): string[] {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: ca, tlsClientAuth: auth, httpPort: port } = tlsSettings;
  const needed = (one: { variable: string }, other: { variable: string }) =>
    `${one.variable}: needs ${other.variable}, too`;
  return [
    ...(tlsCert !== undefined && tlsKey === undefined ? [needed(cert, key)] : []),
    ...(tlsKey !== undefined && tlsCert === undefined ? [needed(key, cert)] : []),
    ...(tlsClientCa !== undefined && tlsCert === undefined ? [needed(ca, cert)] : []),
    ...(tlsClientAuth === 'required' && tlsClientCa === undefined ? [needed(auth, ca)] : []),
    ...(httpPort !== undefined && tlsCert === undefined ? [needed(port, cert)] : []),
  ];
}

/** How HTTPS is spoken; nothing where it is not. */
export function tlsOf({ tlsCert, tlsKey, tlsClientCa, tlsClientAuth, hstsMaxAgeSeconds }: TlsConfig): Tls | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return {
    files: { cert: tlsCert, key: tlsKey, ...(tlsClientCa !== undefined && { clientCa: tlsClientCa }) },
    clientAuth: tlsClientAuth,
    hstsMaxAgeSeconds,
  };
}
