import type { Category } from './category.ts';

/** Who brought a mixin into the model; only what the provider brought is protected (GFD.185 §3.4.1). */
export type MixinOrigin = 'provider' | 'user';

/** A mixin: capabilities or a tag that can be put on entities (GFD.221 §5.3.4). */
export interface Mixin extends Category {
  readonly class: 'mixin';
  readonly location: string;
  readonly actions: readonly string[];
  /** Mixins whose attributes and actions come with it, transitively. The first one is what text calls `rel`. */
  readonly depends: readonly string[];
  /** Kinds, with their descendants, that it can be put on; empty means all. */
  readonly applies: readonly string[];
  readonly origin: MixinOrigin;
}

/** Parents of the two kinds of templates (GFD.224 §3.5). An entity has at most one template of each kind. */
export const osTemplate = 'http://schemas.ogf.org/occi/infrastructure#os_tpl';
export const resourceTemplate = 'http://schemas.ogf.org/occi/infrastructure#resource_tpl';
