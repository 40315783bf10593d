/**
 * Text of others as a terminal may be given it, on one line: control characters would move the cursor, change colours,
 * or worse, and so would characters that turn the direction of writing.
 */
export function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
