import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';

/** Where the certificate of the gateway is, in PEM. */
export interface TlsFiles {
  /** The certificate, and after it those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** The authorities of client certificates, where clients are asked for one. */
  readonly clientCa?: string;
}

/** How HTTPS is spoken. */
export interface Tls {
  readonly files: TlsFiles;
  /** Whether clients without a certificate of one of those authorities are turned away in the handshake. */
  readonly clientAuth: 'optional' | 'required';
  /** For how many seconds browsers are to come by HTTPS only (RFC 6797 §6.1.1); 0 takes it back. */
  readonly hstsMaxAgeSeconds: number;
}

/** Certificates as they are shown to clients. */
export interface Shown {
  readonly context: SecureContextOptions;
  /** When the certificate of the gateway ends. */
  readonly ends: Date;
}

/** Forward secrecy and authenticated encryption only (RFC 9325 §4.2); those of TLS 1.3 first. */
const ciphers = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');

/**
 * Reads the files anew.
 *
 * @throws Error naming the file that is missing or no good
 */
export function readTls({ cert, key, clientCa }: TlsFiles): Shown {
  const certificate = readFileSync(cert, 'utf8');
  const [own] = certificatesIn(cert, certificate);
  const privateKey = readFileSync(key, 'utf8');
  if (!own.checkPrivateKey(keyIn(key, privateKey))) {
    throw new Error(`the key in ${key} is not that of the certificate in ${cert}`);
  }
  const ca = clientCa === undefined ? undefined : certificatesIn(clientCa, readFileSync(clientCa, 'utf8'));
  return {
    ends: new Date(own.validTo),
    context: {
      cert: certificate,
      key: privateKey,
      ...(ca && { ca: ca.map(String) }),
      minVersion: 'TLSv1.2',
      ciphers,
      honorCipherOrder: true,
    },
  };
}

/** What a server needs beside the certificates, which may change while it runs. */
export function tlsOptions({ files, clientAuth }: Tls, handshakeTimeout: number): ServerOptions {
  return {
    ...readTls(files).context,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout,
    requestCert: files.clientCa !== undefined,
    rejectUnauthorized: clientAuth === 'required',
  };
}

function certificatesIn(file: string, text: string): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    if (first !== undefined) return [new X509Certificate(first), ...others.map((one) => new X509Certificate(one))];
  } catch {
    // Said below.
  }
  throw new Error(`${file} is no certificate in PEM`);
}

function keyIn(file: string, text: string) {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new Error(`${file} is no private key in PEM, or it has a passphrase`, { cause });
  }
}
