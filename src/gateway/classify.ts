import type { Action } from '../occi/action.ts';
import type { CategoryReference, Draft } from '../occi/draft.ts';
import { OcciError } from '../occi/errors.ts';
import { type Kind, linkKind } from '../occi/kind.ts';
import { type Mixin, osTemplate, resourceTemplate } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';

/** The categories of an entity rendering, resolved. */
export interface Classified {
  readonly kind?: Kind;
  readonly mixins: readonly Mixin[];
}

/**
 * Resolves the categories of an entity rendering.
 *
 * @throws OcciError `unknown-category`, or `invalid-request` for two kinds or an action
 */
export function classify(model: Model, references: readonly CategoryReference[]): Classified {
  let kind: Kind | undefined;
  const mixins = new Set<Mixin>();
  for (const reference of references) {
    const category = model.resolve(reference);
    if (category.class === 'mixin') mixins.add(category);
    else if (category.class === 'action') {
      throw new OcciError('invalid-request', `${category.id} is an action; invoke it with POST and ?action=`);
    } else if (kind !== undefined && kind !== category) {
      throw new OcciError('invalid-request', `exactly one kind is needed, not both ${kind.id} and ${category.id}`);
    } else kind = category;
  }
  return kind === undefined ? { mixins: [...mixins] } : { kind, mixins: [...mixins] };
}

/**
 * The kind a new entity is to have (GFD.221 §5.3.6).
 *
 * @throws OcciError `invalid-request` when none is named or it cannot be instantiated
 */
export function instantiable({ kind }: Classified): Kind {
  if (kind === undefined) {
    throw new OcciError('invalid-request', 'exactly one kind is needed: a Category with class="kind"');
  }
  if (kind.location === undefined) throw new OcciError('invalid-request', `${kind.id} cannot be instantiated`);
  return kind;
}

/** The action of an action invocation rendering (GFD.229 §5.1.1), whose term has to be that of the query. */
export function invoked(model: Model, draft: Draft | undefined, term: string): Action {
  const references = draft?.categories ?? [];
  const [reference] = references;
  if (reference === undefined || references.length > 1) {
    throw new OcciError('invalid-request', 'exactly one category is needed: that of the action');
  }
  const category = model.resolve(reference);
  if (category.class !== 'action') {
    throw new OcciError('invalid-request', `${category.id} is a ${category.class}, not an action`);
  }
  if (category.term !== term) {
    throw new OcciError(
      'invalid-request',
      `the action in the query (${term}) and the action category (${category.term}) differ`,
      { token: term },
    );
  }
  return category;
}

/** @throws OcciError `mixin-not-applicable` (GFD.221 §5.3.4) */
export function checkApplies(model: Model, mixins: readonly Mixin[], kind: string): void {
  for (const mixin of mixins) {
    if (!model.applies(mixin, kind)) {
      throw new OcciError(
        'mixin-not-applicable',
        `${mixin.term} does not apply to ${model.kind(kind)?.term ?? kind}, only to ${mixin.applies.join(' ')}`,
        { token: mixin.id },
      );
    }
  }
}

/** The parent of the templates of a kind that a mixin is one of: an entity has one of each (GFD.224 §3.5). */
export function templateFamily(model: Model, mixin: string): string | undefined {
  return [osTemplate, resourceTemplate].find((parent) => mixin !== parent && model.depends(mixin, parent));
}

/**
 * The mixins of an entity after more are put on it: a new template takes the place of the old one.
 *
 * @throws OcciError `invalid-request` for two templates of one kind at once
 */
export function addMixins(model: Model, present: readonly string[], added: readonly Mixin[]): readonly string[] {
  const families = new Map<string, string>();
  for (const { id } of added) {
    const family = templateFamily(model, id);
    if (family === undefined) continue;
    const other = families.get(family);
    if (other !== undefined) {
      throw new OcciError('invalid-request', `only one of the templates ${other} and ${id} can be used`);
    }
    families.set(family, id);
  }
  const kept = present.filter((id) => {
    const family = templateFamily(model, id);
    return family === undefined || !families.has(family);
  });
  return [...new Set([...kept, ...added.map(({ id }) => id)])];
}

/** The mixins of an entity after a full update: those that were sent; templates can be replaced but not removed. */
export function replaceMixins(model: Model, present: readonly string[], sent: readonly Mixin[]): readonly string[] {
  const templates = present.filter((id) => templateFamily(model, id) !== undefined);
  return addMixins(model, templates, sent);
}

/** Whether entities of a kind are links. */
export function isLinkKind(model: Model, kind: string): boolean {
  return model.descends(kind, linkKind);
}
