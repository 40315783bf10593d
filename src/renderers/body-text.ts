import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Payload } from './renderer.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body of a request as text. Text without a charset is UTF-8.
 *
 * @throws OcciError `unsupported-media-type` for a charset nobody uses, `syntax` for bytes that are no UTF-8
 */
export function bodyText({ body, charset }: Payload): string {
  switch (charset) {
    case 'iso-8859-1':
    case 'latin1':
      return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    case undefined:
    case 'utf-8':
    case 'utf8':
    case 'us-ascii':
      try {
        return utf8.decode(body);
      } catch {
        throw new OcciError('syntax', 'the body is no UTF-8; say charset=iso-8859-1 if it is Latin-1');
      }
    default:
      throw new OcciError('unsupported-media-type', `the charset ${quoteToken(charset)} is not read; use utf-8`, {
        token: charset,
      });
  }
}
