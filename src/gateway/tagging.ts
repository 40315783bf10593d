import type { Entity } from '../occi/entity.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { forcedBy, updated } from './assemble.ts';
import { addMixins, checkApplies } from './classify.ts';

/** The entity with mixins put on it, as an association does (GFD.223 §11.3.2). */
export function withMixins(model: Model, entity: Entity, added: readonly Mixin[]): Entity {
  checkApplies(model, added, entity.kind);
  const news = added.filter(({ id }) => !entity.mixins.includes(id));
  const mixins = addMixins(model, entity.mixins, news);
  const definitions = model.definitions(entity.kind, mixins);
  return { ...entity, mixins, attributes: updated(definitions, entity.attributes, new Map(), forcedBy(news)) };
}

/** The entity without a mixin: the attributes that came with it go, too. */
export function withoutMixin(model: Model, entity: Entity, mixin: string): Entity {
  const mixins = entity.mixins.filter((id) => id !== mixin);
  const definitions = model.definitions(entity.kind, mixins);
  return { ...entity, mixins, attributes: updated(definitions, entity.attributes, new Map(), {}) };
}

/** @throws OcciError when a template would be taken off, which would leave a machine without its size or system */
export function checkRemovable(family: string | undefined, mixin: string): void {
  if (family !== undefined) {
    throw new OcciError('mixin-not-applicable', `${quoteToken(mixin)} is a template: it can be replaced, not removed`);
  }
}
