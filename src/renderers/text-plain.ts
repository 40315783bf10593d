import type { RawValue } from '../occi/attribute.ts';
import type { CategoryReference, Content, LinkDraft } from '../occi/draft.ts';
import type { EntityView } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import { absolute } from '../occi/name-space.ts';
import { bodyText } from './body-text.ts';
import { pieces } from './pieces.ts';
import { problemLine } from './problem-line.ts';
import { remembered } from './remembered.ts';
import type { RenderContext, Rendered, Renderer } from './renderer.ts';
import { type FieldValue, positionIn } from './text-cursor.ts';
import { readAttributes, readCategories, readLinks, readLocations } from './text-grammar.ts';
import { categoryStatements, entityStatements, type Statement } from './text-lines.ts';
import { requestStatements } from './text-requests.ts';

/** text/plain (GFD.229 §6): one statement a line. Lines end in LF and the last one in nothing, see decision 4. */
export const textPlain: Renderer = {
  mediaTypes: ['text/plain', 'text/occi+plain'],
  listingOnly: false,

  parse(payload) {
    const text = bodyText(payload);
    return contentOf(linesOf(text, payload.lenient === true), payload.lenient === true);
  },

  request: (content, mediaType) => lines(requestStatements(content), mediaType),

  entity: (view, context, mediaType) => plain(entityText(view, context), mediaType),

  created: (view: EntityView, { space }: RenderContext, mediaType) =>
    plain(`X-OCCI-Location: ${absolute(space, view.entity.location)}`, mediaType),

  collection: async (collection, { space }, mediaType) => {
    const line = (location: string) => `X-OCCI-Location: ${absolute(space, location)}`;
    return plain(await pieces(collection.locations(), line, '\n'), mediaType);
  },

  categories: (categories, { model }, mediaType) => lines(categoryStatements(categories, model), mediaType),

  mixins: (mixins, { model }, mediaType) =>
    lines(categoryStatements({ kinds: [], mixins, actions: [] }, model), mediaType),

  done: (mediaType) => plain('OK', mediaType),

  error: (problem, mediaType) => plain(problemLine(problem), mediaType),
};

const entityText = remembered((view, context) => text(entityStatements(view, context)));

function lines(statements: readonly Statement[], mediaType: string): Rendered {
  return plain(text(statements), mediaType);
}

function text(statements: readonly Statement[]): string {
  return statements.map(({ field, value }) => `${field}: ${value}`).join('\n');
}

function plain(body: Rendered['body'], mediaType: string): Rendered {
  return { contentType: `${mediaType}; charset=utf-8`, body };
}

/** A field of a rendering: its name in lower case, and where its value stands. */
export interface Field {
  readonly name: string;
  readonly value: FieldValue;
}

/** What the fields of a text rendering say together; leniently: what can be understood of it. */
export function contentOf(fields: readonly Field[], lenient = false): Content {
  const categories: CategoryReference[] = [];
  const links: LinkDraft[] = [];
  const attributes = new Map<string, RawValue>();
  const locations: string[] = [];
  for (const { name, value: stretch } of fields) {
    // Nobody wants to know where a fault is that is passed over, and counting lines for each would take its time.
    const value = lenient ? { ...stretch, field: name } : stretch;
    if (name === 'category') readCategories(value, categories, lenient);
    else if (name === 'link') readLinks(value, links, lenient);
    else if (name === 'x-occi-attribute') readAttributes(value, attributes, lenient);
    else readLocations(value, locations, lenient);
  }
  const said = categories.length + links.length + attributes.size > 0;
  return { drafts: said ? [{ categories, attributes, links }] : [], locations, plural: false };
}

/** The names of the four fields, in lower case (GFD.185 §3.5). */
export const fieldNames: readonly string[] = ['category', 'link', 'x-occi-attribute', 'x-occi-location'];

/** What some servers call the fields. */
const fieldAliases: ReadonlyMap<string, string> = new Map([
  ['x-occi-category', 'category'],
  ['x-occi-link', 'link'],
  ['location', 'x-occi-location'],
]);

const fieldStart = /[ \t]*([A-Za-z0-9-]+)[ \t]*:/y;

/**
 * The fields in a body. Lines end in CR LF, LF, CR or LF CR; a line that begins with a blank and no field name goes on
 * with the line before it. Leniently read, lines that are no fields do not count.
 */
function linesOf(text: string, lenient: boolean): readonly Field[] {
  const fields: { name: string; value: { text: string; start: number; end: number } }[] = [];
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    fieldStart.lastIndex = start;
    const found = fieldStart.exec(text)?.[1]?.toLowerCase();
    const name = lenient && found !== undefined ? (fieldAliases.get(found) ?? found) : found;
    const last = fields.at(-1);
    if (name !== undefined && fieldStart.lastIndex <= end && fieldNames.includes(name)) {
      fields.push({ name, value: { text, start: fieldStart.lastIndex, end } });
    } else if (isContent(text, start, end)) {
      if (last !== undefined && /[ \t]/.test(text[start] as string)) last.value.end = end;
      else if (!lenient) throw unknownLine(text, start, end);
    }
    start = end + 1;
  }
  return fields;
}

function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return text.length;
}

function isContent(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9) return true;
  }
  return false;
}

function unknownLine(text: string, start: number, end: number): OcciError {
  const token = text.slice(start, Math.min(end, start + 80));
  return new OcciError(
    'syntax',
    `${quoteToken(token)} is none of the lines Category:, Link:, X-OCCI-Attribute:, X-OCCI-Location:`,
    { position: positionIn(text, start), token },
  );
}
