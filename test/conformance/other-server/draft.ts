import type { Scalar } from './model.ts';

/** A value without quotes, in text: a number, a truth value, or a word. */
export interface Bare {
  readonly bare: string;
}

export type Given = Scalar | Bare;

/** A link as a resource or a request has it. */
export interface LinkDraft {
  readonly target: string;
  readonly self?: string;
  readonly categories: readonly string[];
  readonly given: ReadonlyMap<string, Given>;
}

/** An entity, or an action, as a request has it. Categories are type identifiers. */
export interface Draft {
  readonly categories: readonly string[];
  readonly given: ReadonlyMap<string, Given>;
  readonly links: readonly LinkDraft[];
}

/** A mixin as a client defines it. */
export interface MixinDraft {
  readonly id: string;
  readonly type: string | undefined;
  readonly title: string | undefined;
  readonly location: string | undefined;
  readonly depends: readonly string[];
  readonly hasContent: boolean;
}

/** All that a request says. */
export interface Message {
  readonly drafts: readonly Draft[];
  /** URLs of entities in text, ids in JSON. */
  readonly references: readonly string[];
  readonly mixins: readonly MixinDraft[];
}

/** An answer that is no success. */
export class Refusal extends Error {
  readonly status: number;
  readonly allow: readonly string[] | undefined;

  constructor(status: number, message: string, allow?: readonly string[]) {
    super(message);
    this.status = status;
    this.allow = allow;
  }
}

/** What of an answer has to be rendered. */
export type Shown<Entity, Category> =
  | { readonly entity: Entity }
  | { readonly entities: readonly Entity[]; readonly of: 'resources' | 'links' | 'both' }
  | { readonly categories: readonly Category[] };
