import type { Entity } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';

/** The conditions of a request (RFC 9110 §13.1), as entity tags; `*` means any. */
export interface Precondition {
  readonly ifMatch?: readonly string[];
  readonly ifNoneMatch?: readonly string[];
}

/**
 * The revision part of an entity tag. Tags are strong, so the same revision has another tag in every rendering
 * (`"1f-json"`), but a change may be based on any of them.
 */
export function entityTag(entity: Entity, rendering: string): string {
  return `"${entity.revision.toString(36)}-${rendering}"`;
}

/** Whether a tag was given to the present revision of an entity, in whatever rendering. */
export function sameRevision(tag: string, entity: Entity): boolean {
  return tag.startsWith(`"${entity.revision.toString(36)}-`);
}

/** @throws OcciError `precondition-failed` when an entity is not as the client last saw it */
export function check(precondition: Precondition, entity: Entity | undefined): void {
  const { ifMatch, ifNoneMatch } = precondition;
  if (ifMatch !== undefined) {
    const met = entity !== undefined && ifMatch.some((tag) => tag === '*' || sameRevision(tag, entity));
    if (!met) {
      throw new OcciError('precondition-failed', 'If-Match: the entity has changed since; GET it again');
    }
  }
  if (ifNoneMatch !== undefined && entity !== undefined) {
    const met = !ifNoneMatch.some((tag) => tag === '*' || sameRevision(tag, entity));
    if (!met) throw new OcciError('precondition-failed', 'If-None-Match: the entity exists in that revision');
  }
}
