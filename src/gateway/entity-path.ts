import { OcciError, quoteToken } from '../occi/errors.ts';
import { isReserved } from './reserved-paths.ts';

// A comma would split lists of locations, and dot segments are resolved away by clients.
const possible = /^(?:\/(?!\.{1,2}(?:\/|$))(?:[A-Za-z0-9._~!$&'()*+:@=-]|%[0-9A-F]{2})+)+$/;

/** The most characters of a path, or of the type identifier of a mixin, that a client chooses: databases index them. */
export const longestName = 1024;

/**
 * Whether a client may choose a path, for an entity or, with a slash after it, for the collection of a mixin.
 *
 * @throws OcciError `invalid-request`
 */
export function checkPath(location: string): void {
  if (location.length > longestName) {
    const sizes = `${longestName} characters at most, and it has ${location.length}`;
    throw new OcciError('invalid-request', `the path ${quoteToken(location)} is too long: ${sizes}`, {
      token: location,
    });
  }
  if (possible.test(location) && !isReserved(location)) return;
  throw new OcciError(
    'invalid-request',
    `the path ${quoteToken(location)} cannot be used: choose one of plain segments, not below the gateway's own paths`,
    { token: location },
  );
}
