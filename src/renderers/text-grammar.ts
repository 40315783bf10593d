import type { RawValue } from '../occi/attribute.ts';
import { type CategoryClass, splitTypeIdentifier } from '../occi/category.ts';
import type { AttributeMention, CategoryReference, LinkDraft } from '../occi/draft.ts';
import { quoteToken, shorten } from '../occi/errors.ts';
import { Cursor, equals, type FieldValue, less } from './text-cursor.ts';

/** Reads the value of Category, a list of categories (GFD.229 §4.1), and adds them to a list. */
export function readCategories(value: FieldValue, into: CategoryReference[], lenient: boolean): void {
  readElements(value, lenient, (cursor) => into.push(readCategory(cursor, lenient)));
}

/** Reads the value of Link, links of a resource and echoes of action links (GFD.229 §4.2), into a list. */
export function readLinks(value: FieldValue, into: LinkDraft[], lenient: boolean): void {
  readElements(value, lenient, (cursor) => into.push(readLink(cursor)));
}

/** Reads the value of X-OCCI-Attribute into a map (GFD.229 §4.3). */
export function readAttributes(value: FieldValue, into: Map<string, RawValue>, lenient: boolean): void {
  readElements(value, lenient, (cursor) => readAttribute(cursor, into), true);
}

/** Reads the value of X-OCCI-Location, URI references (GFD.229 §4.4, GFD.185 §3.5.5), into a list. */
export function readLocations(value: FieldValue, into: string[], lenient: boolean): void {
  readElements(value, lenient, (cursor) => {
    const location = cursor.at(less) ? cursor.bracketed() : cursor.value(false).text;
    cursor.endOfElement();
    into.push(location);
  });
}

/** How many elements of one value may make no sense before the rest of it is not worth the time. */
const mostSkipped = 100;

/** Reads the elements of a list; leniently, those that can be read. */
function readElements(value: FieldValue, lenient: boolean, read: (cursor: Cursor) => void, semicolons = false): void {
  const cursor = new Cursor(value);
  for (let skipped = 0; skipped < mostSkipped && cursor.toElement(semicolons); ) {
    try {
      read(cursor);
    } catch (error) {
      if (!lenient) throw error;
      cursor.skipElement();
      skipped += 1;
    }
  }
}

function readAttribute(cursor: Cursor, into: Map<string, RawValue>): void {
  const at = cursor.position;
  const name = cursor.name();
  if (!cursor.take(equals)) cursor.fail(`the attribute ${shorten(name)} has no value; write name=value`, at, name);
  if (!nameSyntax.test(name)) cursor.fail(`${quoteToken(name)} is no attribute name`, at, name);
  const raw = cursor.value(false);
  if (raw.form === 'bare' && raw.text === '') cursor.fail(`the attribute ${shorten(name)} has no value`, at, name);
  setOnce(into, name, raw, () => cursor.fail(`the attribute ${shorten(name)} is given twice`, at, name));
}

/** Sets a value that must not be there with another one. */
export function setOnce(values: Map<string, RawValue>, name: string, raw: RawValue, fail: () => never): void {
  const other = values.get(name);
  if (other !== undefined && JSON.stringify(other) !== JSON.stringify(raw)) fail();
  values.set(name, raw);
}

/** A reference by type identifier alone. */
export function referenceTo(id: string): CategoryReference {
  const { scheme, term } = splitTypeIdentifier(id);
  return { id, scheme, term, related: [], applies: [], attributes: [], actions: [] };
}

/** Terms of categories and names of attributes, as generously as they are read (GFD.229 §4). */
export const nameSyntax = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const actionQuery = /[?&]action=([^&#]*)/;

function readCategory(cursor: Cursor, lenient: boolean): CategoryReference {
  const at = cursor.position;
  const term = cursor.name();
  if (cursor.at(equals)) cursor.fail(`a category begins with its term, not with ${shorten(term)}=`, at, term);
  if (!nameSyntax.test(term)) cursor.fail(`${quoteToken(term)} is no term of a category`, at, term);
  let scheme: string | undefined;
  let category: { class?: CategoryClass; title?: string; location?: string } = {};
  let related: readonly string[] = [];
  let attributes: readonly AttributeMention[] = [];
  let actions: readonly string[] = [];
  while (cursor.toParameter()) {
    const start = cursor.position;
    const name = cursor.name().toLowerCase();
    const value = cursor.take(equals) ? cursor.value(true).text : '';
    if (name === 'scheme') scheme = value;
    else if (name === 'class') category = { ...category, ...classOf(cursor, value, start, lenient) };
    else if (name === 'title' && value !== '') category = { ...category, title: value };
    else if (name === 'location' && value !== '') category = { ...category, location: value };
    else if (name === 'rel') related = words(value);
    else if (name === 'attributes') attributes = mentionsIn(value);
    else if (name === 'actions') actions = words(value);
  }
  if (scheme === undefined || scheme === '') {
    cursor.fail(`the category ${shorten(term)} has no scheme; write term; scheme="…"`, at, term);
  }
  return { id: scheme + term, scheme, term, ...category, related, applies: [], attributes, actions };
}

function classOf(cursor: Cursor, value: string, at: number, lenient: boolean): { readonly class?: CategoryClass } {
  const name = value.toLowerCase();
  if (name === 'kind' || name === 'mixin' || name === 'action') return { class: name };
  if (lenient) return {};
  return cursor.fail(`${quoteToken(value)} is no class; it is one of kind, mixin, action`, at, value);
}

function readLink(cursor: Cursor): LinkDraft {
  const at = cursor.position;
  const target = cursor.at(less) ? cursor.bracketed() : cursor.value(true).text;
  if (target === '') cursor.fail('a link begins with its target: <…>', at, target);
  let rel: readonly string[] = [];
  let self: string | undefined;
  const categories: CategoryReference[] = [];
  const attributes = new Map<string, RawValue>();
  while (cursor.toParameter()) {
    const start = cursor.position;
    const name = cursor.name();
    const raw: RawValue = cursor.take(equals) ? cursor.value(true) : { form: 'bare', text: '' };
    if (name === 'rel') rel = words(raw.text);
    else if (name === 'self') self = unbracketed(raw.text);
    else if (name === 'category') for (const id of words(raw.text)) categories.push(referenceTo(id));
    else if (name.includes('.')) {
      setOnce(attributes, name, raw, () => cursor.fail(`the attribute ${shorten(name)} is given twice`, start, name));
    }
  }
  const action = actionQuery.exec(target)?.[1];
  return {
    target,
    rel,
    ...(self === undefined ? {} : { self }),
    categories,
    attributes,
    ...(action === undefined ? {} : { action }),
  };
}

const mention = /([^\s{}]+)(?:\s*\{([^{}]*)\})?/g;

/** The attributes of a category (GFD.229 §4.1): names, each perhaps with its properties in braces. */
function mentionsIn(text: string): readonly AttributeMention[] {
  return [...text.matchAll(mention)].map(([, name = '', properties = '']) => {
    const said = words(properties);
    return { name, mutable: !said.includes('immutable'), required: said.includes('required') };
  });
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function unbracketed(text: string): string {
  return text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
}
