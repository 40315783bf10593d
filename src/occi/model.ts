import type { Action } from './action.ts';
import type { AttributeDefinition } from './attribute.ts';
import type { CategoryReference } from './draft.ts';
import { OcciError, quoteToken } from './errors.ts';
import type { Kind } from './kind.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Mixin } from './mixin.ts';

/** Categories that belong together: the content of one model file, or what a backend offers. */
export interface ModelFragment {
  readonly kinds: readonly Kind[];
  readonly mixins: readonly Mixin[];
  readonly actions: readonly Action[];
}

/** A category that has a collection of its own. */
export type Bound = Kind | Mixin;

/** The attributes that the categories of an entity define together, by name, in rendering order. */
export type Definitions = ReadonlyMap<string, AttributeDefinition>;

/**
 * All categories a provider has at one moment (GFD.221 §5.3): immutable, with inheritance resolved once.
 * A change, such as a new user mixin, makes a new model.
 */
export class Model {
  readonly kinds: readonly Kind[];
  readonly mixins: readonly Mixin[];
  readonly actions: readonly Action[];

  readonly #kinds = new Map<string, Kind>();
  readonly #mixins = new Map<string, Mixin>();
  readonly #actions = new Map<string, Action>();
  /** By their locations without the final slash, as the path of an entity is looked up as it is then. */
  readonly #locations = new Map<string, Bound>();
  readonly #ancestors = new Map<string, readonly Kind[]>();
  readonly #definitions = new Map<string, Definitions>();
  readonly #actionsOf = new Map<string, readonly Action[]>();

  /**
   * @throws Error when the fragments do not fit together: the message names the category and what is wrong with it.
   *   That is a mistake of the provider, found at start.
   */
  constructor(fragments: readonly ModelFragment[]) {
    this.kinds = fragments.flatMap((fragment) => fragment.kinds);
    this.mixins = fragments.flatMap((fragment) => fragment.mixins);
    this.actions = fragments.flatMap((fragment) => fragment.actions);
    for (const action of this.actions) this.#enter(this.#actions, action);
    for (const kind of this.kinds) this.#enter(this.#kinds, kind);
    for (const mixin of this.mixins) this.#enter(this.#mixins, mixin);
    for (const kind of this.kinds) {
      if (kind.location !== undefined) this.#bind(kind.location, kind);
      for (const alias of kind.aliases) this.#bind(alias, kind);
      this.#ancestors.set(kind.id, this.#line(kind));
    }
    for (const mixin of this.mixins) this.#bind(mixin.location, mixin);
    for (const owner of [...this.kinds, ...this.mixins]) this.#check(owner);
  }

  /** The model with more mixins, after those it has. */
  withMixins(mixins: readonly Mixin[]): Model {
    return new Model([this, { kinds: [], mixins, actions: [] }]);
  }

  /** The model without a mixin. */
  withoutMixin(id: string): Model {
    return new Model([
      { kinds: this.kinds, mixins: this.mixins.filter((mixin) => mixin.id !== id), actions: this.actions },
    ]);
  }

  kind(id: string): Kind | undefined {
    return this.#kinds.get(id);
  }

  mixin(id: string): Mixin | undefined {
    return this.#mixins.get(id);
  }

  action(id: string): Action | undefined {
    return this.#actions.get(id);
  }

  /** The kind or mixin whose collection is at a path; the final slash may be missing. */
  at(location: string): Bound | undefined {
    return this.#locations.get(withoutSlash(location));
  }

  /** The kind an entity has. Entities are only made from kinds of the model, so it is there. */
  kindOf(entity: { readonly kind: string }): Kind {
    return this.#known(this.#kinds, entity.kind);
  }

  /** Whether a kind is another one or inherits from it (GFD.221 §5.3.3). */
  descends(kind: string, ancestor: string): boolean {
    return this.#ancestors.get(kind)?.some(({ id }) => id === ancestor) ?? false;
  }

  /** Whether a mixin is another one or depends on it, at any distance. */
  depends(mixin: string, on: string): boolean {
    return this.#dependencies([mixin]).some(({ id }) => id === on);
  }

  /** Whether a mixin may be put on entities of a kind (GFD.221 §5.3.4: no `applies` means all; sub-kinds count). */
  applies(mixin: Mixin, kind: string): boolean {
    return mixin.applies.length === 0 || mixin.applies.some((id) => this.descends(kind, id));
  }

