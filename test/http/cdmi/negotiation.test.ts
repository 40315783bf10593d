import { describe, expect, it } from 'vitest';
import { readAccept } from '../../../src/http/cdmi/accept.ts';
import { readPlacement, readRanges } from '../../../src/http/cdmi/byte-ranges.ts';
import { commonVersion } from '../../../src/http/cdmi/specification-version.ts';
import { answerStyle, answerType, bodyStyle } from '../../../src/http/cdmi/style.ts';

const refused = (code: string) => expect.objectContaining({ code });

describe('versions', () => {
  it.each([
    ['1.1.1', '1.1.1'],
    ['1.0.2, 1.1, 1.1.1', '1.1.1'],
    ['1.1,1.0.2', '1.1'],
    ['aaa, 1.0.2 ,bbb', '1.0.2'],
    ['1.0.1h', '1.0.1'],
    ['1.0', '1.0'],
  ])('[CDMI-G2] of %s the highest that both know is %s', (sent, version) => {
    expect(commonVersion(sent)).toBe(version);
  });

  it('[CDMI-G2] nobody has to speak CDMI', () => {
    expect(commonVersion(undefined)).toBeUndefined();
  });

  it.each(['2.0.0', '', 'x', '1', '1.1.1.1'])('[CDMI-G3] %j is none', (sent) => {
    expect(() => commonVersion(sent)).toThrow(refused('invalid-request'));
  });
});

describe('how a request is read', () => {
  const style = (contentType: string | undefined, version?: '1.1', accept?: string, hasBody = true) =>
    bodyStyle({ contentType, version, accept: readAccept(accept), hasBody });

  it.each([
    ['application/cdmi-object', { style: 'cdmi', kind: 'object' }],
    ['application/cdmi-container; charset=utf-8', { style: 'cdmi', kind: 'container' }],
    ['Application/CDMI-Object+JSON', { style: 'cdmi', kind: 'object' }],
    ['multipart/mixed; boundary=b', { style: 'multipart', boundary: 'b' }],
    ['text/plain', { style: 'plain', mimetype: 'text/plain' }],
    ['application/json', { style: 'plain', mimetype: 'application/json' }],
  ])('[CDMI-G1] [CDMI-B1] %s', (contentType, expected) => {
    expect(style(contentType, '1.1')).toEqual(expected);
  });

  it('[CDMI-G2] types of CDMI need a version', () => {
    expect(() => style('application/cdmi-object')).toThrow(refused('invalid-request'));
    expect(style('multipart/mixed; boundary=b')).toEqual({ style: 'plain', mimetype: 'multipart/mixed; boundary=b' });
  });

  it('[CDMI-G5] [CDMI-B3] no type is bytes in HTTP, and not enough in CDMI', () => {
    expect(style(undefined)).toEqual({ style: 'plain', mimetype: undefined });
    expect(() => style(undefined, '1.1', 'application/cdmi-object')).toThrow(refused('invalid-request'));
  });

  it('containers are made with an Accept and nothing else, as jclouds does', () => {
    const expected = { style: 'cdmi', kind: 'container' };
    expect(style(undefined, '1.1', 'application/cdmi-container', false)).toEqual(expected);
  });
});

