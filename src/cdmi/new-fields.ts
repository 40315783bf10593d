import { newMetadata } from './metadata/change.ts';
import { checkLimits } from './metadata/limits.ts';
import type { CdmiObject, JsonObject } from './object.ts';
import type { Session } from './session.ts';

/** Where something new is to be. */
export interface NewPlace {
  /** What it is in; nothing where only its ID leads to it. */
  readonly parent: CdmiObject | undefined;
  readonly name: string;
  readonly id: string;
}

/** What a client says of something new. */
export interface NewSaying {
  /** Its metadata. */
  readonly given: JsonObject;
  readonly others: JsonObject;
}

/**
 * The fields that all new objects have; they belong to the client.
 *
 * @throws OcciError `attribute-value`, `too-large`
 */
export function newFields<K extends CdmiObject['kind']>(
  session: Session,
  kind: K,
  { parent, name, id }: NewPlace,
  { given, others }: NewSaying,
) {
  const owner = session.credentials.user;
  const described = newMetadata({ kind, owner }, given, parent);
  checkLimits(described.metadata, session.limits.metadata);
  const time = session.now();
  return {
    ...described,
    kind,
    owner,
    id,
    project: session.project,
    parent: parent?.id ?? '',
    name,
    revision: 0,
    created: time,
    modified: time,
    others,
    completion: 'Complete',
  } as const;
}
