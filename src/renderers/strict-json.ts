import { OcciError, quoteToken } from '../occi/errors.ts';
import { positionIn } from './text-cursor.ts';

/** A JSON value; objects are Maps, because their keys are the client's. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** How deep arrays and objects may usually be nested. */
const usualDepth = 32;

/**
 * Reads JSON (RFC 8259) in one pass, and refuses what JSON.parse would let pass: a key that stands twice in an object.
 *
 * @param deepest how deep arrays and objects may be nested
 * @throws OcciError `syntax` with line and column
 */
export function readJson(text: string, deepest: number = usualDepth): JsonValue {
  const reader = new Reader(text, deepest);
  const value = reader.value(0);
  reader.end();
  return value;
}

const space = 0x20;
const blanks = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they have to be escaped in JSON
const plainString = /"[^"\\\u0000-\u001f]*"/y;
const word = /true|false|null/y;

class Reader {
  readonly #text: string;
  readonly #deepest: number;
  #at = 0;

  constructor(text: string, deepest: number) {
    this.#deepest = deepest;
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  value(depth: number): JsonValue {
    this.#skip();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#fail('there is something after the end of the JSON value');
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const object = new Map<string, JsonValue>();
    this.#skip();
    if (this.#take('}')) return object;
    do {
      this.#skip();
      const at = this.#at;
      if (this.#text[at] !== '"') this.#fail('the name of a member is expected, in double quotes');
      const name = this.#string();
      if (object.has(name)) this.#fail(`the member ${quoteToken(name)} stands twice in one object`, at);
      this.#skip();
      if (!this.#take(':')) this.#fail('a colon is expected after the name of a member');
      object.set(name, this.value(depth));
      this.#skip();
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail('a comma or } is expected');
    return object;
  }

  #array(depth: number): readonly JsonValue[] {
    this.#enter(depth);
    const array: JsonValue[] = [];
    this.#skip();
    if (this.#take(']')) return array;
    do {
      array.push(this.value(depth));
      this.#skip();
    } while (this.#take(','));
    if (!this.#take(']')) this.#fail('a comma or ] is expected');
    return array;
  }

  #string(): string {
    const at = this.#at;
    if (this.#pass(plainString)) return this.#text.slice(at + 1, this.#at - 1);
    // A pattern for escapes would need stack for each of them, and a long string has millions.
    let end = at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    try {
      const text = JSON.parse(this.#text.slice(at, end + 1)) as string;
      this.#at = end + 1;
      return text;
    } catch {
      return this.#fail('a string is not closed, or has an escape or character JSON forbids');
    }
  }

  #scalar(): boolean | number | null {
    const at = this.#at;
    if (this.#pass(number)) {
      const value = Number(this.#text.slice(at, this.#at));
      // 1e999 is JSON, but it reads as infinity, which no rendering can write.
      return Number.isFinite(value) ? value : this.#fail('a number is too large', at);
    }
    if (!this.#pass(word)) this.#fail('a JSON value is expected');
    return this.#text[at] === 'n' ? null : this.#text[at] === 't';
  }

  #enter(depth: number): void {
    if (depth > this.#deepest) this.#fail(`nesting is deeper than ${this.#deepest}`);
    this.#at += 1;
  }

  #skip(): void {
    // Mostly there is nothing to skip, and then no pattern has to find that out.
    if (!(this.#text.charCodeAt(this.#at) > space)) this.#pass(blanks);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Goes to the end of what matches a pattern here. */
  #pass(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #fail(message: string, at = this.#at): never {
    const token = this.#text.slice(at, at + 40);
    throw new OcciError('syntax', message, { position: positionIn(this.#text, at), token });
  }
}