describe('how an object is shown', () => {
  const shown = (
    accept: string | undefined,
    options: { version?: '1.1'; selects?: boolean; container?: true } = {},
  ) => {
    const readable = options.container
      ? { kind: 'container' as const }
      : { kind: 'object' as const, mimetype: 'image/png' };
    return answerStyle(readable, {
      accept: readAccept(accept),
      version: options.version,
      selects: options.selects ?? false,
    });
  };
  const object = { style: 'cdmi', contentType: 'application/cdmi-object' };
  const version = '1.1';

  it('[CDMI-G1] as it is to who speaks HTTP', () => {
    for (const accept of [undefined, '*/*', 'image/*', 'image/png', 'text/html, */*;q=0.1']) {
      expect(shown(accept)).toEqual({ style: 'plain' });
    }
  });

  it('[CDMI-G6] in JSON to who speaks CDMI', () => {
    for (const accept of [undefined, '', '*/*', 'application/*', 'application/cdmi-object, image/png;q=0.5']) {
      expect(shown(accept, { version })).toEqual(object);
    }
    expect(shown('application/cdmi-container, application/cdmi-object;q=0.8', { version })).toEqual(object);
    expect(shown('application/cdmi-object+json', { version })).toEqual({
      style: 'cdmi',
      contentType: 'application/cdmi-object+json',
    });
  });

  it('[CDMI-G1] as it is to who speaks CDMI and asks for its type', () => {
    expect(shown('image/png', { version })).toEqual({ style: 'plain' });
    expect(shown('image/*', { version })).toEqual({ style: 'plain' });
  });

  it('in JSON to who selects fields and takes JSON', () => {
    expect(shown('application/json', { selects: true })).toEqual({ style: 'cdmi', contentType: 'application/json' });
  });

  it('[CDMI-C2] a container to anybody', () => {
    expect(shown(undefined, { container: true })).toEqual({ style: 'cdmi', contentType: 'application/json' });
  });

  it('[CDMI-B5] in parts', () => {
    expect(shown('multipart/mixed', { version })).toEqual({ style: 'multipart' });
  });

  it('[CDMI-G6] or not at all', () => {
    expect(() => shown('text/html')).toThrow(refused('not-acceptable'));
    expect(() => shown('application/json')).toThrow(refused('not-acceptable'));
    expect(() => shown('application/cdmi-container', { version })).toThrow(refused('not-acceptable'));
    expect(() => shown('application/cdmi-object;q=0', { version })).toThrow(refused('not-acceptable'));
    expect(() => shown('text/html', { container: true })).toThrow(refused('not-acceptable'));
  });

  it('[CDMI-G2] types of CDMI need a version', () => {
    expect(() => shown('application/cdmi-object')).toThrow(refused('invalid-request'));
  });

  it('[CDMI-G4] what is made has the type that was asked for', () => {
    const type = (accept: string | undefined) => answerType('container', readAccept(accept));
    expect(type(undefined)).toBe('application/cdmi-container');
    expect(type('*/*')).toBe('application/cdmi-container');
    expect(type('application/json')).toBe('application/json');
    expect(() => type('text/html')).toThrow(refused('not-acceptable'));
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=0-3', [{ first: 0, last: 3 }]],
    ['bytes=5-', [{ first: 5, last: 9 }]],
    ['bytes=-3', [{ first: 7, last: 9 }]],
    ['bytes=-30', [{ first: 0, last: 9 }]],
    ['bytes=8-99', [{ first: 8, last: 9 }]],
    [
      'Bytes = 0-0 , 2-3,, -1',
      [
        { first: 0, last: 0 },
        { first: 2, last: 3 },
        { first: 9, last: 9 },
      ],
    ],
    ['bytes=10-', []],
    ['bytes=-0', []],
    ['bytes=2-3,50-60', [{ first: 2, last: 3 }]],
  ])('[CDMI-H6] [CDMI-G26] %s of ten bytes', (field, ranges) => {
    expect(readRanges(field, 10)).toEqual(ranges);
  });

  it.each([undefined, '', 'bytes=', 'bytes=3-1', 'bytes=a-b', 'bytes=-', 'pages=1-2', `bytes=${'0-0,'.repeat(70)}`])(
    '[CDMI-G26] %s means all of it',
    (field) => {
      expect(readRanges(field, 10)).toBeUndefined();
    },
  );

  it('[CDMI-G26] there is no range in nothing', () => {
    expect(readRanges('bytes=0-', 0)).toEqual([]);
    expect(readRanges('bytes=-5', 0)).toEqual([]);
  });

  it('[CDMI-H4] a body has a place', () => {
    expect(readPlacement('bytes 4-6/10')).toEqual({ first: 4, last: 6, size: 10 });
    expect(readPlacement('bytes 4-6/*')).toEqual({ first: 4, last: 6 });
    expect(readPlacement(undefined)).toBeUndefined();
  });

  it.each(['bytes 6-4/10', 'bytes 4-6/6', 'bytes 4-6', 'bytes */10', '4-6/10', 'bytes=4-6'])(
    '[CDMI-H4] %s is none',
    (field) => {
      expect(() => readPlacement(field)).toThrow(refused('invalid-request'));
    },
  );
});
