import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonProject, type EntityView } from '../../../src/occi/entity.ts';
import { ViewCache } from '../../../src/store/sqlite/view-cache.ts';

const viewOf = (location: string): EntityView => ({
  entity: { location, project: commonProject, kind: 'k', mixins: [], attributes: {}, revision: 0 },
  links: [],
});
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe('the cache of views', () => {
  it('gives out what it was given last, the same object, and never keeps more than it may', () => {
    const step = fc.tuple(fc.constantFrom('get', 'peek', 'set', 'offer', 'forget'), fc.constantFrom(...names));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const cache = new ViewCache(capacity);
        const keep = cache.forListing();
        const valid = new Map<string, EntityView>();
        for (const [what, name] of steps) {
          const view = viewOf(name);
          if (what === 'forget') {
            cache.forget([name]);
            valid.delete(name);
          } else if (what === 'set') {
            cache.set(name, view);
            valid.set(name, view);
          } else if (what === 'offer') {
            const known = cache.peek(name);
            keep(name, view);
            if (cache.peek(name) !== known) valid.set(name, view);
          } else expect([undefined, valid.get(name)]).toContain(cache[what](name));
          expect(names.filter((one) => cache.peek(one) !== undefined).length).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });

  it('keeps what is used, and forgets what is not', () => {
    const cache = new ViewCache(4);
    const used = viewOf('used');
    cache.set('used', used);
    for (let i = 0; i < 20; i++) {
      cache.set(`other ${i}`, viewOf(`other ${i}`));
      expect(cache.get('used')).toBe(used);
    }
    expect(cache.peek('other 0')).toBeUndefined();
  });

  it('keeps what a listing reads where there is room', () => {
    const cache = new ViewCache(8);
    const keep = cache.forListing();
    for (const name of names) keep(name, viewOf(name));
    expect(names.filter((name) => cache.peek(name) !== undefined)).toEqual(names);
  });

  it('keeps what a listing reads in the place of what is not used, and an eighth of all at most', () => {
    const cache = new ViewCache(16);
    for (let i = 0; i < 16; i++) cache.set(`before ${i}`, viewOf(`before ${i}`));
    const known = cache.get('before 0');
    const keep = cache.forListing();
    for (const name of names) keep(name, viewOf(name));
    expect(cache.get('before 0')).toBe(known);
    expect(names.filter((name) => cache.peek(name) !== undefined)).toEqual(['a', 'b']);
    expect(cache.peek('before 15')).toBeDefined();
  });

  it('does not replace what is in use by what a listing has read', () => {
    const cache = new ViewCache(4);
    const [used, read] = [viewOf('used'), viewOf('used')];
    cache.set('used', used);
    cache.forListing()('used', read);
    expect(cache.get('used')).toBe(used);
  });
});
