import { OcciError } from '../../../occi/errors.ts';
import { headerText } from '../../../renderers/header-bytes.ts';

/** What a client says with `Authorization: Basic …`. */
export interface NameAndPassword {
  readonly name: string;
  readonly password: string;
}

const basic = /^basic(?:[ ]+|$)/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
const control = /[\x00-\x1f\x7f]/;

/**
 * Name and password of RFC 7617. They are UTF-8, as the challenge asks for; what is no UTF-8 is taken as Latin-1, which
 * older clients send. The first colon separates: names have none, passwords may.
 *
 * @returns undefined when the field is of another scheme
 * @throws OcciError `unauthenticated` when they cannot be read
 */
export function readBasic(authorization: string | undefined): NameAndPassword | undefined {
  const scheme = authorization === undefined ? null : basic.exec(authorization);
  if (authorization === undefined || scheme === null) return undefined;
  const encoded = authorization.slice(scheme[0].length).trimEnd();
  if (encoded === '' || !base64.test(encoded)) throw unreadable('what follows Basic is not base64');
  const pair = headerText(Buffer.from(encoded, 'base64').toString('latin1'));
  const colon = pair.indexOf(':');
  if (colon === -1) throw unreadable('there is no colon between name and password');
  if (control.test(pair)) throw unreadable('there are control characters in name or password');
  return { name: pair.slice(0, colon).normalize('NFC'), password: pair.slice(colon + 1) };
}

function unreadable(why: string): OcciError {
  return new OcciError('unauthenticated', `the Basic credentials cannot be read (RFC 7617): ${why}`);
}
