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
  /** What to do about it. */
  readonly advice?: string;
  /** The status with which the server has refused. */
  readonly status?: number;
  /** What the server said about it. */
  readonly said?: string;
  /** The stable code of the error, from servers that have one (`code` in problem details). */
  readonly code?: string;
  /** What was sent and received, credentials masked. */
  readonly exchange?: Exchange;
}

/** An operation that has not succeeded. The message is for people: the problem, and the advice where there is any. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly kind: ClientErrorKind;
  /** What has happened, without the advice. */
  readonly problem: string;
  readonly details: ClientErrorDetails;

  constructor(kind: ClientErrorKind, problem: string, details: ClientErrorDetails = {}, options?: ErrorOptions) {
    super(details.advice === undefined ? problem : `${problem.replace(/\.$/, '')}; ${details.advice}`, options);
    this.kind = kind;
    this.problem = problem;
    this.details = details;
  }
}
