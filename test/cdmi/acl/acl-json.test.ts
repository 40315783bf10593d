import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ace } from '../../../src/cdmi/acl/ace.ts';
import { readAcl, writeAcl } from '../../../src/cdmi/acl/acl-json.ts';
import { flag, mask } from '../../../src/cdmi/acl/bits.ts';
import type { Json } from '../../../src/cdmi/object.ts';

const bits = fc.integer({ min: 0, max: 0xffffffff });
const ace: fc.Arbitrary<Ace> = fc.record({
  type: fc.constantFrom('allow' as const, 'deny' as const, 'audit' as const),
  identifier: fc.oneof(fc.constantFrom('OWNER@', 'EVERYONE@', 'anna'), fc.stringMatching(/^\S{1,20}$/)),
  flags: bits,
  mask: bits,
});

const entry = (fields: Readonly<Record<string, Json>>): Json => [
  { acetype: 'ALLOW', identifier: 'anna', aceflags: 'NO_FLAGS', acemask: 'READ_OBJECT', ...fields },
];

describe('ISO/IEC 17826 §16.1 access control lists [CDMI-A1]', () => {
  it.each<[string, string, Ace['type'], number, number]>([
    ['0x0', '0x0', 'allow', 0, 1],
    ['0x00000001', '0X3', 'deny', 3, 1],
    ['DENY', 'OBJECT_INHERIT, CONTAINER_INHERIT', 'deny', 3, 1],
    ['AUDIT', 'OBJECT_INHERIT|INHERIT_ONLY', 'audit', 9, 1],
    ['CDMI_ACE_SYSTEM_AUDIT', 'NO_FLAGS', 'audit', 0, 1],
    ['CDMI_ACE_ACCESS_DENY', ' CDMI_ACE_IDENTIFIER_GROUP ', 'deny', 0x40, 1],
  ])('type %j and flags %j are read', (acetype, aceflags, type, flags, expected) => {
    expect(readAcl(entry({ acetype, aceflags }))).toEqual([{ type, identifier: 'anna', flags, mask: expected }]);
  });

  it.each<[string, number]>([
    ['0x001F07FF', 0x1f07ff],
    ['0x0000000000000000000000000000001f', 0x1f],
    ['0xffffffff', 0xffffffff],
    ['ALL_PERMS', 0x1f07ff],
    ['READ_ALL', 0x9],
    ['RW', 0x1f],
    ['RW_ALL', 0x601df],
    ['READ_OBJECT, READ_METADATA', 0x9],
    ['CDMI_ACE_READ_OBJECT|CDMI_ACE_READ_METADATA', 0x9],
    ['LIST_CONTAINER,ADD_OBJECT | DELETE', 0x10003],
    ['WRITE_RETENTION,WRITE_RETENTION_HOLD', 0x600],
  ])('mask %j is read', (acemask, expected) => {
    expect(readAcl(entry({ acemask }))[0]?.mask).toBe(expected);
  });

  it('all permissions are those that have names', () => {
    expect(Object.values(mask).reduce((all: number, one) => all | one, 0)).toBe(mask.ALL_PERMS);
    expect(mask.RW_ALL & mask.RW).toBe(mask.RW);
  });

  it.each<[Json, RegExp]>([
    ['ALLOW', /must be an array/],
    [{}, /must be an array/],
    [['ALLOW'], /must be an object/],
    [[null], /must be an object/],
    [[[]], /must be an object/],
    [entry({ acetype: 'PERMIT' }), /acetype knows ALLOW, DENY, AUDIT, not "PERMIT"/],
    [entry({ acetype: '0x3' }), /acetype must be ALLOW, DENY or AUDIT, not "0x3"/],
    [entry({ acemask: 'READ_OBJECT,FLY' }), /acemask knows .*, not "FLY"/],
    [entry({ acemask: 'READ_OBJECT,,DELETE' }), /acemask knows .*, not ""/],
    [entry({ acemask: 'toString' }), /not "toString"/],
    [entry({ acemask: '0x' }), /acemask must be a number of 32 bits, not "0x"/],
    [entry({ acemask: '0x100000000' }), /a number of 32 bits/],
    [entry({ acemask: 31 }), /needs acemask, a string/],
    [entry({ aceflags: 'INHERIT' }), /aceflags knows NO_FLAGS, .*, not "INHERIT"/],
    [entry({ identifier: '' }), /needs identifier/],
    [entry({ identifier: null }), /needs identifier/],
    [entry({ identifier: 'a'.repeat(256) }), /identifier must have at most 255 characters/],
    [Array.from({ length: 101 }, () => ({})), /more than 100/],
  ])('%j is refused, with what was not understood', (json, message) => {
    expect(() => readAcl(json)).toThrow(message);
  });

  it('are answered in numbers without any comma, in the order of the client [CDMI-A2]', () => {
    fc.assert(
      fc.property(fc.array(ace, { maxLength: 5 }), (acl) => {
        const written = writeAcl(acl);
        expect(readAcl(written)).toEqual(acl);
        for (const { acetype, aceflags, acemask } of written) {
          for (const number of [acetype, aceflags, acemask]) expect(number).toMatch(/^0x[0-9A-F]{8}$/);
        }
      }),
    );
  });

  it('names mean all of their bits, in any order', () => {
    const names = fc.uniqueArray(fc.constantFrom(...Object.keys(mask)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.constantFrom(',', ', ', '|', ' | '), (some, between) => {
        const expected = some.reduce((all, name) => all | (mask[name as keyof typeof mask] as number), 0);
        expect(readAcl(entry({ acemask: some.join(between) }))[0]?.mask).toBe(expected);
      }),
    );
  });

  it('have flags whose numbers are those of the standard', () => {
    expect(Object.values(flag)).toEqual([0, 1, 2, 4, 8, 0x40, 0x80]);
  });
});
