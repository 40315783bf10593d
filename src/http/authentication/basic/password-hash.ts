import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** How much work a hash is: `2 ** ln` blocks of `128 * r` bytes in memory, `p` times one after the other (RFC 7914). */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** What is kept of a password. */
export interface PasswordHash extends ScryptCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** 32 MiB and about a fifth of a second, one of the equally strong choices of the OWASP Password Storage Cheat Sheet. */
export const usualCost: ScryptCost = { ln: 15, r: 8, p: 3 };

const saltBytes = 16;
const hashBytes = 32;

/** Hashes a password, with a salt of its own. */
export async function hashPassword(password: string, cost: ScryptCost = usualCost): Promise<PasswordHash> {
  const salt = randomBytes(saltBytes);
  return { ...cost, salt, hash: await derive(password, cost, salt, hashBytes) };
}

/** Whether it is this password. The work and the time are the same whether it is or not. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash, hash.salt, hash.hash.length), hash.hash);
}

/** A hash that is none of any password, as much work as a real one. */
export function decoyOf(cost: ScryptCost): PasswordHash {
  return { ...cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };
}

/** `$scrypt$ln=15,r=8,p=3$salt$hash`, in base64 without padding: the PHC string format. */
export function passwordHashText({ ln, r, p, salt, hash }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** @throws Error when it is none, or asks for so much work that it would stop the gateway */
export function readPasswordHash(text: string): PasswordHash {
  const [, ln, r, p, salt = '', hash = ''] = phc.exec(text) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (!(cost.ln >= 1 && cost.r >= 1 && cost.p >= 1)) throw new Error('the hash is none of scrypt ($scrypt$ln=…)');
  if (memoryOf(cost) > mostMemory || memoryOf(cost) * cost.p > mostWork) throw new Error('the hash is too much work');
  return { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

const mostMemory = 2 ** 28;
const mostWork = 2 ** 30;

const memoryOf = ({ ln, r }: ScryptCost) => 128 * r * 2 ** ln;

/** On a thread of Node's pool. Composed and decomposed characters are the same password (RFC 7617 §2.1, RFC 8265). */
function derive(password: string, cost: ScryptCost, salt: Buffer, length: number): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** cost.ln, r: cost.r, p: cost.p, maxmem: 2 * memoryOf(cost) + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
