import { type Entity, idOf, uuidOf } from '../../occi/entity.ts';

/** The id under which agents know an entity: the bare UUID of its `occi.core.id`. */
export function wireId(entity: Entity): string {
  return uuidOf(idOf(entity)) ?? idOf(entity);
}

/** The `occi.core.id` of what agents know under an id. */
export function occiId(id: string): string {
  const uuid = uuidOf(id);
  return uuid === undefined ? id : `urn:uuid:${uuid}`;
}
