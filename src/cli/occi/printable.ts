/** Control characters would move the cursor, change colours, or worse; others turn the direction of writing. */
const harmful = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of others as a terminal may be given it, on one line. */
export function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(harmful, '\ufffd');
}

/** The same with its lines as they are. */
export function printableLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(harmful, (one) => (one === '\n' || one === '\t' ? one : '\ufffd'));
}
