import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, addressText, subnetOf } from '../../src/occi/subnet.ts';

const range = (cidr: string) => {
  const subnet = subnetOf(cidr);
  if (subnet === undefined) return undefined;
  const { family, first, last } = subnet;
  return [addressText({ family, value: first }), addressText({ family, value: last })];
};

describe('addresses', () => {
  it('are the same after a way to numbers and back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = addressOf(text);
        expect(address).toBeDefined();
        if (address === undefined) return;
        expect(addressOf(addressText(address))).toEqual(address);
      }),
    );
  });

  it('of IPv6 are written short', () => {
    const short = (text: string) => addressText(addressOf(text) ?? { family: 4, value: 0n });
    expect(short('FD00:0:0:0:0:0:0:1')).toBe('fd00::1');
    expect(short('::ffff:10.0.0.1')).toBe('::ffff:a00:1');
    expect(short('::')).toBe('::');
  });

  it('are nothing else', () => {
    for (const text of ['', '10.0.0', '10.0.0.256', 'fe80::1%eth0', 'host', '10.0.0.1/24']) {
      expect(addressOf(text)).toBeUndefined();
    }
  });
});

describe('subnets', () => {
  it('may be written with host bits and without a length (GFD.224 §3.2.1)', () => {
    expect(range('192.168.0.1/24')).toEqual(['192.168.0.1', '192.168.0.254']);
    expect(range('10.1.2.3')).toEqual(['10.1.2.1', '10.1.2.254']);
    expect(range('fc00::/7')).toEqual(['fc00::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
    expect(range('fd00::5')).toEqual(['fd00::1', 'fd00::ffff:ffff:ffff:ffff']);
    expect(range('0.0.0.0/0')).toEqual(['0.0.0.1', '255.255.255.254']);
  });

  it('of two addresses and of one use all of them', () => {
    expect(range('10.0.0.4/31')).toEqual(['10.0.0.4', '10.0.0.5']);
    expect(range('10.0.0.4/32')).toEqual(['10.0.0.4', '10.0.0.4']);
    expect(range('fd00::4/127')).toEqual(['fd00::4', 'fd00::5']);
  });

  it('are nothing else', () => {
    for (const text of ['', '/24', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/x', '10.0.0.0/24/1', 'private']) {
      expect(subnetOf(text)).toBeUndefined();
    }
  });
});
