import { ClientError } from './client-error.ts';
import type { WireRequest } from './exchange.ts';

/** A connection that is not made in time. @param limit milliseconds */
export function unconnected(origin: string, limit: number): ClientError {
  const what = `${origin} does not take the connection within ${limit} ms`;
  return new ClientError('unreachable', `${what}; is it the right host and port?`);
}

/** An exchange that takes longer than it may. @param limit milliseconds */
export function tooSlow({ method, url }: WireRequest, limit: number): ClientError {
  return new ClientError('timeout', `${method} ${url} is not answered within ${limit} ms; ask how things stand later`);
}

/** An answer that is larger than it may be. @param limit bytes */
export function tooLarge({ method, url }: WireRequest, limit: number): ClientError {
  return new ClientError('unreadable', `the answer to ${method} ${url} has more than ${limit} bytes; ask for pages`);
}

/** What an error of Node means. @param connected whether there was a connection, so that the server may know of the request */
export function failureOf({ method, url }: WireRequest, origin: string, connected: boolean, cause: Error): ClientError {
  if (cause instanceof ClientError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) {
    return new ClientError('unreadable', `${origin} does not speak HTTP as it should: ${message}`, {}, { cause });
  }
  if (connected) {
    const what = `the connection was lost before ${method} ${url} was answered (${code || message})`;
    return new ClientError('lost', `${what}; look whether it was carried out before you repeat it`, {}, { cause });
  }
  return new ClientError('unreachable', `${origin} cannot be reached: ${adviceOn(code, message)}`, {}, { cause });
}

function adviceOn(code: string, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there; check host and port, and whether the server runs';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the host is not known; check how it is spelt';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `nobody you trust has signed its certificate (${code}); name the authority as ca`;
    default:
      return message === '' ? code : message;
  }
}
