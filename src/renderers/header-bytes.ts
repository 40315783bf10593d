const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Counting is a tenth of the time of looking at every character of a long list of attributes. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** The text of a header value. Its bytes are handed over as Latin-1, and are UTF-8 nearly always. */
export function headerText(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

/** A text as a header value: its bytes are UTF-8 (RFC 9110 §5.5 allows them as opaque data), handed over as Latin-1. */
export function headerBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
