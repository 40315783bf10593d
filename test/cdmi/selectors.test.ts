import { describe, expect, it } from 'vitest';
import { partsOf, rangesOf, readSelectors, selects } from '../../src/cdmi/selectors.ts';

describe('ISO/IEC 17826 §5.13.4 selectors', () => {
  it('[CDMI-G8] are fields, and parts of fields, separated by semicolons', () => {
    expect(readSelectors('objectName;metadata:cdmi_;value:0-9')).toEqual([
      { field: 'objectName' },
      { field: 'metadata', part: 'cdmi_' },
      { field: 'value', part: '0-9' },
    ]);
  });

  it.each([
    ['nothing', '', []],
    ['one at the end', 'metadata;', [{ field: 'metadata' }]],
    ['several', ';;metadata;;objectID;', [{ field: 'metadata' }, { field: 'objectID' }]],
    ['a slash behind the last', 'objectID/', [{ field: 'objectID' }]],
    ['a colon with nothing behind it', 'metadata:', [{ field: 'metadata' }]],
  ])('[CDMI-G8] empty ones are forgiven: %s', (_, query, selectors) => {
    expect(readSelectors(query)).toEqual(selectors);
  });

  it('[CDMI-G10] have percent escapes', () => {
    expect(readSelectors('metadata:gr%C3%BC%C3%9Fe%3B')).toEqual([{ field: 'metadata', part: 'grüße;' }]);
  });

  it.each(['value:9-1', 'value:a-b', 'children:1', 'value:-5', ':x', 'metadata:%ff'])(
    '[CDMI-G9] %s is refused',
    (query) => {
      expect(() => readSelectors(query)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    },
  );

  it('[CDMI-G8] without any, everything is meant', () => {
    expect(selects([], 'value')).toBe(true);
    expect(selects(readSelectors('metadata'), 'value')).toBe(false);
  });

  it('[CDMI-D7] a field that is also named as a whole is meant as a whole', () => {
    expect(partsOf(readSelectors('metadata:a;metadata:b'), 'metadata')).toEqual(['a', 'b']);
    expect(partsOf(readSelectors('metadata:a;metadata'), 'metadata')).toEqual([]);
  });

  it('[CDMI-D8] ranges have both ends', () => {
    expect(rangesOf(readSelectors('value:0-0;value:5-9'), 'value')).toEqual([
      { first: 0, last: 0 },
      { first: 5, last: 9 },
    ]);
  });
});
