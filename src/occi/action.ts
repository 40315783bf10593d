import type { Attributes } from './attribute.ts';
import type { Category } from './category.ts';

/** An action: an operation on entities of the kind or mixin that lists it (GFD.221 §5.3.5). */
export interface Action extends Category {
  readonly class: 'action';
}

/** An action that is to be carried out, its parameters checked. */
export interface ActionInvocation {
  readonly action: Action;
  readonly attributes: Attributes;
}
