/**
 * Text of others as any report may have it: well-formed, and control characters as the pictures of them that Unicode
 * has. Terminals would obey them, XML has no way to write them, and readers would not see them. Characters that turn
 * the direction of writing could make a reader see what is not there. Tabs and ends of lines stay.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, picture)
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '\ufffd');
}

function picture(control: string): string {
  if (control === '\n' || control === '\t') return control;
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '␡';
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\ufffd';
}
