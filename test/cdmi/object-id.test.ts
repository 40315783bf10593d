import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleEnterprise, newObjectId, objectId, readObjectId } from '../../src/cdmi/object-id.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('ISO/IEC 17826 §5.11 object IDs', () => {
  it.each([
    [exampleEnterprise, '022876A8DE0BC0FD', '00007ED90010D891022876A8DE0BC0FD'],
    [exampleEnterprise, '00', '00007ED90009928E00'],
    [1, 'DEADBEEF', '00000001000C755ADEADBEEF'],
  ])('[CDMI-I1] [CDMI-I2] of enterprise %i with %s', (enterprise, opaque, id) => {
    expect(objectId(enterprise, hex(opaque))).toBe(id);
  });

  it('[CDMI-I2] of the longest kind', () => {
    const id = objectId(exampleEnterprise, hex('00112233445566778899AABBCCDDEEFF'.repeat(2)));
    expect(id.slice(0, 16)).toBe('00007ED90028F9E3');
    expect(id).toHaveLength(80);
  });

  it('[CDMI-I2] misprints of the standard are known by their checksums', () => {
    for (const id of ['0000706D0010374085EF1A5C7018D774', '00007E7F00100C435125A61B4C289455']) {
      expect(readObjectId(id)).toBeUndefined();
    }
  });

  it('[CDMI-I1] [CDMI-I3] whatever is in them, they can be read in either case', () => {
    const opaques = fc.uint8Array({ minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 24 - 1 }), opaques, (enterprise, opaque) => {
        const id = objectId(enterprise, opaque);
        const bytes = hex(id);
        expect(bytes[0]).toBe(0);
        expect(bytes.readUIntBE(1, 3)).toBe(enterprise);
        expect(bytes[4]).toBe(0);
        expect(bytes[5]).toBe(bytes.length);
        expect(readObjectId(id.toLowerCase())).toBe(id);
      }),
    );
  });

  it('[CDMI-I2] one wrong digit shows', () => {
    const id = newObjectId(exampleEnterprise);
    fc.assert(
      fc.property(fc.nat(id.length - 1), fc.constantFrom(...'0123456789ABCDEF'), (at, digit) => {
        const other = id.slice(0, at) + digit + id.slice(at + 1);
        expect(readObjectId(other)).toBe(other === id ? id : undefined);
      }),
    );
  });

  it('[CDMI-I4] no two are the same', () => {
    const ids = Array.from({ length: 1000 }, () => newObjectId(exampleEnterprise));
    expect(new Set(ids).size).toBe(1000);
  });

  it.each(['', 'xyz', '0', '00007ED9', `${'00'.repeat(41)}`])('[CDMI-I4] %j is none', (text) => {
    expect(readObjectId(text)).toBeUndefined();
  });
});
