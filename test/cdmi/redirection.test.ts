import { expect, it } from 'vitest';
import { destination } from '../../src/cdmi/redirection.ts';

const root = { origin: 'https://cloud.example', path: '/occi/cdmi/' };

it.each([
  ['/occi/cdmi/a/b', 'https://cloud.example/occi/cdmi/a/b'],
  ['a/b', 'https://cloud.example/occi/cdmi/a/b'],
  ['/a/b', 'https://cloud.example/occi/cdmi/a/b'],
  ['http://other.example:8080/x?value', 'http://other.example:8080/x?value'],
  ['/ä ö#1', 'https://cloud.example/occi/cdmi/%C3%A4%20%C3%B6%231'],
  ['/100%', 'https://cloud.example/occi/cdmi/100%25'],
  ['/a%20b', 'https://cloud.example/occi/cdmi/a%20b'],
  ['/a\r\nset-cookie: b', 'https://cloud.example/occi/cdmi/aset-cookie:%20b'],
])('[CDMI-R1] [CDMI-G11] a reference to %j leads to %s', (target, uri) => {
  expect(destination(root, target)).toBe(uri);
});

it.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://', `/${'a'.repeat(5000)}`])(
  '[CDMI-R1] there is no reference to %.30s',
  (target) => {
    expect(() => destination(root, target)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  },
);
