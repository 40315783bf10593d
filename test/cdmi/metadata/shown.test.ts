import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersAcl } from '../../../src/cdmi/acl/inherit.ts';
import { checkLimits } from '../../../src/cdmi/metadata/limits.ts';
import { itemsWith, shownMetadata } from '../../../src/cdmi/metadata/shown.ts';
import { hashAlgorithm } from '../../../src/cdmi/metadata/value-hash.ts';
import type { Container, DataObject } from '../../../src/cdmi/object.ts';

const container: Container = {
  kind: 'container',
  id: '00007ED90010D891022876A8DE0BC0FD',
  project: 'p',
  parent: '',
  name: 'c',
  revision: 1,
  created: 0,
  modified: 1_795_300_560_123_456,
  owner: 'anna',
  metadata: {},
  acl: ownersAcl,
  others: {},
  completion: 'Complete',
  exports: {},
};
const { exports: _, ...common } = container;
const object: DataObject = {
  ...common,
  kind: 'dataobject',
  mimetype: 'text/plain',
  encoding: 'utf-8',
  value: [
    { key: 'k', offset: 5, length: 10 },
    { offset: 0, length: 4 },
  ],
};

describe('what is answered of metadata', () => {
  it('is what the system knows, from the beginning [CDMI-M1]', () => {
    expect(shownMetadata(object)).toEqual({
      cdmi_size: '14',
      cdmi_ctime: '1970-01-01T00:00:00.000000Z',
      cdmi_mtime: '2026-11-21T22:36:00.123456Z',
      cdmi_owner: 'anna',
      cdmi_acl: [{ acetype: '0x00000000', identifier: 'OWNER@', aceflags: '0x00000003', acemask: '0x001F07FF' }],
    });
    expect(shownMetadata({ ...object, value: [] })).toMatchObject({ cdmi_size: '0' });
    expect(shownMetadata(container)).not.toHaveProperty('cdmi_size');
  });

  it('is what clients have set, and which of their wishes are fulfilled [CDMI-M8] [CDMI-M9]', () => {
    const metadata = { colour: 'red', cdmi_value_hash: 'SHA256', cdmi_data_redundancy: '4', cdmi_hold_id: ['a'] };
    const shown = shownMetadata({ ...object, metadata, hash: 'AB' });
    expect(shown).toMatchObject({
      ...metadata,
      cdmi_hash: 'AB',
      cdmi_value_hash_provided: 'SHA256',
      cdmi_hold_id_provided: ['a'],
    });
    expect(shown).not.toHaveProperty('cdmi_data_redundancy_provided');
    expect(shown).not.toHaveProperty('colour_provided');
    expect(shownMetadata({ ...object, metadata: { cdmi_value_hash: '' } })).not.toHaveProperty(
      'cdmi_value_hash_provided',
    );
  });

  it('is chosen by how names begin [CDMI-D7]', () => {
    const metadata = { cdmi_size: '1', cdmi_sizes: '2', colour: 'red', col: 'x' };
    expect(itemsWith(metadata, [])).toBe(metadata);
    expect(itemsWith(metadata, ['cdmi_size'])).toEqual({ cdmi_size: '1', cdmi_sizes: '2' });
    expect(itemsWith(metadata, ['col', 'cdmi_sizes'])).toEqual({ cdmi_sizes: '2', colour: 'red', col: 'x' });
    expect(itemsWith(metadata, ['x'])).toEqual({});
    expect(Object.keys(itemsWith(JSON.parse('{"__proto__":1}'), ['__']))).toEqual(['__proto__']);
  });

  it('tells which hash is wanted [CDMI-M8]', () => {
    expect(hashAlgorithm({ cdmi_value_hash: 'SHA160' })).toBe('sha1');
    expect(hashAlgorithm({ cdmi_value_hash: 'SHA256' })).toBe('sha256');
    for (const metadata of [{}, { cdmi_value_hash: '' }, { cdmi_value_hash: 'toString' }]) {
      expect(hashAlgorithm(metadata)).toBeUndefined();
    }
  });
});

describe('how much metadata there may be [CDMI-M7]', () => {
  const limits = { items: 3, itemBytes: 20, totalBytes: 30 };

  it.each([
    [{ a: '1', b: '1', c: '1', d: '1' }, /4 items of metadata are more than 3/],
    [{ a: 'x'.repeat(18) }, /"a" has 21 bytes, more than 20/],
    [{ a: '€€€€€€' }, /"a" has 21 bytes/],
    [{ [`a${'€'.repeat(7)}`]: 1 }, /has 23 bytes/],
    [{ a: [[[[[[[[[[]]]]]]]]]] }, /"a" has 21 bytes/],
    [{ a: 'x'.repeat(13), b: 'x'.repeat(13) }, /the metadata has 32 bytes, more than 30/],
  ])('%j is too much', (metadata, message) => {
    expect(() => checkLimits(metadata, limits)).toThrow(message);
  });

  it('counts bytes of the name and of the value as JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: fc.constantFrom('a', '"', '\n', 'é', '€', '💡') }),
          fc.jsonValue({ maxDepth: 2 }),
          { maxKeys: 5 },
        ),
        (metadata) => {
          const json = JSON.parse(JSON.stringify(metadata));
          const sizes = Object.entries(json).map(
            ([name, value]) => new TextEncoder().encode(name + JSON.stringify(value)).length,
          );
          const exact = {
            items: sizes.length,
            itemBytes: Math.max(0, ...sizes),
            totalBytes: sizes.reduce((sum, size) => sum + size, 0),
          };
          expect(() => checkLimits(json, exact)).not.toThrow();
          if (sizes.length === 0) return;
          for (const limit of ['items', 'itemBytes', 'totalBytes'] as const) {
            expect(() => checkLimits(json, { ...exact, [limit]: exact[limit] - 1 })).toThrow(/more than/);
          }
        },
      ),
    );
  });
});
