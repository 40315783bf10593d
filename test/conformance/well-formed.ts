/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands in it, elements in it left out. */
  text: string;
}

const token =
  /<\?xml [^?]*\?>|<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&#[0-9]+;[^"<&]*)*")*)(\/?)>|((?:[^<&]|&#[0-9]+;)+)/uy;
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** The elements of a document of the plain kind that reports are. @throws Error when it is not well-formed */
export function elementsOf(xml: string): readonly Element[] {
  if (!allowed.test(xml)) throw new Error('there is a character that XML does not have');
  const elements: Element[] = [];
  const open: Element[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`not well-formed: ${xml.slice(at, at + 60)}`);
    const [, closing, name, attributes = '', empty, text] = match;
    const inside = open.at(-1);
    if (text !== undefined && inside !== undefined) inside.text += unescaped(text);
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      unescaped(value),
    ]);
    const element: Element = { name, attributes: Object.fromEntries(pairs), text: '' };
    elements.push(element);
    if (empty !== '/') open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return elements;
}

function unescaped(text: string): string {
  return text.replace(/&#([0-9]+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
