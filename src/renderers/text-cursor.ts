import { OcciError, type Position, shorten } from '../occi/errors.ts';

/**
 * A field value to be read: a stretch of a body, or a whole header. Line breaks inside it are continuation lines and
 * count as blanks.
 */
export interface FieldValue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The header field; none for a body, where line and column are counted from its beginning. */
  readonly field?: string;
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;
const apostrophe = 39;
const comma = 44;
const semicolon = 59;
export const less = 60;
export const equals = 61;
const backslash = 92;

function isBlank(code: number): boolean {
  return code === space || code === tab || code === lineFeed || code === carriageReturn;
}

/** The one scanner of the text renderings: it goes over a field value once, and knows quotes, escapes and `<>`. */
export class Cursor {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #field: string | undefined;
  #at: number;

  constructor({ text, start, end, field }: FieldValue) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#field = field;
    this.#at = start;
  }

  get position(): number {
    return this.#at;
  }

  /** Whether the next character is this one. */
  at(code: number): boolean {
    return this.#at < this.#end && this.#text.charCodeAt(this.#at) === code;
  }

  /** Steps over a character if it is the next one, and over blanks before and after it. */
  take(code: number): boolean {
    this.#skipBlanks();
    if (!this.at(code)) return false;
    this.#at += 1;
    this.#skipBlanks();
    return true;
  }

  /** Goes to the next element of a list; empty elements do not count (RFC 9110 §5.6.1). */
  toElement(semicolons = false): boolean {
    for (; this.#at < this.#end; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (!isBlank(code) && code !== comma && !(semicolons && code === semicolon)) return true;
    }
    return false;
  }

  /** Goes to where the next element of a list may begin, out of one that cannot be read. */
  skipElement(): void {
    const next = this.#text.slice(this.#at, this.#end).indexOf(',');
    this.#at = next === -1 ? this.#end : this.#at + next;
  }

  /** Goes to the next parameter of an element; empty parameters do not count. */
  toParameter(): boolean {
    this.#skipBlanks();
    if (this.#at >= this.#end || this.at(comma)) return false;
    if (!this.at(semicolon)) this.#unexpected();
    while (this.take(semicolon)) {
      // Clients leave semicolons behind.
    }
    return this.#at < this.#end && !this.at(comma);
  }

  endOfElement(): void {
    this.#skipBlanks();
    if (this.#at < this.#end && !this.at(comma)) this.#unexpected();
  }

  /** A name: what stands before `=`, `;` or `,`. Some clients quote it. */
  name(): string {
    if (this.at(quote)) return this.#quoted(quote);
    const from = this.#at;
    for (; this.#at < this.#end; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === equals || code === semicolon || code === comma) break;
      if (code === quote) this.#unexpected();
    }
    return this.#text.slice(from, this.#at).trim();
  }

  /**
   * A value: a quoted string, or bare text up to the next `;` or `,`. Quotes inside bare text protect separators and
   * go (some clients quote only the middle of a URL).
   *
   * @param singleQuotes whether `'…'` is a quoted string, too
   */
  value(singleQuotes: boolean): { readonly form: 'quoted' | 'bare'; readonly text: string } {
    if (this.at(quote) || (singleQuotes && this.at(apostrophe))) {
      const text = this.#quoted(this.#text.charCodeAt(this.#at));
      this.#skipBlanks();
      if (this.#at < this.#end && !this.at(semicolon) && !this.at(comma)) this.#unexpected();
      return { form: 'quoted', text };
    }
    let text = '';
    let from = this.#at;
    for (; this.#at < this.#end; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === semicolon || code === comma) break;
      if (code === quote) {
        text += this.#text.slice(from, this.#at) + this.#quoted(quote);
        from = this.#at;
        this.#at -= 1;
      }
    }
    return { form: 'bare', text: (text + this.#text.slice(from, this.#at)).trim() };
  }

  /** What stands between `<` and `>`. */
  bracketed(): string {
    const from = this.#at + 1;
    // Looking on behind the end would make many of them in as many lines slow.
    const inside = this.#text.slice(from, this.#end);
    const length = inside.indexOf('>');
    if (length === -1) this.fail('a < is not closed by >', this.#at, this.#rest());
    this.#at = from + length + 1;
    return inside.slice(0, length).trim();
  }

  /** @throws OcciError `syntax`, always */
  fail(message: string, at: number, token: string): never {
    const position: Position =
      this.#field === undefined
        ? positionIn(this.#text, at)
        : { line: 1, column: at - this.#start + 1, field: this.#field };
    throw new OcciError('syntax', message, { position, token: shorten(token) });
  }

  /** A quoted string (RFC 9110 §5.6.4): a backslash makes any character an ordinary one. */
  #quoted(mark: number): string {
    const opening = this.#at;
    let text = '';
    let from = ++this.#at;
    for (; this.#at < this.#end; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === mark) {
        text += this.#text.slice(from, this.#at);
        this.#at += 1;
        return text;
      }
      if (code === backslash) {
        text += this.#text.slice(from, this.#at);
        from = ++this.#at;
      } else if (code === lineFeed || code === carriageReturn) {
        // A string that goes on in a continuation line.
        text += this.#text.slice(from, this.#at);
        // Looking at the end of what has been gathered instead would copy it for every line.
        if (this.#text.charCodeAt(this.#at - 1) !== space) text += ' ';
        while (this.#at + 1 < this.#end && isBlank(this.#text.charCodeAt(this.#at + 1))) this.#at += 1;
        from = this.#at + 1;
      }
    }
    this.#at = opening;
    return this.fail('a quoted string is not closed', opening, this.#rest());
  }

  #skipBlanks(): void {
    while (this.#at < this.#end && isBlank(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #unexpected(): never {
    return this.fail('this is not expected here; separate with ; or , and quote values', this.#at, this.#rest());
  }

  #rest(): string {
    return this.#text.slice(this.#at, Math.min(this.#at + 40, this.#end));
  }
}

/** Line and column of a place in a body, both from 1; the column counts characters. */
export function positionIn(text: string, at: number): Position {
  const before = text.slice(0, at);
  const breaks = before.match(/\r\n|\n\r|\r|\n/g) ?? [];
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return { line: breaks.length + 1, column: [...before.slice(lineStart)].length + 1 };
}
