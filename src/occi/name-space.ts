import { OcciError, quoteToken } from './errors.ts';

/**
 * The provider's part of the URL space (GFD.223 §4): how locations become URLs and back.
 *
 * A location is a path below the service root, `/compute/…`. In front of it may stand a mount prefix. Links carry
 * prefix and location; lists and `Location` are absolute; the `location` of a category is a bare location, because
 * clients put the endpoint in front of it themselves.
 */
export interface NameSpace {
  /** `http://host:port` or `https://host`, without a final slash. */
  readonly origin: string;
  /** The mount prefix, `''` or `/occi`. */
  readonly prefix: string;
}

/** The absolute URL of a location. The same string everywhere, so that clients can compare it. */
export function absolute(space: NameSpace, location: string): string {
  return space.origin + space.prefix + location;
}

/** A location as a path-absolute reference, as it stands in Link. */
export function path(space: NameSpace, location: string): string {
  return space.prefix + location;
}

/**
 * The location a client means by a URI reference: absolute URL, absolute path with or without the prefix, in `<>` or
 * not, with `https:/host` and doubled slashes forgiven, since clients send all of these.
 *
 * @returns undefined when it points to another host
 * @throws OcciError `bad-reference` when it is not a reference at all
 */
export function locate(space: NameSpace, reference: string): string | undefined {
  let rest = reference.trim();
  if (rest.startsWith('<') && rest.endsWith('>')) rest = rest.slice(1, -1);
  const scheme = /^([a-z][a-z0-9+.-]*):(\/*)/i.exec(rest);
  if (scheme !== null) {
    if (!/^https?$/i.test(scheme[1] as string)) return undefined;
    const slash = rest.indexOf('/', scheme[0].length);
    if (authority(rest.slice(0, slash === -1 ? undefined : slash)) !== authority(space.origin)) return undefined;
    rest = slash === -1 ? '/' : rest.slice(slash);
  }
  if (!rest.startsWith('/') || /[\s"<>\\^`{|}]/.test(rest)) {
    throw new OcciError('bad-reference', `${quoteToken(reference)} is no absolute URL and no absolute path`, {
      token: reference,
    });
  }
  const location = normalise(rest);
  if (space.prefix !== '' && (location === space.prefix || location.startsWith(`${space.prefix}/`))) {
    return location.slice(space.prefix.length) || '/';
  }
  return location;
}

/** Host and port of a URL in the form in which they are compared: lower case, without the port the scheme implies. */
function authority(url: string): string {
  const lower = url.toLowerCase();
  return lower.replace(/^https?:\/*/, '').replace(lower.startsWith('https') ? /:443$/ : /:80$/, '');
}

const unreserved = /[A-Za-z0-9\-._~]/;

/**
 * A path in the one form in which paths are compared: percent escapes of unreserved characters undone (RFC 3986
 * §6.2.2.2), the others in upper case, what is not ASCII or a stray `%` escaped, doubled slashes taken as one, query
 * and fragment gone. `%2F` stays.
 */
export function normalise(reference: string): string {
  const end = reference.search(/[?#]/);
  const path = end === -1 ? reference : reference.slice(0, end);
  return path
    .toWellFormed()
    .replace(/[^\p{ASCII}]+/gu, encodeURIComponent)
    .replace(/%([0-9a-f]{2})?/gi, (octet, hex?: string) => {
      if (hex === undefined) return '%25';
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return unreserved.test(character) ? character : octet.toUpperCase();
    })
    .replace(/\/{2,}/g, '/');
}
