import { STATUS_CODES } from 'node:http';
import { type ErrorCode, OcciError } from '../occi/errors.ts';
import type { Problem } from '../renderers/renderer.ts';
import { StoreFull, StoreUnavailable } from '../store/store.ts';

/** The HTTP status of every error, in one place (GFD.223 §5.4, GFD.185 §3.6.8, RFC 9110 §15). */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  syntax: 400,
  'invalid-request': 400,
  'unknown-category': 400,
  'unknown-attribute': 400,
  'attribute-required': 400,
  'attribute-value': 400,
  'mixin-not-applicable': 400,
  'bad-reference': 400,
  'bad-filter': 400,
  'bad-paging': 400,
  'not-a-listing': 400,
  unauthenticated: 401,
  'cross-site': 403,
  'attribute-immutable': 403,
  'provider-category': 403,
  forbidden: 403,
  'quota-exceeded': 403,
  'not-found': 404,
  'unknown-filter-category': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'header-overflow': 406,
  conflict: 409,
  exists: 409,
  'action-not-allowed': 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'range-not-satisfiable': 416,
  'too-many-requests': 429,
  internal: 500,
  'not-implemented': 501,
  'unsupported-version': 501,
  unavailable: 503,
  'insufficient-storage': 507,
};

/**
 * What a client is told about an error. Anything that is not an {@link OcciError} is a mistake of ours: the client
 * learns the request id, under which the log has the rest.
 */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = toOcciError(error, requestId);
  const status = statusOf[known.code];
  return { error: known, status, title: STATUS_CODES[status] ?? 'Error', requestId };
}

function toOcciError(error: unknown, requestId: string): OcciError {
  if (error instanceof OcciError) return error;
  if (error instanceof StoreFull) {
    return new OcciError('insufficient-storage', 'there is no room for this in the database', {}, { cause: error });
  }
  if (error instanceof StoreUnavailable) {
    return new OcciError('unavailable', 'the database is away; try again later', { retryAfter: 5 }, { cause: error });
  }
  return new OcciError('internal', `something went wrong here; the log has it under ${requestId}`);
}
