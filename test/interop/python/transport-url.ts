import type { Certificates } from '../lab/certificates.ts';

/** The URL of a broker as oslo.messaging wants it, which has settings of its own as its query. */
export function transportUrl(url: string, tls: Certificates | undefined): string {
  const address = url.replace(/^amqps?:/, 'rabbit:');
  // Without a path it would be the virtual host with the empty name.
  const complete = new URL(address).pathname === '' ? `${address}//` : address;
  if (tls === undefined) return complete;
  const settings = { ssl: 'true', ssl_ca_file: tls.ca, ssl_cert_file: tls.clientCert, ssl_key_file: tls.clientKey };
  return `${complete}?${new URLSearchParams(settings)}`;
}
