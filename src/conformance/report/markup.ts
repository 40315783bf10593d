import { visible } from './visible.ts';

/** A piece of HTML or XML. What it was made of cannot break out of it. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What can stand in markup: text, which is escaped, and more markup; false and undefined are nothing. */
export type Part = string | number | false | undefined | Markup | readonly Part[];

/** Markup as a template: everything that is filled in is text unless it is markup already. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(pieces.map((piece, at) => (at === 0 ? piece : `${sourceOf(parts[at - 1])}${piece}`)).join(''));
}

function sourceOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.source;
  if (typeof part === 'object') return part.map(sourceOf).join('');
  return visible(String(part)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
