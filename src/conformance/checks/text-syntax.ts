// The tokens of the text renderings (GFD.229 §4), each to be matched as a whole.

const term = '[A-Za-z0-9][A-Za-z0-9._-]*';
const uri = '[A-Za-z][A-Za-z0-9+.-]*:[^\\s"<>\\\\^`{|}]*';
// Scheme and term: nothing is between them, so only the end can be told.
const identifier = `${uri}[A-Za-z0-9._-]`;
const definition = `${term}(?:\\{(?:immutable|required)(?: +(?:immutable|required))*\\})?`;

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const list = (element: string) => whole(`"${element}(?: +${element})*"`);

export const termSyntax = whole(term);
export const quotedScheme = whole(`"${uri}"`);
export const quotedIdentifier = whole(`"${identifier}"`);
export const quotedIdentifiers = list(identifier);
/** Names of attributes, each directly followed by its properties where it has any. */
export const quotedDefinitions = list(definition);
/** Quotes and backslashes are escaped, and nothing is a control character but the tabulator (RFC 7230 §3.2.6). */
export const quotedString = /^"(?:[^"\\\p{Cc}]|\t|\\[^\p{Cc}])*"$/u;
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Digits with at most one point among them. */
export const plainNumber = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
export const boolean = /^(?:true|false)$/;
/** As far as its characters tell (RFC 3986). */
export const uriReference = /^[^\s"<>\\^`{|}]+$/;
export const absoluteUri = whole(`${uri}[^\\s]`);

/** What a quoted string says. */
export function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}
