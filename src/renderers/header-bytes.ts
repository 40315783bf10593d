const utf8 = new TextDecoder('utf-8', { fatal: true });

// biome-ignore lint/suspicious/noControlCharactersInRegex: everything outside ASCII
const beyondAscii = /[^\x00-\x7f]/;

/** The text of a header value. Its bytes are handed over as Latin-1, and are UTF-8 nearly always. */
export function headerText(bytes: string): string {
  if (!beyondAscii.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

/** A text as a header value: its bytes are UTF-8 (RFC 9110 §5.5 allows them as opaque data), handed over as Latin-1. */
export function headerBytes(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
