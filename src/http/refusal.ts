/** What is answered where there is no request for the handler. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  /** More header lines. */
  readonly fields?: readonly string[];
}

/** A refusal as bytes for a connection that is closed after it. @param server the `Server` header */
export function refusalText(server: string, { status, reason, message, fields = [] }: Refusal): string {
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    `Server: ${server}`,
    ...fields,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${message}`;
}

/** What Node says about bytes it cannot read. */
export type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/**
 * What to say to who has sent bytes that Node cannot read.
 *
 * @returns nothing where it would not be understood: the connection is gone, or TLS has failed on it
 */
export function refusalOf({ code, rawPacket }: ClientError, maxHeaderBytes: number): Refusal | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        message: `the headers must not exceed ${maxHeaderBytes} bytes; send the rendering in the body`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout', message: 'the request took too long to arrive' };
    case 'HPE_INVALID_METHOD':
      // Node knows its methods by heart; a well-formed request with another one is still HTTP.
      if (rawPacket !== undefined && requestLine.test(rawPacket.toString('latin1'))) {
        return { status: 501, reason: 'Not Implemented', message: 'this method is not known' };
      }
      return notHttp;
    default:
      return code?.startsWith('HPE_') === true ? notHttp : undefined;
  }
}

const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]\r?\n/;
const notHttp: Refusal = { status: 400, reason: 'Bad Request', message: 'this is not HTTP' };

/** The answer to CONNECT. */
export const noTunnel: Refusal = { status: 501, reason: 'Not Implemented', message: 'this is not a proxy' };
