import { randomBytes } from 'node:crypto';

/** Bytes before the part that is the maker's own. */
const headerLength = 8;

/** Bytes of that part: enough to be unique for all time when they are random. */
const opaqueLength = 16;

/** The number that IANA keeps for examples, for who has none of his own. */
export const exampleEnterprise = 32473;

/**
 * A new object ID, unlike all others.
 *
 * @param enterprise the private enterprise number of who makes it, 1 to 2²⁴ − 1
 */
export function newObjectId(enterprise: number): string {
  return objectId(enterprise, randomBytes(opaqueLength));
}

/**
 * An object ID in its text form (ISO/IEC 17826 §5.11): zero, enterprise number, zero, length, checksum, and what makes
 * it unique; in upper case.
 *
 * @param opaque 1 to 32 bytes
 */
export function objectId(enterprise: number, opaque: Uint8Array): string {
  const bytes = Buffer.alloc(headerLength + opaque.length);
  bytes.writeUIntBE(enterprise, 1, 3);
  bytes.writeUInt8(bytes.length, 5);
  bytes.set(opaque, headerLength);
  bytes.writeUInt16BE(checksum(bytes), 6);
  return bytes.toString('hex').toUpperCase();
}

/** An object ID as we write it; undefined for what cannot be one. */
export function readObjectId(text: string): string | undefined {
  if (!/^(?:[0-9A-Fa-f]{2}){9,40}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'hex');
  const sum = bytes.readUInt16BE(6);
  bytes.writeUInt16BE(0, 6);
  return bytes[5] === bytes.length && sum === checksum(bytes) ? text.toUpperCase() : undefined;
}

/** CRC-16/ARC: polynomial 0x8005, reflected; of the whole ID with zeros in its own place. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xa001 : sum >>> 1;
  }
  return sum;
}
