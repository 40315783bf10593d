import type { AttributeDefinition } from './attribute.ts';

/** The three classes of categories that have instances (GFD.221 §5.3.1). */
export type CategoryClass = 'kind' | 'mixin' | 'action';

/** What kinds, mixins and actions have in common (GFD.221 §5.3.1). */
export interface Category {
  readonly class: CategoryClass;
  /** The type identifier: scheme followed by term, compared as a whole and by case. */
  readonly id: string;
  readonly scheme: string;
  readonly term: string;
  readonly title?: string;
  /** The attributes it defines itself, in order. */
  readonly attributes: readonly AttributeDefinition[];
}

/** Splits a type identifier after the last `#`; an identifier without one is all term. */
export function splitTypeIdentifier(id: string): { readonly scheme: string; readonly term: string } {
  const at = id.lastIndexOf('#') + 1;
  return { scheme: id.slice(0, at), term: id.slice(at) };
}

/** The base URL that only OGF documents may use for schemes (GFD.221 §5.3.1). */
export const reservedSchemeBase = 'http://schemas.ogf.org/occi/';
