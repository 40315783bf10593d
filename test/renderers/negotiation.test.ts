import { describe, expect, it } from 'vitest';
import { negotiate, requestRenderer } from '../../src/renderers/negotiation.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { refusal } from './home-lab.ts';

const inHeaders = textOcci({ maxHeaderBytes: 1024 });
const renderers = [textPlain, inHeaders, uriList, occiJson];

describe('GFD.185 §3.6.6 Accept', () => {
  const chosen = (accept: string | undefined, listing = false) => {
    const choice = negotiate(accept, renderers, listing);
    return typeof choice === 'string' ? choice : choice.mediaType;
  };

  it.each([undefined, '', ' ', '*/*', '*', 'text/*', 'text/html, image/gif, *; q=.2, */*; q=.2'])(
    'means text/plain when nothing better is asked for: %j',
    (accept) => expect(chosen(accept)).toBe('text/plain'),
  );

  it('gives browsers text/plain', () => {
    expect(chosen('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe('text/plain');
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['text/occi', 'text/occi'],
    ['TEXT/OCCI', 'text/occi'],
    ['application/occi+json', 'application/occi+json'],
    ['application/json', 'application/json'],
    ['text/occi+plain', 'text/occi+plain'],
    ['application/*', 'application/occi+json'],
    ['text/plain; charset=utf-8', 'text/plain'],
  ])('answers %s under the name asked for [TEXT-6-a] [JSON-3-a]', (accept, type) => {
    expect(chosen(accept)).toBe(type);
  });

  it.each([
    ['text/plain,text/occi', 'text/plain'],
    ['text/occi,text/plain', 'text/occi'],
    ['text/plain,text/occi;q=0.2', 'text/plain'],
    ['text/plain;q=0.2,text/occi', 'text/occi'],
    ['application/occi+json;q=0.5, text/*;q=0.1', 'application/occi+json'],
    ['*/*, text/plain;q=0.1', 'text/occi'],
    ['text/plain;q=0, */*', 'text/occi'],
    ['text/plain;q=abc, text/occi;q=0.9', 'text/plain'],
    ['text/plain;q=, text/occi;q=0.9', 'text/plain'],
    ['text/plain;q=7, text/occi', 'text/plain'],
    ['text/occi;q=-1, text/plain;q=0.1', 'text/plain'],
    ['image/png, application/json', 'application/json'],
    [',,text/occi,', 'text/occi'],
    ['nonsense, text/occi', 'text/occi'],
  ])('weighs quality, specificity and order: %s', (accept, type) => {
    expect(chosen(accept)).toBe(type);
  });

  it('ignores what is no media type at all', () => {
    expect(chosen('nonsense')).toBe('text/plain');
  });

  it.each(['image/png', 'text/plain;q=0', 'application/occi', 'text/occi+json'])('refuses %s', (accept) => {
    expect(chosen(accept)).toBe('not-acceptable');
  });

  it('has text/uri-list for listings only, and only by name [TEXT-8-c]', () => {
    expect(chosen('text/uri-list', true)).toBe('text/uri-list');
    expect(chosen('text/uri-list')).toBe('not-a-listing');
    expect(chosen('text/uri-list, text/plain')).toBe('text/plain');
    expect(chosen('text/uri-list, image/png')).toBe('not-a-listing');
    expect(chosen('text/plain;q=0.5, text/uri-list', true)).toBe('text/uri-list');
    expect(negotiate('text/*', [uriList], true)).toBe('not-acceptable');
  });
});

describe('Content-Type of a request [X-1]', () => {
  const read = (type: string | undefined, hasOcciHeaders: boolean, hasBody: boolean) =>
    requestRenderer(type, { renderers, hasOcciHeaders, hasBody });

  it.each([
    ['text/plain', textPlain],
    ['text/occi+plain', textPlain],
    ['text/plain,text/occi', textPlain],
    ['text/bazonk,text/plain', textPlain],
    ['Text/Plain; charset=utf-8', textPlain],
    ['application/occi+json', occiJson],
    ['application/json;charset=utf-8', occiJson],
    ['text/uri-list', uriList],
    ['text/occi', inHeaders],
  ])('takes the first known type of %s', (type, renderer) => {
    expect(read(type, false, true).renderer).toBe(renderer);
  });

  it('reads headers when there is no body, whatever the type says', () => {
    expect(read('text/plain', true, false).renderer).toBe(inHeaders);
    expect(read(undefined, true, false).renderer).toBe(inHeaders);
    expect(read('image/png', false, false).renderer).toBe(inHeaders);
  });

  it.each([undefined, '', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-8'])(
    'lets the place of the rendering decide when the type says nothing: %j',
    (type) => {
      expect(read(type, true, true).renderer).toBe(inHeaders);
      expect(read(type, false, true).renderer).toBe(textPlain);
    },
  );

  it('finds the charset [X-8]', () => {
    expect(read('text/plain; charset="ISO-8859-1"', false, true)).toMatchObject({ charset: 'iso-8859-1' });
    expect(read('text/plain; format=flowed', false, true)).not.toHaveProperty('charset');
  });

  it('refuses an unknown type, naming it and the known ones', () => {
    const error = refusal(() => read('image/png', false, true));
    expect(error.code).toBe('unsupported-media-type');
    expect(error.message).toContain('image/png');
    expect(error.message).toContain('application/occi+json');
    expect(
      refusal(() => requestRenderer(undefined, { renderers: [uriList], hasOcciHeaders: false, hasBody: true })).code,
    ).toBe('unsupported-media-type');
  });
});
