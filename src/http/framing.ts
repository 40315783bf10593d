import type { IncomingMessage } from 'node:http';

/**
 * What of a request Node lets through although somebody on its way may have understood it otherwise: such requests are
 * refused, and nothing more is read from their connections.
 */
export function framingFault({ rawHeaders, headers, httpVersionMinor, url = '' }: IncomingMessage): string | undefined {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) return 'there is more than one Host header';
  // Proxies that speak HTTP/1.0 do not know chunks, and see other requests here (RFC 9112 §6.1).
  if (httpVersionMinor === 0 && 'transfer-encoding' in headers) return 'Transfer-Encoding is not part of HTTP/1.0';
  // URL parsers take quotes and worse for a part of a host, and users, whom nobody has to name (RFC 9110 §4.2.4).
  if (!/^[\w.~%:[\]-]*$/.test(headers.host ?? '')) return 'the Host header cannot be understood';
  if (!url.startsWith('/') && !/^https?:\/\/[\w.~%:[\]-]+(?:[/?#]|$)/i.test(url)) return 'the target is no URL of HTTP';
  return undefined;
}
