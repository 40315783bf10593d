import { OcciError, quoteToken } from '../occi/errors.ts';

const pattern =
  /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+[ \t]*(?:;[ \t]*(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"[ !#-[\]-~]*")[ \t]*)?)*$/;
const longest = 255;

/** What a value is of which nobody has said anything: in plain HTTP, and in CDMI. */
export const unknownBytes = 'application/octet-stream';
export const usualText = 'text/plain';

/**
 * A media type as it is kept: in lower case, with its parameters (ISO/IEC 17826 §8.2.5). It is sent as a header field
 * again.
 *
 * @throws OcciError `invalid-request` for what is none
 */
export function readMediaType(text: string): string {
  const type = text.trim().toLowerCase();
  if (type.length <= longest && pattern.test(type)) return type;
  throw new OcciError('invalid-request', `${quoteToken(text)} is no media type`, { token: text });
}

/** Whether a media type says that the value is UTF-8, so that CDMI shows it as text (§6.2.5). */
export function saysUtf8(type: string): boolean {
  return /;[ \t]*charset="?utf-8"?[ \t]*(?:;|$)/.test(type);
}

/** A media type without its parameters. */
export function essenceOf(type: string): string {
  return (type.split(';', 1)[0] as string).trim();
}
