import { ClientError } from './client-error.ts';
import type { WireRequest } from './exchange.ts';

/** A connection that is not made in time. @param limit milliseconds */
export function unconnected(origin: string, limit: number): ClientError {
  const problem = `${origin} does not take the connection within ${limit} ms`;
  return new ClientError('unreachable', problem, { advice: 'is it the right host and port?' });
}

/** An exchange that takes longer than it may. @param limit milliseconds */
export function tooSlow({ method, url }: WireRequest, limit: number): ClientError {
  const problem = `${method} ${url} is not answered within ${limit} ms`;
  return new ClientError('timeout', problem, { advice: 'ask how things stand later' });
}

/** An answer that is larger than it may be. @param limit bytes */
export function tooLarge({ method, url }: WireRequest, limit: number): ClientError {
  const problem = `the answer to ${method} ${url} has more than ${limit} bytes`;
  return new ClientError('unreadable', problem, { advice: 'ask for pages' });
}

/** What an error of Node means. @param connected whether there was a connection, so that the server may know of the request */
export function failureOf({ method, url }: WireRequest, origin: string, connected: boolean, cause: Error): ClientError {
  if (cause instanceof ClientError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) {
    const advice = 'is it the right port, and https where it has to be?';
    return new ClientError(
      'unreadable',
      `${origin} does not speak HTTP as it should: ${message}`,
      { advice },
      { cause },
    );
  }
  if (connected) {
    const problem = `the connection was lost before ${method} ${url} was answered (${code || message})`;
    return new ClientError(
      'lost',
      problem,
      { advice: 'look whether it was carried out before you repeat it' },
      { cause },
    );
  }
  const { why, advice } = reasonOf(code, message);
  return new ClientError('unreachable', `${origin} cannot be reached: ${why}`, { advice }, { cause });
}

function reasonOf(code: string, message: string): { readonly why: string; readonly advice: string } {
  switch (code) {
    case 'ECONNREFUSED':
      return { why: 'nothing listens there', advice: 'check host and port, and whether the server runs' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { why: 'the name of the host is not known', advice: 'check how it is spelt' };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return { why: `nobody you trust has signed its certificate (${code})`, advice: 'name the authority as ca' };
    default:
      return { why: message === '' ? code : message, advice: 'check the endpoint, and the way there' };
  }
}
