import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { DataObject, Json, JsonObject } from '../object.ts';

/** The item in which a client asks for the hash of a value (ISO/IEC 17826 §16.4). */
export const valueHash = 'cdmi_value_hash';

/** By the name that CDMI has for it, the algorithm as `node:crypto` knows it. */
export const hashAlgorithms = { SHA160: 'sha1', SHA256: 'sha256' } as const;

export type HashAlgorithm = (typeof hashAlgorithms)[keyof typeof hashAlgorithms];

/** The hash of a value, in upper-case Base16. */
export interface ValueHash {
  readonly algorithm: HashAlgorithm;
  readonly digest: string;
}

/** The hash that an object has. */
export function knownHash({ metadata, hash: digest }: Pick<DataObject, 'metadata' | 'hash'>): ValueHash | undefined {
  const algorithm = hashAlgorithm(metadata);
  return algorithm === undefined || digest === undefined ? undefined : { algorithm, digest };
}

/** The algorithm that the metadata of an object asks for. */
export function hashAlgorithm(metadata: JsonObject): HashAlgorithm | undefined {
  const name = Object.hasOwn(metadata, valueHash) ? metadata[valueHash] : '';
  return isKnown(name) ? hashAlgorithms[name] : undefined;
}

/**
 * Reads the name of an algorithm; an empty one asks for none, where a container asks for one. The standard lets a
 * server choose what to do about a name that it does not know: it is refused, so that nobody relies on a hash that is
 * not there.
 *
 * @throws OcciError `attribute-value`
 */
export function readHashName(name: Json): Json {
  if (name === '' || isKnown(name)) return name;
  const token = typeof name === 'string' ? name : JSON.stringify(name);
  const known = Object.keys(hashAlgorithms).join(' or ');
  throw new OcciError('attribute-value', `${valueHash} must be ${known}, not ${quoteToken(token)}`, { token });
}

function isKnown(name: Json | undefined): name is keyof typeof hashAlgorithms {
  return typeof name === 'string' && Object.hasOwn(hashAlgorithms, name);
}
