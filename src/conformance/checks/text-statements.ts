import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** The four fields of the text renderings, in lower case. */
export type TextField = 'category' | 'link' | 'x-occi-attribute' | 'x-occi-location';

/** One statement of a text rendering, as it stands there: nothing is unquoted, and nothing is forgiven. */
export interface RawStatement {
  readonly field: TextField;
  readonly value: string;
}

/** A parameter as it stands there; the value is empty where there is no `=`. */
export type Parameter = readonly [name: string, value: string];

const fields: readonly TextField[] = ['category', 'link', 'x-occi-attribute', 'x-occi-location'];

/** What an answer says in text: in its header fields where text/occi is spoken, in the lines of its body otherwise. */
export function statementsIn({ dialect }: Trial, reply: Reply): readonly RawStatement[] {
  const values: readonly RawStatement[] =
    dialect.rendering === 'text/occi'
      ? fields.flatMap((field) => reply.headers(field).map((value) => ({ field, value })))
      : reply.lines.flatMap((line) => lineOf(line));
  return values.flatMap(({ field, value }) => split(value, ',').map((element) => ({ field, value: element })));
}

/** The values of one field. */
export function valuesIn(statements: readonly RawStatement[], wanted: TextField): readonly string[] {
  return statements.filter(({ field }) => field === wanted).map(({ value }) => value);
}

/** What is in front of the first semicolon, and the parameters behind it. */
export function parametersIn(value: string): { readonly first: string; readonly parameters: readonly Parameter[] } {
  const [first = '', ...others] = split(value, ';');
  return { first, parameters: others.map(pairOf) };
}

/** Name and value of an attribute line, or of a parameter. */
export function pairOf(text: string): Parameter {
  const at = text.indexOf('=');
  return at === -1 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The attributes that an answer shows, values as they stand there. */
export function attributesIn(statements: readonly RawStatement[]): ReadonlyMap<string, string> {
  return new Map(valuesIn(statements, 'x-occi-attribute').map(pairOf));
}

function lineOf(line: string): readonly RawStatement[] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim().toLowerCase();
  const field = fields.find((one) => one === name);
  return field === undefined ? [] : [{ field, value: line.slice(colon + 1).trim() }];
}

/** Splits where a separator is outside of quotes and angle brackets; what is empty does not count (RFC 9110 §5.6.1). */
export function split(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let closing: '"' | '>' | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (closing === undefined && character === separator) {
      parts.push(part);
      part = '';
      continue;
    }
    part += character;
    if (closing === '"' && character === '\\') part += text[++at] ?? '';
    else if (character === closing) closing = undefined;
    else if (closing === undefined && character === '"') closing = '"';
    else if (closing === undefined && character === '<') closing = '>';
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}
