import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The paths of PEM files: an authority, and what it has certified for a server on the loopback interface and a client. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

const run = promisify(execFile);

/** Makes an authority of its own and two certificates in a directory, valid for a day. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: directory });
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const make = (name: string, ...extra: readonly string[]) =>
    openssl(...request, '-subj', `/CN=${name}`, '-keyout', `${name}-key.pem`, '-out', `${name}.pem`, ...extra);
  const signed = [
    '-CA',
    'authority.pem',
    '-CAkey',
    'authority-key.pem',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ];
  await make('authority');
  await make('server', ...signed, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  await make('client', ...signed);
  const file = (name: string) => `${directory}/${name}.pem`;
  return {
    ca: file('authority'),
    cert: file('server'),
    key: file('server-key'),
    clientCert: file('client'),
    clientKey: file('client-key'),
  };
}
