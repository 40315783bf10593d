import { describe, expect, it } from 'vitest';
import { decodeValue } from '../../src/cdmi/encoding.ts';
import { readObjectRequest, sources } from '../../src/cdmi/object-request.ts';

const read = (body: unknown) => readObjectRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const refused = (code: string) => expect.objectContaining({ code });

describe('bodies of objects', () => {
  it('[CDMI-D2] no body says nothing', () => {
    expect(readObjectRequest(new Uint8Array())).toEqual({});
    expect(read({})).toEqual({});
  });

  it('[CDMI-D2] the media type is kept in lower case, and usual when it is empty', () => {
    expect(read({ mimetype: 'Text/HTML; Charset=UTF-8' })).toEqual({ mimetype: 'text/html; charset=utf-8' });
    expect(read({ mimetype: '' })).toEqual({ mimetype: 'text/plain' });
  });

  it.each(['x', 'a/b\r\nSet-Cookie: c=1', 'a/b; c', 'ä/b', 'a/', `a/${'b'.repeat(300)}`])(
    '[CDMI-D2] %j is no media type',
    (mimetype) => {
      expect(() => read({ mimetype })).toThrow(refused('invalid-request'));
    },
  );

  it('[CDMI-D23] [CDMI-G19] fields of others are kept, and those of answers passed over', () => {
    const others = { x_vendor: { a: [1] }, capacity: null };
    expect(read({ ...others, objectID: '00', completionStatus: 'Complete', children: [], parentURI: '/' })).toEqual({
      others,
    });
    expect(read('{"__proto__":{"a":1}}').others).toHaveProperty(['__proto__'], { a: 1 });
  });

  it('[CDMI-D11] [CDMI-G18] has one source', () => {
    for (const by of sources) {
      expect(read({ [by]: '/x' }).source).toEqual({ by, from: '/x' });
      expect(() => read({ [by]: '/x', value: '' })).toThrow(refused('invalid-request'));
      expect(() => read({ [by]: 1 })).toThrow(refused('invalid-request'));
    }
    expect(() => read({ copy: '/x', move: '/y' })).toThrow(refused('invalid-request'));
  });

  it.each(['{"value":', '[]', '"text"', 'null', '{"a":1,"a":2}', '\xff', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`])(
    '[CDMI-G7] %s cannot be read',
    (body) => {
      expect(() => readObjectRequest(Buffer.from(body, 'latin1'))).toThrow(
        expect.objectContaining({ name: 'OcciError' }),
      );
    },
  );

  it.each([
    { metadata: 'text' },
    { metadata: ['a'] },
    { metadata: null },
    { mimetype: 1 },
    { valuetransferencoding: 'utf-16' },
    { exports: [] },
    { domainURI: 1 },
  ])('[CDMI-M10] %j is refused', (body) => {
    expect(() => read(body)).toThrow(refused('invalid-request'));
  });

  it('[CDMI-D10] values are text or base64', () => {
    expect(decodeValue('grüße\u0000', 'utf-8')).toEqual(Buffer.from('grüße\u0000'));
    expect(decodeValue('AP8=', 'base64')).toEqual(Buffer.from([0, 255]));
    expect(decodeValue('AP8A\r\nAP8=', 'base64')).toEqual(Buffer.from([0, 255, 0, 0, 255]));
    expect(decodeValue({ a: [1] }, 'json')).toEqual(Buffer.from('{"a":[1]}'));
  });

  it.each([
    ['@@@@', 'base64'],
    ['AP8', 'base64'],
    ['A===', 'base64'],
    ['AP=8', 'base64'],
    ['half \ud800', 'utf-8'],
    [7, 'utf-8'],
    [['a'], 'base64'],
  ] as const)('[CDMI-D10] [CDMI-D14] %j in %s is refused', (value, encoding) => {
    expect(() => decodeValue(value, encoding)).toThrow(refused('invalid-request'));
  });
});
