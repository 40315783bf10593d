import type { Backend } from '../backends/backend.ts';
import type { Entity } from '../occi/entity.ts';
import type { Kind } from '../occi/kind.ts';
import type { ObjectChanges } from '../store/objects.ts';
import type { ChangeSet } from '../store/store.ts';
import type { ClientValues, ServerValues } from './assemble.ts';
import type { Before } from './carry-out.ts';
import type { Provider, Scope } from './provider.ts';

/**
 * Whoever keeps entities that no backend makes real, because they stand for something that is there without one. Such
 * an entity says so in its handle, and so does a link to it.
 */
export interface Keeper {
  /**
   * What a new link means, where what it says of its target is the keeper's.
   *
   * @returns undefined where it is not
   * @throws OcciError `bad-reference`
   */
  meant(provider: Provider, scope: Scope, kind: Kind, said: ClientValues): Promise<Meant | undefined>;
  /**
   * What has to change together with entities.
   *
   * @returns undefined where that is nothing
   * @throws OcciError when entities of the keeper cannot be changed like that
   */
  alongside(provider: Provider, scope: Scope, changes: ChangeSet, before: Before): Promise<Alongside | undefined>;
}

/** The target of a link, and what the link says of it. */
export interface Meant {
  readonly target: Entity;
  readonly values: ServerValues;
}

/** What is changed besides. */
export interface Alongside {
  readonly objects: ObjectChanges;
  /** What takes it back. @throws OcciError when that cannot be done any more */
  takenBack(): Promise<ObjectChanges>;
}

/** Who keeps an entity, by the name under which its handle has it; undefined where that is a backend, or nobody. */
export function keeperOf({ handle }: Entity): string | undefined {
  const keeper = handle?.[member];
  return typeof keeper === 'string' ? keeper : undefined;
}

/** The handle of what a keeper keeps. */
export function keptBy(keeper: string): NonNullable<Entity['handle']> {
  return { [member]: keeper };
}

/** The backend that makes an entity real: none where somebody keeps it. */
export function backendFor(provider: Provider, entity: Entity): Backend | undefined {
  return keeperOf(entity) === undefined ? provider.backendOf(entity.kind) : undefined;
}

const member = 'keeper';
