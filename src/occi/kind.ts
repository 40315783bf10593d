import type { Category } from './category.ts';
import type { Lifecycle } from './lifecycle.ts';

/** A kind: the type of an entity, for life (GFD.221 §5.3.3). */
export interface Kind extends Category {
  readonly class: 'kind';
  /** The type identifier of the kind it extends; only core#entity has none. */
  readonly parent?: string;
  /** The path of its collection, ending in `/`; kinds that cannot be instantiated have none (GFD.223 §4). */
  readonly location?: string;
  /** More paths that mean the same collection, for clients that have them built in. */
  readonly aliases: readonly string[];
  /** The actions it defines itself, as type identifiers. */
  readonly actions: readonly string[];
  readonly lifecycle?: Lifecycle;
  /** Of links: the kinds, with their descendants, that may stand at the ends. Without, any resource, and any URL. */
  readonly ends?: { readonly source?: string; readonly target?: string };
}

/** The kinds of GFD.221 §5.4, which every provider has. */
export const entityKind = 'http://schemas.ogf.org/occi/core#entity';
export const resourceKind = 'http://schemas.ogf.org/occi/core#resource';
export const linkKind = 'http://schemas.ogf.org/occi/core#link';
