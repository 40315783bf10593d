import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntityView } from '../../src/occi/entity.ts';
import { ViewCache } from '../../src/store/view-cache.ts';

const viewOf = (location: string): EntityView => ({
  entity: { location, kind: 'k', mixins: [], attributes: {}, revision: 0 },
  links: [],
});
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe('the cache of views', () => {
  it('gives out what it was given last, the same object, and never keeps more than it may', () => {
    const step = fc.tuple(fc.constantFrom('get', 'peek', 'set', 'offer', 'forget'), fc.constantFrom(...names));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const cache = new ViewCache(capacity);
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
            cache.offer(name, view);
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

  it('takes from listings only what there is room for', () => {
    const cache = new ViewCache(2);
    const [first, second] = [viewOf('first'), viewOf('second')];
    cache.set('first', first);
    cache.offer('first', second);
    cache.offer('second', second);
    cache.offer('third', viewOf('third'));
    expect([cache.peek('first'), cache.peek('second'), cache.peek('third')]).toEqual([first, second, undefined]);
  });
});
