import { describe, expect, it } from 'vitest';
import { splitTypeIdentifier } from '../../src/occi/category.ts';

describe('GFD.221 §5.3.1 type identifiers', () => {
  it.each([
    ['http://lab.test/occi/home#lamp', 'http://lab.test/occi/home#', 'lamp'],
    ['http://lab.test/a#b#lamp', 'http://lab.test/a#b#', 'lamp'],
    ['http://lab.test/occi/home#', 'http://lab.test/occi/home#', ''],
    ['lamp', '', 'lamp'],
  ])('splits %s after the last # [CORE-5.3.1-c]', (id, scheme, term) => {
    expect(splitTypeIdentifier(id)).toEqual({ scheme, term });
  });
});
