import { OcciError } from '../occi/errors.ts';
import type { DataObject, Json } from './object.ts';

/** How a value is carried in JSON (ISO/IEC 17826 §5.12, `valuetransferencoding`). */
export type Encoding = DataObject['encoding'];

export const encodings: readonly Encoding[] = ['utf-8', 'base64', 'json'];

/**
 * The bytes of a value as a request carries it.
 *
 * @throws OcciError `invalid-request`
 */
export function decodeValue(value: Json, encoding: Encoding): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify(value));
  if (typeof value !== 'string') throw new OcciError('invalid-request', 'value must be a string');
  return encoding === 'base64' ? fromBase64(value) : fromText(value);
}

function fromText(text: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new OcciError('invalid-request', 'value has half a character (a lone surrogate), which is no UTF-8');
  }
  return Buffer.from(text);
}

/** Line ends are forgiven: MIME has them (RFC 2045 §6.8). */
function fromBase64(text: string): Uint8Array {
  const joined = text.replace(/\r?\n/g, '');
  const isBase64 = joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
  if (!isBase64) throw new OcciError('invalid-request', 'value is not base64 (RFC 4648 §4)');
  return Buffer.from(joined, 'base64');
}
