import { describe, expect, it } from 'vitest';
import { PageCache } from '../../../src/store/sqlite/page-cache.ts';

/** A listing, and how often it was asked for. */
function listing() {
  const asked: string[] = [];
  const page = (name: string, size: number) => () => {
    asked.push(name);
    return { items: Array.from({ length: size }, (_, i) => `/${name}/${i}`), last: size };
  };
  return { asked, page };
}

describe('the pages of listings', () => {
  it('are looked up once', () => {
    const pages = new PageCache(100);
    const { asked, page } = listing();
    const first = pages.get('a', page('a', 10));
    expect(pages.get('a', page('a', 10))).toBe(first);
    expect(asked).toEqual(['a']);
  });

  it('are looked up again when members may have come or gone', () => {
    const pages = new PageCache(100);
    const { asked, page } = listing();
    pages.get('a', page('a', 10));
    pages.forget();
    pages.get('a', page('a', 10));
    expect(asked).toEqual(['a', 'a']);
  });

  it('leave for others when there is no room, the oldest first', () => {
    const pages = new PageCache(25);
    const { asked, page } = listing();
    for (const name of ['a', 'b', 'c', 'b', 'c', 'a']) pages.get(name, page(name, 10));
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('are not kept where one has no room at all', () => {
    const pages = new PageCache(0);
    const { asked, page } = listing();
    for (let i = 0; i < 2; i++) expect(pages.get('a', page('a', 10)).items).toHaveLength(10);
    expect(asked).toEqual(['a', 'a']);
  });
});
