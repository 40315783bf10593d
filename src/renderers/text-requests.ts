import { guess, type RawValue } from '../occi/attribute.ts';
import type { CategoryReference, Content, LinkDraft } from '../occi/draft.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import { nameSyntax } from './text-grammar.ts';
import { bracketable, pair, quoted, type Statement } from './text-lines.ts';

/**
 * What a request says, as statements (GFD.229 §5): the way back from what the parsers make of them.
 *
 * @throws OcciError `not-acceptable` when it cannot be said in text: several entities at once, control characters,
 *   names with blanks or separators
 */
export function requestStatements({ drafts, locations }: Content): readonly Statement[] {
  const [draft, ...others] = drafts;
  if (others.length > 0) {
    throw new OcciError('not-acceptable', 'text can only describe one entity at a time; use application/occi+json');
  }
  return [
    ...(draft?.categories ?? []).map((one): Statement => ({ field: 'Category', value: categoryValue(one) })),
    ...(draft?.links ?? []).map((one): Statement => ({ field: 'Link', value: linkValue(one) })),
    ...[...(draft?.attributes ?? [])].map(
      ([name, raw]): Statement => ({ field: 'X-OCCI-Attribute', value: attribute(name, raw) }),
    ),
    ...locations.map((value): Statement => ({ field: 'X-OCCI-Location', value: bracketable(value) })),
  ];
}

/** The parameters in the order of the grammar (GFD.229 §4.1); attributes and actions are not the client's to say. */
function categoryValue({ term, scheme, class: own, title, related, location }: CategoryReference): string {
  let value = `${named(term)}; scheme=${quoted(scheme, 'scheme')}`;
  if (own !== undefined) value += `; class="${own}"`;
  if (title !== undefined && title !== '') value += `; title=${quoted(title, 'title')}`;
  if (related.length > 0) value += `; rel=${quoted(related.join(' '), 'rel')}`;
  if (location !== undefined) value += `; location=${quoted(location, 'location')}`;
  return value;
}

/** A link to be created together with its source (GFD.229 §4.2). */
function linkValue({ target, rel, self, categories, attributes }: LinkDraft): string {
  let value = `<${bracketable(target)}>; rel=${quoted(rel.join(' '), 'rel')}`;
  if (self !== undefined) value += `; self=${quoted(self, 'self')}`;
  if (categories.length > 0) value += `; category=${quoted(categories.map(({ id }) => id).join(' '), 'category')}`;
  for (const [name, raw] of attributes) value += `; ${attribute(name, raw)}`;
  return value;
}

function attribute(name: string, raw: RawValue): string {
  return pair(named(name), guess(raw));
}

/** Names stand in the text as they are. */
function named(name: string): string {
  if (nameSyntax.test(name)) return name;
  throw new OcciError('not-acceptable', `${quoteToken(name)} is no name that text has; use application/occi+json`, {
    token: name,
  });
}
