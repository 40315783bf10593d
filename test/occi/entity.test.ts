import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/occi/attribute.ts';
import { commonProject, core, type Entity, idOf, isLink, text, uuidOf } from '../../src/occi/entity.ts';

const entity = (attributes: Attributes): Entity => ({
  location: '/lamp/1',
  project: commonProject,
  kind: 'http://lab.test/occi/home#lamp',
  mixins: [],
  attributes,
  revision: 0,
});

describe('GFD.221 §5.4 entities', () => {
  it('gives the text of an attribute, and of nothing else', () => {
    const lamp = entity({ 'occi.core.title': 'Reading lamp', 'test.lab.watts': 40 });
    expect(text(lamp, core.title)).toBe('Reading lamp');
    expect(text(lamp, 'test.lab.watts')).toBeUndefined();
    expect(text(lamp, core.summary)).toBeUndefined();
    expect(text(lamp, 'constructor')).toBeUndefined();
  });

  it('has its id among the attributes [CORE-5.4-a]', () => {
    expect(idOf(entity({ 'occi.core.id': 'urn:uuid:1' }))).toBe('urn:uuid:1');
    expect(idOf(entity({}))).toBe('');
  });

  it('is a link when it has a source [CORE-5.4.3-a]', () => {
    expect(isLink(entity({ 'occi.core.source': '/lamp/1', 'occi.core.target': '/socket/1' }))).toBe(true);
    expect(isLink(entity({ 'occi.core.title': 'Reading lamp' }))).toBe(false);
  });

  it('finds the UUID in an id, bare or as URN, in lower case [CORE-5.4-b]', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom('', 'urn:uuid:', 'URN:UUID:'), (uuid, prefix) => {
        expect(uuidOf(prefix + uuid)).toBe(uuid);
        expect(uuidOf(prefix + uuid.toUpperCase())).toBe(uuid);
        expect(uuidOf(`x${prefix}${uuid}`)).toBeUndefined();
        expect(uuidOf(`${prefix}${uuid}0`)).toBeUndefined();
      }),
    );
  });

  it.each(['', 'Compute_1700000000', '46353464', 'urn:uuid:', '6f1c2b9e0d5a4c7b9a581f0a6f6f0a01'])(
    'finds no UUID in %j',
    (id) => {
      expect(uuidOf(id)).toBeUndefined();
    },
  );
});
