import { createHash } from 'node:crypto';
import { inheritedAcl } from '../acl/inherit.ts';
import { newDomain } from '../domains/new-domain.ts';
import type { Holder } from '../found.ts';
import { newMetadata } from '../metadata/change.ts';
import { checkLimits } from '../metadata/limits.ts';
import { hashAlgorithm } from '../metadata/value-hash.ts';
import { newContainer } from '../new-container.ts';
import type { CdmiObject, Container, DataObject, JsonObject } from '../object.ts';
import { appended } from '../queue/queue-values.ts';
import { destination } from '../redirection.ts';
import { invalid } from '../refusals.ts';
import { newQueue } from '../save-queue.ts';
import type { Session } from '../session.ts';
import type { SerialDataObject, SerialObject, SerialQueue, SerialValue } from './serial-object.ts';

/** An object, and the bytes of its value, to which it does not refer yet. */
export interface Made {
  readonly object: CdmiObject;
  readonly bytes?: Uint8Array;
}

/** Where something is made, and what is said of it. */
export interface NewPlace {
  readonly parent: Holder | undefined;
  readonly id: string;
  readonly given: JsonObject;
}

/**
 * Makes an object of what was written: it belongs to the client. What was in it is another matter, but for the values of
 * a queue, which come behind it.
 *
 * @throws OcciError for whatever is wrong with it
 */
export function newObject(session: Session, serial: SerialObject, place: NewPlace): readonly [Made, ...Made[]] {
  const { parent, id, given } = place;
  const { name, others } = serial;
  switch (serial.kind) {
    case 'reference': {
      destination(session.root, serial.target);
      const acl = inheritedAcl(parent?.acl, 'reference');
      const owner = session.credentials.user;
      const reference = { kind: 'reference', owner, metadata: {}, acl, others: {}, target: serial.target } as const;
      return [{ object: { ...standing(session, place, name), ...reference } }];
    }
    case 'container':
      if (parent === undefined) throw invalid('a container has to have a name');
      return [
        { object: newContainer(session, { parent, name, id, draft: { metadata: { given, named: [] }, others } }) },
      ];
    case 'domain':
      if (parent?.kind !== 'domain') throw invalid('domains are made below cdmi_domains/');
      return [{ object: newDomain(session, { parent, name, id, given, others }) }];
    case 'queue':
      return newQueueOf(session, serial, place);
    case 'dataobject':
      return [newDataObject(session, serial, place)];
  }
}

/** The hash of bytes that the metadata of their object asks for, as a field of that. */
export function hashed(metadata: JsonObject, bytes: Uint8Array): Pick<DataObject, 'hash'> {
  const algorithm = hashAlgorithm(metadata);
  return algorithm === undefined ? {} : { hash: createHash(algorithm).update(bytes).digest('hex').toUpperCase() };
}

/** Values behind the last one of a queue. */
export function queued(
  session: Session,
  before: ReturnType<typeof newQueue>,
  list: readonly SerialValue[],
): readonly [Made, ...Made[]] {
  const entries = list.map(({ mimetype, encoding }) => ({ mimetype, encoding, value: [] }));
  const { queue, values } = appended(session, before, entries);
  const members = values.map((object, index): Made => ({ object, bytes: (list[index] as SerialValue).bytes }));
  return [{ object: queue }, ...members];
}

function newDataObject(session: Session, { name, others, value }: SerialDataObject, place: NewPlace): Made {
  const owned = { kind: 'dataobject', owner: session.credentials.user } as const;
  const described = newMetadata(owned, place.given, place.parent);
  checkLimits(described.metadata, session.limits.metadata);
  const { mimetype, encoding, bytes } = value;
  const shown = { mimetype, encoding, ...hashed(described.metadata, bytes) };
  const object: DataObject = {
    ...owned,
    ...described,
    ...standing(session, place, name),
    ...shown,
    others,
    value: [],
  };
  return { object, bytes };
}

function newQueueOf(session: Session, { name, others, values }: SerialQueue, place: NewPlace) {
  const { id, given } = place;
  const parent = place.parent as Container | undefined;
  return queued(session, newQueue(session, { parent, name, id }, { given, others }), values);
}

function standing({ project, now }: Session, { parent, id }: NewPlace, name: string) {
  const time = now();
  const times = { created: time, modified: time, revision: 0 };
  return { id, project, parent: parent?.id ?? '', name, ...times, completion: 'Complete' } as const;
}
