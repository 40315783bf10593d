import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { Json, JsonObject } from '../object.ts';
import type { Ace } from './ace.ts';
import { aceType, flag, mask } from './bits.ts';

const types = ['allow', 'deny', 'audit'] as const;

/** More entries than this are no list that somebody wrote; whatever inherits them is read and asked with all of them. */
const mostEntries = 100;

/** Characters of the name of somebody. */
const longestText = 255;

/**
 * Reads an access control list (ISO/IEC 17826 §16.1): type, flags and mask are each a hexadecimal number, or names with
 * commas or bars between them. The standard gives the names two spellings, with `CDMI_ACE_` before them and without.
 *
 * @throws OcciError `attribute-value`
 */
export function readAcl(json: Json): readonly Ace[] {
  if (!Array.isArray(json)) throw new OcciError('attribute-value', 'cdmi_acl must be an array of entries');
  if (json.length > mostEntries) {
    throw new OcciError('too-large', `cdmi_acl has ${json.length} entries, more than ${mostEntries}`);
  }
  return json.map(readAce);
}

/** Writes it in numbers, which have no commas: clients are known that cut a list at each of them. */
export function writeAcl(acl: readonly Ace[]): readonly JsonObject[] {
  return acl.map(({ type, identifier, flags, mask }) => ({
    acetype: hex(types.indexOf(type)),
    identifier,
    aceflags: hex(flags),
    acemask: hex(mask),
  }));
}

function readAce(json: Json): Ace {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new OcciError('attribute-value', 'an entry of cdmi_acl must be an object');
  }
  const entry = json as JsonObject;
  const type = types[bitsIn(entry, 'acetype', aceType)];
  if (type === undefined) throw wrong('acetype', 'must be ALLOW, DENY or AUDIT', textIn(entry, 'acetype'));
  return {
    type,
    identifier: textIn(entry, 'identifier'),
    flags: bitsIn(entry, 'aceflags', flag),
    mask: bitsIn(entry, 'acemask', mask),
  };
}

function textIn(entry: JsonObject, field: string): string {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  if (typeof value !== 'string' || value.trim() === '') {
    throw new OcciError('attribute-value', `an entry of cdmi_acl needs ${field}, a string that is not empty`);
  }
  if (value.length > longestText) throw wrong(field, `must have at most ${longestText} characters`, value);
  return value.trim();
}

function bitsIn(entry: JsonObject, field: string, names: Readonly<Record<string, number>>): number {
  const text = textIn(entry, field);
  if (/^0[xX]/.test(text)) {
    const bits = /^0[xX][0-9A-Fa-f]+$/.test(text) ? Number(text) : Number.NaN;
    if (!(bits <= 0xffffffff)) throw wrong(field, 'must be a number of 32 bits', text);
    return bits;
  }
  return text.split(/[,|]/).reduce((bits, word) => bits | bitsOf(field, word.trim(), names), 0);
}

function bitsOf(field: string, word: string, names: Readonly<Record<string, number>>): number {
  const name = word.replace(/^CDMI_ACE_(?:ACCESS_|SYSTEM_)?/, '');
  const bits = Object.hasOwn(names, name) ? names[name] : undefined;
  if (bits === undefined) throw wrong(field, `knows ${Object.keys(names).join(', ')}`, word);
  return bits;
}

function wrong(field: string, problem: string, token: string): OcciError {
  return new OcciError('attribute-value', `${field} ${problem}, not ${quoteToken(token)}`, { token });
}

function hex(bits: number): string {
  return `0x${bits.toString(16).toUpperCase().padStart(8, '0')}`;
}
