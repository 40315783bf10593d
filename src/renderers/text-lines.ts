import type { Action } from '../occi/action.ts';
import type { Value } from '../occi/attribute.ts';
import { core, type Entity, type EntityView, text } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import { type Kind, resourceKind } from '../occi/kind.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { path } from '../occi/name-space.ts';
import { plainNumber } from './plain-number.ts';
import type { Categories, RenderContext } from './renderer.ts';

/** The four fields of the text renderings, in the order in which they are rendered (GFD.229 §4). */
export type FieldName = 'Category' | 'Link' | 'X-OCCI-Attribute' | 'X-OCCI-Location';

/** One statement of a text rendering: a line of a body, or an element of a header. */
export interface Statement {
  readonly field: FieldName;
  readonly value: string;
}

/** An entity (GFD.229 §5.1): its categories, the actions it offers, its links, its attributes. */
export function entityStatements({ entity, links }: EntityView, context: RenderContext): readonly Statement[] {
  const { model } = context;
  const statements: Statement[] = [{ field: 'Category', value: categoryReference(model.kindOf(entity)) }];
  for (const id of entity.mixins) {
    const mixin = model.mixin(id);
    if (mixin !== undefined) statements.push({ field: 'Category', value: categoryReference(mixin) });
  }
  const own = path(context.space, entity.location);
  for (const { term, id } of context.applicable(entity)) {
    statements.push({ field: 'Link', value: `<${own}?action=${term}>; rel="${id}"` });
  }
  for (const link of links) statements.push({ field: 'Link', value: linkValue(link, context) });
  for (const [name, value] of Object.entries(entity.attributes)) {
    const pair = attributePair(name, value, context);
    if (pair !== undefined) statements.push({ field: 'X-OCCI-Attribute', value: pair });
  }
  return statements;
}

/** Categories in full (GFD.229 §5.2, §5.4). */
export function categoryStatements(categories: Categories, model: Model): readonly Statement[] {
  const all: readonly (Kind | Mixin | Action)[] = [...categories.kinds, ...categories.mixins, ...categories.actions];
  return all.map((category) => ({ field: 'Category', value: fullCategory(category, model) }));
}

/** Term, scheme and class: all that a category in an entity rendering needs. */
function categoryReference({ term, scheme, class: own }: Kind | Mixin): string {
  return `${term}; scheme="${scheme}"; class="${own}"`;
}

/** The parameters in the order of the grammar, which parsers in the field depend on; empty ones are left out. */
function fullCategory(category: Kind | Mixin | Action, model: Model): string {
  const { term, scheme, title } = category;
  let value = `${term}; scheme="${scheme}"; class="${category.class}"`;
  if (title !== undefined && title !== '') value += `; title=${quoted(title, 'title')}`;
  // The first dependency of a mixin is its `rel`; what it applies to has no place in text (GFD.229 §5.5.2).
  const rel =
    category.class === 'kind' ? category.parent : category.class === 'mixin' ? category.depends[0] : undefined;
  if (rel !== undefined) value += `; rel="${rel}"`;
  if (category.class !== 'action' && category.location !== undefined) value += `; location="${category.location}"`;
  const attributes = model.attributesOf(category).map(({ name, mutable, required }) => {
    const properties = [...(mutable ? [] : ['immutable']), ...(required ? ['required'] : [])];
    return properties.length === 0 ? name : `${name}{${properties.join(' ')}}`;
  });
  if (attributes.length > 0) value += `; attributes="${attributes.join(' ')}"`;
  const actions = category.class === 'action' ? [] : model.actionIdsOf(category);
  if (actions.length > 0) value += `; actions="${actions.join(' ')}"`;
  return value;
}

/** A link inside the rendering of its source (GFD.229 §4.2). */
function linkValue(link: Entity, context: RenderContext): string {
  const target = reference(text(link, core.target) ?? '', context);
  const rel = text(link, core.targetKind) ?? resourceKind;
  const categories = [link.kind, ...link.mixins].join(' ');
  let value = `<${bracketable(target)}>; rel=${quoted(rel, core.targetKind)}; self="${path(context.space, link.location)}"; category="${categories}"`;
  for (const [name, attribute] of Object.entries(link.attributes)) {
    const pair = attributePair(name, attribute, context);
    if (pair !== undefined) value += `; ${pair}`;
  }
  return value;
}

/** An attribute of an entity; undefined for an empty string, which clients in the field cannot read. */
function attributePair(name: string, value: Value, context: RenderContext): string | undefined {
  if (value === '') return undefined;
  const isEnd = name === core.source || name === core.target;
  return pair(name, isEnd && typeof value === 'string' ? reference(value, context) : value);
}

/**
 * `name=value` (GFD.229 §4.3).
 *
 * @throws OcciError `not-acceptable` as {@link quoted} does
 */
export function pair(name: string, value: Value): string {
  switch (typeof value) {
    case 'number':
      return `${name}=${plainNumber(value)}`;
    case 'boolean':
      return `${name}=${value}`;
    case 'string':
      return `${name}=${quoted(value, name)}`;
    default:
      // The grammar has no lists and hashes; their JSON text in quotes is what implementations exchange.
      return `${name}=${quoted(JSON.stringify(value), name)}`;
  }
}

/** A location of this provider gets the mount prefix; any other URL stays as it is. */
function reference(target: string, { space }: RenderContext): string {
  return target.startsWith('/') ? path(space, target) : target;
}

/** A URL from elsewhere may hold what would end the brackets too early. */
export function bracketable(target: string): string {
  return /[\s<>]/.test(target) ? target.replace(/[\s<>]/g, encodeURIComponent) : target;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what no header and no line may contain
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * A quoted string (RFC 9110 §5.6.4).
 *
 * @throws OcciError `not-acceptable` rather than break a line or a header apart
 */
export function quoted(value: string, name: string): string {
  if (unprintable.test(value) || !value.isWellFormed()) {
    throw new OcciError('not-acceptable', `${name} cannot be rendered as text; ask for application/occi+json`, {
      token: name,
    });
  }
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
}
