/** A name of X.500: parts from the root on, each an attribute type and its value. */
export type DistinguishedName = readonly DnPart[];

interface DnPart {
  readonly type: string;
  readonly value: string;
}

/** Types that have several names. */
const aliases: Readonly<Record<string, string>> = {
  E: 'EMAILADDRESS',
  EMAIL: 'EMAILADDRESS',
  USERID: 'UID',
  S: 'ST',
  STREETADDRESS: 'STREET',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'EMAILADDRESS',
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/**
 * Reads a name in any of the forms people write it:
 *
 * - `CN=Anna,O=Lab,DC=test` (RFC 4514): the root comes last
 * - `/DC=test/O=Lab/CN=Anna`: as OpenSSL once had it, and grid-mapfiles have it still; the root comes first. A slash
 *   inside a value is one when no type and `=` follow it.
 *
 * @throws Error when it is neither
 */
export function readDistinguishedName(text: string): DistinguishedName {
  const name = text.startsWith('/')
    ? text.slice(1).split(/\/(?=[A-Za-z][A-Za-z0-9.-]*=)/)
    : splitUnescaped(text, ',').reverse();
  if (text.startsWith('/')) return name.map((part) => partOf(part, (value) => value));
  return name.flatMap((part) => splitUnescaped(part, '+').map((one) => partOf(one, unescaped)));
}

/** Reads the subject of a certificate as Node has it: a line each, from the root on, values escaped as in RFC 2253. */
export function readSubject(lines: string): DistinguishedName {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => splitUnescaped(line, '+').map((one) => partOf(one, unescaped)));
}

/** The same text for the same name, however it was written. */
export function canonical(name: DistinguishedName): string {
  return JSON.stringify(name.map(({ type, value }) => [type, value]));
}

/** The form with slashes, for people. */
export function slashForm(name: DistinguishedName): string {
  return name.map(({ type, value }) => `/${type}=${value}`).join('');
}

function partOf(text: string, read: (value: string) => string): DnPart {
  const equals = text.indexOf('=');
  const type = text.slice(0, equals).trim().toUpperCase();
  if (equals < 1 || !/^[A-Z0-9.-]+$/.test(type)) throw new Error(`${JSON.stringify(text)} is no part of a name`);
  const known = type.startsWith('OID.') ? type.slice(4) : type;
  return { type: aliases[known] ?? known, value: read(text.slice(equals + 1).trimStart()) };
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '\\') {
      part += character + (text[at + 1] ?? '');
      at += 1;
    } else if (character === '"') {
      isQuoted = !isQuoted;
      part += character;
    } else if (character === separator && !isQuoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((one) => one.trimStart());
}

/** Undoes the escapes of RFC 4514 §2.4: of single characters, and of bytes of UTF-8 in hexadecimal. */
function unescaped(value: string): string {
  const bare = withoutBlanksBehind(value);
  const plain = bare.length > 1 && bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1) : bare;
  return plain.replace(/(?:\\[0-9A-Fa-f]{2})+|\\./gs, (found) => {
    return /^\\[0-9A-Fa-f]{2}/.test(found)
      ? Buffer.from(found.replaceAll('\\', ''), 'hex').toString('utf8')
      : found.slice(1);
  });
}

/** Blanks at the end are not part of a value, except the first one after a backslash. */
function withoutBlanksBehind(value: string): string {
  const end = value.trimEnd();
  let backslashes = 0;
  while (end.at(-1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 0 ? end : value.slice(0, end.length + 1);
}
