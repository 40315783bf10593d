import { isIPv4, isIPv6 } from 'node:net';

/** An IP address as a number. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses of an IP network that machines can have, first and last included. */
export interface Subnet {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The subnet that `192.168.0.1/24` or `fc00::/7` stands for: GFD.224 §3.2.1 shows both, with and without host bits.
 * Without a prefix length it is taken to be 24 or 64. Network and broadcast address are left out where there are any.
 *
 * @returns undefined when it is no such notation
 */
export function subnetOf(cidr: string): Subnet | undefined {
  const [, text = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
  const address = addressOf(text);
  if (address === undefined) return undefined;
  const { family, value } = address;
  const bits = family === 4 ? 32 : 128;
  const prefix = length === undefined ? bits - (family === 4 ? 8 : 64) : Number(length);
  if (prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  const first = (value >> hostBits) << hostBits;
  const last = first + (1n << hostBits) - 1n;
  if (hostBits < 2n) return { family, first, last };
  return { family, first: first + 1n, last: family === 4 ? last - 1n : last };
}

/** The address a text stands for; undefined when it is none. */
export function addressOf(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: joined(text.split('.').map(Number), 8n) };
  if (isIPv6(text) && !text.includes('%')) return { family: 6, value: joined(groupsOf(text), 16n) };
  return undefined;
}

/** An address as text; IPv6 in the short form of RFC 5952. */
export function addressText({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => (value >> BigInt(112 - 16 * at)) & 0xffffn);
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function joined(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n);
}

/** The eight groups of an IPv6 address, `::` filled up. */
function groupsOf(text: string): readonly number[] {
  const [head = '', tail] = text.split('::').map(hextets);
  if (tail === undefined) return [...head] as number[];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail] as number[];
}

/** The groups of a part of an IPv6 address; its last one may be an IPv4 address. */
function hextets(part: string): readonly number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
