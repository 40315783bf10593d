import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { yesNo } from '../setting.ts';

/** Whom `X-Forwarded-*` headers are believed: nobody, whoever connects, or these addresses and networks. */
export type Trust = boolean | readonly string[];

const list = z
  .string()
  .transform((value): readonly string[] => value.split(',').map((one) => one.trim()))
  .refine(
    (all) => all.every((one) => networkOf(one) !== undefined),
    'must be true, false, or addresses and networks such as 10.0.0.0/8',
  );

/** Whom to trust, as a setting has it. */
export const trust = z.union([yesNo, list]);

/** The proxies in front of the gateway. */
export interface Proxies {
  /** Whether headers of this peer are believed. @param address none where the platform does not tell */
  trusts(address: string | undefined): boolean;
  /**
   * Who sent a request: the last one in `X-Forwarded-For` who is no proxy of ours. What stands before him is his own
   * word. A peer that is no proxy is the client itself, whatever its headers say.
   */
  clientOf(peer: string | undefined, forwardedFor: string | undefined): string | undefined;
}

/**
 * @param trust where it is `true`, the peer of every connection is a proxy, and there are no others behind it
 * @throws RangeError when it names what is no address and no network
 */
export function proxiesOf(trust: Trust): Proxies {
  const known = typeof trust === 'boolean' ? undefined : listOf(trust);
  const isKnown = (address: string) => known?.check(address, familyOf(address)) ?? false;
  const trusts = (address: string | undefined) =>
    known === undefined ? trust === true : address !== undefined && isKnown(plain(address));
  return {
    trusts,
    clientOf(peer, forwardedFor) {
      if (forwardedFor === undefined || !trusts(peer)) return peer === undefined ? undefined : plain(peer);
      let client = peer === undefined ? undefined : plain(peer);
      for (const hop of forwardedFor.split(',').reverse()) {
        const address = addressIn(hop.trim());
        // A proxy that does not tell hides everything before it.
        if (address === undefined) return client;
        client = address;
        if (!isKnown(address)) return client;
      }
      return client;
    },
  };
}

/**
 * What counts as one client: an IPv4 address, or the network of an IPv6 address, since whoever has one of these has all
 * addresses in it (RFC 6177 §2).
 */
export function clientNetwork(address: string): string {
  if (!address.includes(':')) return address;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  const rest = after === undefined || after === '' ? [] : after.split(':');
  const whole = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest];
  const network = whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function listOf(trust: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of trust) {
    const network = networkOf(one);
    if (network === undefined) throw new RangeError(`${one} is no address and no network such as 10.0.0.0/8`);
    list.addSubnet(network.address, network.bits, familyOf(network.address));
  }
  return list;
}

/** `10.0.0.0/8`, or `::1` for one address only. */
function networkOf(text: string): { readonly address: string; readonly bits: number } | undefined {
  const [, address = '', bits] = /^([0-9A-Fa-f.:]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const whole = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || Number(bits ?? 0) > whole) return undefined;
  return { address, bits: Number(bits ?? whole) };
}

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4');

/** An IPv4 address as such where it came over an IPv6 socket, and without the zone of a link-local one. */
function plain(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  return mapped ?? (address.split('%', 1)[0] as string);
}

/** The address in an element of `X-Forwarded-For`, which may have a port or brackets. */
function addressIn(hop: string): string | undefined {
  const bare = /^\[([0-9A-Fa-f:.]+)\](?::[0-9]+)?$/.exec(hop)?.[1] ?? hop.replace(/^([0-9.]+):[0-9]+$/, '$1');
  return isIP(bare) === 0 ? undefined : plain(bare);
}
