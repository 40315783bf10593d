import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OcciError } from '../../src/occi/errors.ts';
import { absolute, locate, type NameSpace, normalise, path } from '../../src/occi/name-space.ts';

const lab: NameSpace = { origin: 'http://occi.lab.test', prefix: '' };
const mounted: NameSpace = { origin: 'https://occi.lab.test:8787', prefix: '/occi1.2' };

const anySpace = fc.record<NameSpace>({
  origin: fc.constantFrom(
    'http://occi.lab.test',
    'https://occi.lab.test:8443',
    'http://127.0.0.1:3000',
    'http://[::1]',
  ),
  prefix: fc.constantFrom('', '/occi', '/v1/occi', '/a-b.c~d'),
});
/** Locations as the gateway keeps them: in normal form. */
const anyLocation = fc
  .array(
    fc.oneof(fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{1,8}$/), fc.constantFrom('occi', 'v1', 'grün', '%2F', '50%')),
    {
      maxLength: 5,
    },
  )
  .chain((segments) => fc.constantFrom(`/${segments.join('/')}`, segments.length > 0 ? `/${segments.join('/')}/` : '/'))
  .map(normalise);

describe('GFD.223 §4 locations and URLs', () => {
  it('makes URLs and path references of locations', () => {
    expect(absolute(mounted, '/compute/1')).toBe('https://occi.lab.test:8787/occi1.2/compute/1');
    expect(path(mounted, '/compute/1')).toBe('/occi1.2/compute/1');
    expect(path(lab, '/compute/1')).toBe('/compute/1');
  });

  it('finds every location again that it made a URL or a reference of', () => {
    fc.assert(
      fc.property(anySpace, anyLocation, (space, location) => {
        expect(locate(space, absolute(space, location))).toBe(location);
        expect(locate(space, `<${absolute(space, location)}>`)).toBe(location);
        expect(locate(space, `${path(space, location)}?action=start#top`)).toBe(location);
      }),
    );
  });

  it('finds a location without the mount prefix, too', () => {
    fc.assert(
      fc.property(anySpace, anyLocation, (space, location) => {
        fc.pre(space.prefix === '' || !`${location}/`.startsWith(`${space.prefix}/`));
        expect(locate(space, location)).toBe(location);
      }),
    );
  });

  it.each([
    ['/lamp/1', '/lamp/1'],
    ['</lamp/1>', '/lamp/1'],
    ['  /lamp/1 ', '/lamp/1'],
    ['http://occi.lab.test/lamp/1', '/lamp/1'],
    ['HTTP://OCCI.Lab.Test/lamp/1', '/lamp/1'],
    ['https://occi.lab.test/lamp/1', '/lamp/1'],
    ['http:/occi.lab.test/lamp/1', '/lamp/1'],
    ['http://occi.lab.test:80/lamp/1', '/lamp/1'],
    ['https://occi.lab.test:443/lamp/1', '/lamp/1'],
    ['http://occi.lab.test//lamp//1', '/lamp/1'],
    ['//lamp/1', '/lamp/1'],
    ['http://occi.lab.test', '/'],
    ['http://occi.lab.test/', '/'],
    ['/lamp/%31', '/lamp/1'],
  ])('reads %s the way clients mean it', (reference, location) => {
    expect(locate(lab, reference)).toBe(location);
  });

  it.each([
    ['https://occi.lab.test:8787/occi1.2/', '/'],
    ['https://occi.lab.test:8787/occi1.2', '/'],
    ['https://occi.lab.test:8787/lamp/1', '/lamp/1'],
    ['/occi1.2/lamp/1', '/lamp/1'],
    ['/occi1.2/occi1.2/lamp', '/occi1.2/lamp'],
    ['/occi1.20/lamp', '/occi1.20/lamp'],
    ['/lamp/1', '/lamp/1'],
  ])('reads %s below a mount prefix', (reference, location) => {
    expect(locate(mounted, reference)).toBe(location);
  });

  it.each([
    'http://elsewhere.example/lamp/1',
    'http://occi.lab.test:8080/lamp/1',
    'http://occi.lab.test:443/lamp/1',
    'http://occi.lab.test.example/lamp/1',
    'ftp://occi.lab.test/lamp/1',
    'urn:uuid:6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01',
  ])('knows that %s is somewhere else [CORE-5.4.3-b]', (reference) => {
    expect(locate(lab, reference)).toBeUndefined();
  });

  it.each(['', 'lamp/1', '<>', '?action=start', '/lamp/a b', '/lamp/"1"', '/lamp/<1>', '/lamp/1\r\nX: y', '/lamp\\1'])(
    'refuses %j and names it',
    (reference) => {
      const attempt = () => locate(lab, reference);
      expect(attempt).toThrow(OcciError);
      expect(attempt).toThrow(
        expect.objectContaining({
          code: 'bad-reference',
          message: `${JSON.stringify(reference)} is no absolute URL and no absolute path`,
          details: { token: reference },
        }),
      );
    },
  );
});

describe('RFC 3986 §6.2.2 the normal form of paths', () => {
  it.each([
    ['/a%7Eb%2db', '/a~b-b'],
    ['/a%2fb%c3%bc', '/a%2Fb%C3%BC'],
    ['/grün', '/gr%C3%BCn'],
    ['/\u{1f4a1}', '/%F0%9F%92%A1'],
    ['/\ud800', '/%EF%BF%BD'],
    ['/50%', '/50%25'],
    ['/%%34%31', '/%2541'],
    ['/a//b///', '/a/b/'],
    ['/a?b#c', '/a'],
    ['/a#b?c', '/a'],
  ])('%s becomes %s', (reference, normal) => {
    expect(normalise(reference)).toBe(normal);
  });

  it('is its own normal form', () => {
    const confusing = fc.array(fc.constantFrom('%', '2', '5', 'F', 'f', 'c', '/', '?', 'ü', '4', '1', '~'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          confusing.map((parts) => parts.join('')),
        ),
        (reference) => {
          const normal = normalise(reference);
          expect(normalise(normal)).toBe(normal);
        },
      ),
    );
  });

  it('is the same for all ways to escape a path', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), (segments) => {
        const escaped = `/${segments.map(encodeURIComponent).join('/')}`;
        expect(normalise(escaped.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()))).toBe(normalise(escaped));
        expect(decodeURIComponent(normalise(escaped))).toBe(decodeURIComponent(escaped));
      }),
    );
  });
});
