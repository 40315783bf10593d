import type { Entity } from '../../occi/entity.ts';
import type { EntityEvent } from '../backend.ts';

/** Where copies of a network or volume are told apart in handles: one member each, so that notes of several add up. */
const copy = 'copy.';

/** The host an entity is on, once it is known. */
export function hostOf(entity: Entity | undefined): string | undefined {
  const host = entity?.handle?.['host'];
  return typeof host === 'string' ? host : undefined;
}

/** All hosts that know a network or volume; first the one that it was created on. */
export function hostsOf(entity: Entity | undefined): readonly string[] {
  const host = hostOf(entity);
  const copies = Object.keys(entity?.handle ?? {}).filter((name) => name.startsWith(copy));
  return [...new Set([...(host === undefined ? [] : [host]), ...copies.map((name) => name.slice(copy.length))])];
}

/** What is to be remembered of an entity that one more host knows now. */
export function copyOn(host: string): NonNullable<EntityEvent['handle']> {
  return { [copy + host]: true };
}
