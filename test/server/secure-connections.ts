import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An answer over HTTPS, and what its connection was like. */
export interface SecureAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The serial number of the certificate that the server has shown. */
  readonly serial: string;
}

/** What a request over HTTPS may say. */
export interface SecureRequest extends ConnectionOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whose connections are used; without one, a connection of its own. */
  readonly agent?: Agent;
}

/** Sends a request over HTTPS. Rejects with what went wrong on the connection. */
export function securely(url: string, options: SecureRequest): Promise<SecureAnswer> {
  const { agent = new Agent({ maxCachedSessions: 0 }), body, ...others } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...others, agent }, (response) => {
      const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, serial });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes over a connection with TLS, and returns what comes back until the server closes it. */
export function secureExchange(port: number, bytes: string, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

/** What a handshake has come to. Rejects when it fails. */
export function shakeHands(
  port: number,
  options: ConnectionOptions,
): Promise<{ readonly protocol: string | null; readonly cipher: string; readonly alpn: string | false | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => {
      resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name, alpn: socket.alpnProtocol });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Certifies a new key for a server on the loopback interface by the authority in a directory. */
export async function certify(
  directory: string,
  name: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const cert = join(directory, `${name}.pem`);
  const key = join(directory, `${name}-key.pem`);
  await run(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', `/CN=${name}`, '-keyout', key, '-out', cert, '-CA', 'authority.pem', '-CAkey', 'authority-key.pem'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ],
    { cwd: directory },
  );
  return { cert, key };
}

/** The serial number of a certificate in a file. */
export function serialOf(cert: string): string {
  return new X509Certificate(readFileSync(cert)).serialNumber;
}

/** Puts a file in the place of another at once, as tools that renew certificates do. */
export async function replaceFile(file: string, by: string): Promise<void> {
  await copyFile(by, `${file}.new`);
  await rename(`${file}.new`, file);
}
