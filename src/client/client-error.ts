import type { Exchange } from './exchange.ts';

/**
 * What can go wrong between a client and a server:
 *
 * - `unreachable`: there was no connection, so the server has not seen the request
 * - `lost`: the connection ended before the answer did; nobody knows whether the request was carried out
 * - `timeout`: it took too long; nobody knows, either
 * - `refused`: the server has answered, and said no
 * - `unreadable`: the server has answered, and the answer makes no sense or has no end
 * - `not-offered`: the server has no such category, or the rendering no words for it, so nothing was sent
 */
export type ClientErrorKind = 'unreachable' | 'lost' | 'timeout' | 'refused' | 'unreadable' | 'not-offered';

/** What comes with the message of a {@link ClientError}. */
export interface ClientErrorDetails {
  /** The status with which the server has refused. */
  readonly status?: number;
  /** What the server said about it, without the advice that the message adds. */
  readonly said?: string;
  /** The stable code of the error, from servers that have one (`code` in problem details). */
  readonly code?: string;
  /** What was sent and received, credentials masked. */
  readonly exchange?: Exchange;
}

/** An operation that has not succeeded. The message is for people: what has happened, and what to do about it. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly kind: ClientErrorKind;
  readonly details: ClientErrorDetails;

  constructor(kind: ClientErrorKind, message: string, details: ClientErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.details = details;
  }
}