  /**
   * The attributes an entity of a kind with these mixins can have (GFD.221 §5.3.3, §5.3.4): those of the line of
   * kinds from core#entity down, then those of the mixins and what they depend on. A later definition of a name
   * replaces an earlier one in its place, except that a mixin never hands an immutable attribute over to the client.
   */
  definitions(kind: string, mixins: readonly string[]): Definitions {
    const key = [kind, ...mixins].join(' ');
    let definitions = this.#definitions.get(key);
    if (definitions === undefined) {
      definitions = this.#merge(kind, mixins);
      // The number of combinations is the clients' choice; the memo must not grow with it.
      if (this.#definitions.size > 10_000) this.#definitions.clear();
      this.#definitions.set(key, definitions);
    }
    return definitions;
  }

  /** The attributes of a kind with those it inherits, as the query interface shows them. */
  attributesOf(category: Kind | Mixin | Action): readonly AttributeDefinition[] {
    return category.class === 'kind' ? [...this.definitions(category.id, []).values()] : category.attributes;
  }

  /** The actions of a kind with those it inherits; of a mixin, its own. */
  actionIdsOf(owner: Bound): readonly string[] {
    if (owner.class === 'mixin') return owner.actions;
    return unique((this.#ancestors.get(owner.id) ?? []).flatMap((kind) => kind.actions));
  }

  /** All actions that entities of a kind with these mixins have, whatever their state. */
  actionsOf(kind: string, mixins: readonly string[]): readonly Action[] {
    const key = [kind, ...mixins].join(' ');
    let actions = this.#actionsOf.get(key);
    if (actions === undefined) {
      const ids = [
        ...this.actionIdsOf(this.#known(this.#kinds, kind)),
        ...this.#dependencies(mixins).flatMap((mixin) => mixin.actions),
      ];
      actions = unique(ids).map((id) => this.#known(this.#actions, id));
      if (this.#actionsOf.size > 10_000) this.#actionsOf.clear();
      this.#actionsOf.set(key, actions);
    }
    return actions;
  }

  /** The state machine of a kind: its own or the nearest inherited one. */
  lifecycleOf(kind: string): Lifecycle | undefined {
    return this.#ancestors.get(kind)?.findLast((ancestor) => ancestor.lifecycle !== undefined)?.lifecycle;
  }

  /** The category with a type identifier, whatever its class. */
  category(id: string): Kind | Mixin | Action | undefined {
    return this.#kinds.get(id) ?? this.#mixins.get(id) ?? this.#actions.get(id);
  }

  /** The category that a reference means, by identity; a scheme without its final `#` is found, too. */
  find({ id, scheme, term }: Pick<CategoryReference, 'id' | 'scheme' | 'term'>): Kind | Mixin | Action | undefined {
    return this.category(id) ?? this.category(`${scheme}#${term}`);
  }

  /**
   * The category a request refers to (GFD.221 §5.3.6). A class that was sent has to be right.
   *
   * @throws OcciError `unknown-category`
   */
  resolve(reference: CategoryReference): Kind | Mixin | Action {
    const category = this.find(reference);
    if (category === undefined) {
      throw new OcciError('unknown-category', `there is no category ${quoteToken(reference.id)}; GET /-/ lists them`, {
        token: reference.id,
      });
    }
    if (reference.class !== undefined && reference.class !== category.class) {
      throw new OcciError('unknown-category', `${category.id} is a ${category.class}, not a ${reference.class}`, {
        token: reference.class,
      });
    }
    return category;
  }

  #merge(kind: string, mixins: readonly string[]): Definitions {
    const definitions = new Map<string, AttributeDefinition>();
    for (const ancestor of this.#ancestors.get(kind) ?? []) {
      for (const definition of ancestor.attributes) definitions.set(definition.name, definition);
    }
    for (const mixin of this.#dependencies(mixins)) {
      for (const definition of mixin.attributes) {
        const earlier = definitions.get(definition.name);
        definitions.set(definition.name, earlier?.mutable === false ? frozen(definition, earlier) : definition);
      }
    }
    return definitions;
  }

  /** Mixins with everything they depend on, dependencies first, each once. */
  #dependencies(ids: readonly string[]): readonly Mixin[] {
    const found = new Map<string, Mixin>();
    const visiting = new Set<string>();
    const visit = (id: string): void => {
      const mixin = this.#mixins.get(id);
      if (mixin === undefined || visiting.has(id)) return;
      visiting.add(id);
      for (const dependency of mixin.depends) visit(dependency);
      found.set(id, mixin);
    };
    for (const id of ids) visit(id);
    return [...found.values()];
  }

  /** The kinds from core#entity down to a kind. */
  #line(kind: Kind): readonly Kind[] {
    const line: Kind[] = [];
    for (let next: Kind | undefined = kind; next !== undefined; ) {
      if (line.includes(next)) throw new Error(`${kind.id} inherits from itself`);
      line.unshift(next);
      if (next.parent === undefined) break;
      const parent: Kind | undefined = this.#kinds.get(next.parent);
      if (parent === undefined) throw new Error(`${next.id} has the parent ${next.parent}, which is not defined`);
      next = parent;
    }
    return line;
  }

  /** What a category names has to be there; only the relations of a user mixin are mere labels (GFD.185 §3.4.1). */
  #check(owner: Bound): void {
    const expect = (index: ReadonlyMap<string, unknown>, relation: string, ids: readonly string[]) => {
      for (const id of ids) {
        if (!index.has(id)) throw new Error(`${owner.id} ${relation} ${id}, which is not defined`);
      }
    };
    expect(this.#actions, 'lists the action', owner.actions);
    if (owner.class === 'kind') {
      expect(this.#kinds, 'links from or to', Object.values(owner.ends ?? {}));
    } else if (owner.origin === 'provider') {
      expect(this.#mixins, 'depends on', owner.depends);
      expect(this.#kinds, 'applies to', owner.applies);
    }
  }

  #enter<C extends Kind | Mixin | Action>(index: Map<string, C>, category: C): void {
    if (this.category(category.id) !== undefined) throw new Error(`${category.id} is defined twice`);
    index.set(category.id, category);
  }

  #bind(location: string, category: Bound): void {
    const other = this.at(location);
    if (other !== undefined) throw new Error(`${category.id} and ${other.id} have the same location ${location}`);
    this.#locations.set(withoutSlash(location), category);
  }

  #known<C>(index: ReadonlyMap<string, C>, id: string): C {
    const category = index.get(id);
    if (category === undefined) throw new Error(`${id} is not in the model`);
    return category;
  }
}

/** A definition with the say that an earlier, immutable one leaves to the client. */
function frozen(definition: AttributeDefinition, earlier: AttributeDefinition): AttributeDefinition {
  const { atCreation, required } = earlier;
  return { ...definition, mutable: false, required, atCreation: atCreation ?? false };
}

function withoutSlash(location: string): string {
  return location.endsWith('/') ? location.slice(0, -1) : location;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
