import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../acl/needs.ts';
import { changed } from '../changes.ts';
import { disabled } from '../domains/new-domain.ts';
import { type Belonging, inDomain } from '../domains/owning-domain.ts';
import { type ChangedEntities, changeExports } from '../exports/change-exports.ts';
import type { Found } from '../found.ts';
import { changedMetadata } from '../metadata/change.ts';
import type { CdmiObject, Container, DataObject, JsonObject, Queue } from '../object.ts';
import { chosenOf, everything } from '../queue/queue-values.ts';
import { later } from '../queue/taken.ts';
import type { Session } from '../session.ts';
import { sizeOf, type Value } from '../values/value.ts';
import { watchedQueue } from '../watching/watched-queue.ts';
import { hashed, type Made, queued } from './new-object.ts';
import { isReadable } from './readable.ts';
import type { SerialDataObject, SerialObject, SerialQueue, SerialValue } from './serial-object.ts';

/** What becomes of something that is there. */
export interface Becoming {
  /** The object then; its bytes where it gets others. */
  readonly made: Made;
  /** Values that come into a queue. */
  readonly create?: readonly Made[];
  /** Values that leave it. */
  readonly remove?: readonly CdmiObject[];
  /** What has to be written with it. */
  readonly touched?: readonly CdmiObject[];
  readonly entities?: ChangedEntities;
}

/** What it is to become. */
export interface Wanted {
  readonly serial: SerialObject;
  readonly given: JsonObject;
  /** The domain that it is to belong to. */
  readonly of: Belonging;
}

/**
 * Lets an object that is there become what was written: its fields and its values, not what is in it. Owner, time of
 * creation and exports stay (ISO/IEC 17826 §13, §15.3).
 *
 * @param found in what it is in, as that is to be
 * @returns undefined when it is that already
 * @throws OcciError when its list or its protection is against one of the changes
 */
export async function changedObject(session: Session, found: Found, wanted: Wanted): Promise<Becoming | undefined> {
  const { serial, given, of } = wanted;
  const { object } = found;
  if (object.kind === 'reference') return undefined;
  const parts = new Set<Change>();
  if (!isDeepStrictEqual(object.others, serial.others) || object.domain !== of.domain) parts.add('attributes');
  const values = await valuesBehind(session, object, serial, parts);
  const request = { given, named: [] };
  const { metadata, acl } = changedMetadata(object, request, found.above.at(-1));
  const isSame =
    parts.size === 0 &&
    isDeepStrictEqual(asKept(object, metadata), object.metadata) &&
    isDeepStrictEqual(acl, object.acl);
  // Whoever may not read it is not to learn that he has guessed what it is.
  if (isSame && isReadable(session, found)) return undefined;
  const described = changed(session, found, request, parts);
  const after = {
    ...inDomain(object, of),
    ...described,
    metadata: asKept(object, described.metadata),
    modified: later(session, object),
    others: serial.others,
  };
  const hasOtherValue = parts.has('value');
  switch (after.kind) {
    case 'dataobject':
      return { made: dataObject(after, serial as SerialDataObject, hasOtherValue) };
    case 'queue': {
      const queue = watchedQueue(session, after, object as Queue, given['cdmi_acl'] !== undefined);
      if (!hasOtherValue) return { made: { object: queue } };
      const [made, ...create] = queued(session, queue, (serial as SerialQueue).values);
      return { made, create, remove: values };
    }
    case 'container': {
      const exported = await changeExports(session, { object: after as Container, above: found.above }, undefined);
      return { made: { object: exported.container }, entities: exported.entities, touched: exported.touched };
    }
    default:
      return { made: { object: after } };
  }
}

/** Domains are disabled where nothing else is said. */
function asKept({ kind }: CdmiObject, metadata: JsonObject): JsonObject {
  return kind === 'domain' ? { ...disabled, ...metadata } : metadata;
}

/** @param after as it is to be else */
function dataObject(after: DataObject, { value }: SerialDataObject, isOther: boolean): Made {
  const { hash: _, ...kept } = after;
  const { mimetype, encoding, bytes } = value;
  const object: DataObject = { ...kept, mimetype, encoding, completion: 'Complete', ...hashed(kept.metadata, bytes) };
  return isOther ? { object: { ...object, value: [] }, bytes } : { object };
}

/** The values that are in a queue; and finds out which parts of the object are others than before. */
async function valuesBehind(
  session: Session,
  object: CdmiObject,
  serial: SerialObject,
  parts: Set<Change>,
): Promise<readonly CdmiObject[]> {
  if (object.kind === 'dataobject' && serial.kind === 'dataobject') {
    const { mimetype, encoding, bytes } = serial.value;
    if (object.mimetype !== mimetype || object.encoding !== encoding) parts.add('presentation');
    if (object.completion !== 'Complete' || !(await isEqual(session, object.value, bytes))) parts.add('value');
  }
  if (object.kind !== 'queue' || serial.kind !== 'queue') return [];
  const values = await chosenOf(session, object, everything);
  const areSame = values.length === serial.values.length && (await areAll(values, serial.values, session));
  if (!areSame) parts.add('value');
  return values;
}

async function areAll(
  present: readonly Pick<DataObject, 'mimetype' | 'encoding' | 'value'>[],
  list: readonly SerialValue[],
  session: Session,
): Promise<boolean> {
  for (const [index, { mimetype, encoding, value }] of present.entries()) {
    const written = list[index] as SerialValue;
    if (mimetype !== written.mimetype || encoding !== written.encoding) return false;
    if (!(await isEqual(session, value, written.bytes))) return false;
  }
  return true;
}

async function isEqual({ reader }: Session, value: Value, bytes: Uint8Array): Promise<boolean> {
  if (sizeOf(value) !== bytes.length) return false;
  let at = 0;
  for await (const piece of reader.read(value, 0, bytes.length)) {
    if (Buffer.compare(piece, bytes.subarray(at, at + piece.length)) !== 0) return false;
    at += piece.length;
  }
  return true;
}
