/**
 * Everything a client can be told about a request that is not carried out.
 *
 * The code is the contract: stable, documented in `docs/errors.md`, and mapped to an HTTP status in exactly one
 * place (`src/http/status.ts`). The message is for people and always names the offending thing and a way out.
 */
export type ErrorCode =
  | 'syntax'
  | 'invalid-request'
  | 'unknown-category'
  | 'unknown-attribute'
  | 'attribute-required'
  | 'attribute-value'
  | 'unauthenticated'
  | 'cross-site'
  | 'attribute-immutable'
  | 'mixin-not-applicable'
  | 'bad-reference'
  | 'bad-filter'
  | 'bad-paging'
  | 'not-a-listing'
  | 'provider-category'
  | 'forbidden'
  | 'quota-exceeded'
  | 'not-found'
  | 'unknown-filter-category'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'header-overflow'
  | 'conflict'
  | 'exists'
  | 'action-not-allowed'
  | 'precondition-failed'
  | 'too-many-requests'
  | 'too-large'
  | 'range-not-satisfiable'
  | 'unsupported-media-type'
  | 'internal'
  | 'not-implemented'
  | 'unsupported-version'
  | 'unavailable'
  | 'insufficient-storage';

/** Where in the text of a request the trouble is. Lines and columns count from 1; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The header field the text stood in, where it was not the body. */
  readonly field?: string;
}

/** A password that was wrong, or one that nobody looks at because of those before. */
export interface Guess {
  /** Whose it was meant to be. A name that no user has is not there: it may be a password in the wrong place. */
  readonly user?: string;
}

/** What comes with the message of an {@link OcciError}. */
export interface ErrorDetails {
  /** The piece of the request that was not understood, as it was sent (shortened). */
  readonly token?: string;
  readonly position?: Position;
  /** The methods that would have been allowed (`method-not-allowed`). */
  readonly allow?: readonly string[];
  /** How a client can say who it is (`unauthenticated`): one value of `WWW-Authenticate` for each way. */
  readonly challenges?: readonly string[];
  /** Seconds after which another try makes sense (`unavailable`, `too-many-requests`). */
  readonly retryAfter?: number;
  /** How many bytes there are (`range-not-satisfiable`). */
  readonly size?: number;
  /** That passwords are being guessed; for the record of who did what, never for the client. */
  readonly guess?: Guess;
}

/** A refused request. Nothing has changed when it is thrown. */
export class OcciError extends Error {
  override readonly name = 'OcciError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

const longestToken = 80;

/** A token as it may be shown to a client: one line, printable, shortened. */
export function quoteToken(token: string): string {
  return JSON.stringify(shorten(token));
}

/** The beginning of a long text. */
export function shorten(text: string): string {
  return text.length > longestToken ? `${text.slice(0, longestToken)}…` : text;
}
