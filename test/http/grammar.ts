import { expect } from 'vitest';
import type { Answer } from './home-lab.ts';

/** The grammar of the text renderings (GFD.229 §4, GFD.185 §3.5) as a checker of what a server sends, not as a parser. */
const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const term = '[A-Za-z0-9][A-Za-z0-9._-]*';
const scheme = String.raw`[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^\x60{|}]*`;
const typeId = `${scheme}${term}`;
const definition = String.raw`${term}(?:\{(?:immutable|required)(?: (?:immutable|required))*\})?`;
const list = (element: string) => `"${element}(?: ${element})*"`;
const value = String.raw`(?:${quoted}|-?[0-9]+(?:\.[0-9]+)?|true|false)`;

/** One element of a field, and what it has to look like. */
const elements: Readonly<Record<string, string>> = {
  Category:
    `${term}; scheme="${scheme}"; class="(?:kind|mixin|action)"(?:; title=${quoted})?(?:; rel="${typeId}")?` +
    `(?:; location="/[^"]*/")?(?:; attributes=${list(definition)})?(?:; actions=${list(typeId)})?`,
  Link:
    String.raw`<[^<>\s]+\?action=${term}>; rel="${typeId}"|` +
    String.raw`<[^<>\s]+>; rel=${list(typeId)}; self="[^"]+"; category=${list(typeId)}(?:; ${term}=${value})*`,
  'X-OCCI-Attribute': `${term}=${value}`,
  'X-OCCI-Location': String.raw`https?://[^\s,]+`,
};

const fieldNames = Object.keys(elements);

/** The fields of a text/plain body: name and value, in the order of the lines. */
export function linesOf(text: string): readonly (readonly [name: string, value: string])[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
}

/** The values of one field of a text/plain body. */
export function valuesOf(text: string, field: string): readonly string[] {
  return linesOf(text).flatMap(([name, one]) => (name === field ? [one] : []));
}

/** The URLs of a location list in text/plain. */
export function locationsOf(text: string): readonly string[] {
  return valuesOf(text, 'X-OCCI-Location');
}

/** The elements of a list in a header: separated by commas outside of quotes and angle brackets. */
export function elementsOf(header: string | null): readonly string[] {
  if (header === null) return [];
  return [...header.matchAll(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g)].map(([element]) => element.trim());
}

/** Header values as text: their bytes are UTF-8. */
export function utf8(header: string | null): string {
  return Buffer.from(header ?? '', 'latin1').toString('utf8');
}

/** Checks that all of a text/plain body is OCCI, each line by the grammar of its field. */
export function expectPlain(text: string): void {
  for (const [name, one] of linesOf(text)) {
    expect(fieldNames, `the line ${name}: ${one}`).toContain(name);
    expect(one).toMatch(new RegExp(`^(?:${elements[name]})$`));
  }
}

/** Checks that the OCCI headers of a text/occi response are lists by the grammar, and the body is `OK`. */
export function expectHeaders({ headers, text }: Answer): void {
  for (const field of fieldNames) {
    for (const element of elementsOf(headers.get(field))) {
      expect(utf8(element), field).toMatch(new RegExp(`^(?:${elements[field]})$`));
    }
  }
  expect(text).toBe('OK');
}
