import { secret } from './keep.ts';

/** Header fields: pairs, or an object as Node has it. */
export type Fields = Iterable<readonly [name: string, value: string]> | Readonly<Record<string, unknown>>;

const secretFields = [
  'authorization',
  'proxy-authorization',
  'x-auth-token',
  'x-subject-token',
  'cookie',
  'set-cookie',
];

/** Says of whatever proves in these header fields who somebody is that it is a secret. */
export function fieldsAreSecret(fields: Fields): void {
  const pairs = Symbol.iterator in fields ? fields : Object.entries(fields);
  for (const [name, value] of pairs) {
    const field = name.toLowerCase();
    if (!secretFields.includes(field)) continue;
    for (const one of [value].flat()) {
      if (field.endsWith('cookie')) cookieIsSecret(String(one));
      else if (field.endsWith('authorization')) authorizationIsSecret(String(one));
      else secret(String(one).trim());
    }
  }
}

/** The same of a request, as it goes over the wire. */
export function rawFieldsAreSecret(request: string): void {
  const [head = ''] = request.split('\r\n\r\n', 1);
  const lines = head.split('\r\n').slice(1);
  fieldsAreSecret(
    lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1)] as const),
  );
}

/** The same of a process: its environment (what the process that starts it has as well is not of the tests) and its words. */
export function commandIsSecret(words: readonly string[], environment: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (value === process.env[name]) continue;
    urlIsSecret(value);
    if (/PASSWORD|SECRET|TOKEN/.test(name) && !value.startsWith('/')) secret(value);
  }
  words.forEach((word, index) => {
    urlIsSecret(word);
    const [, joined] = /^--(?:password|token)(?:=(.*))?$/s.exec(word) ?? [undefined, undefined];
    if (joined !== undefined) secret(joined);
    else if (/^(--password|--token|-p)$/.test(word)) secret(words[index + 1] ?? '');
  });
}

/** The same of the password in a URL of a broker, a database, or anything else. */
export function urlIsSecret(text: string): void {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]+)@/i.exec(text)?.[1];
  if (password === undefined) return;
  secret(password);
  try {
    secret(decodeURIComponent(password));
  } catch {
    // It is no percent-encoding, and so there is no second form of it.
  }
}

function authorizationIsSecret(value: string): void {
  const [, scheme = '', proof = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(value) ?? [];
  secret(proof === '' ? scheme : proof);
  if (scheme.toLowerCase() !== 'basic') return;
  const pair = Buffer.from(proof, 'base64').toString();
  if (pair.includes(':')) secret(pair.slice(pair.indexOf(':') + 1));
}

function cookieIsSecret(value: string): void {
  for (const one of value.split(';')) secret(one.slice(one.indexOf('=') + 1).trim());
}
