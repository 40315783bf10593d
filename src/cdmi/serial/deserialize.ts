import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import type { Basis } from '../../store/objects.ts';
import { needs } from '../acl/needs.ts';
import type { Capable } from '../capabilities.ts';
import { basisOf } from '../changes.ts';
import { decodeValue } from '../encoding.ts';
import type { CdmiObject, JsonObject } from '../object.ts';
import { readFields } from '../object-request.ts';
import { mayTake, mustBe, spotOf, type Target } from '../place.ts';
import { checkPrecondition } from '../precondition.ts';
import { follow } from '../references.ts';
import { invalid } from '../refusals.ts';
import { isRefusal, save } from '../save.ts';
import type { Saved } from '../save-data-object.ts';
import { permit, type Session } from '../session.ts';
import { sizeOf, slice } from '../values/value.ts';
import { type WrittenRun, writeRun } from '../written.ts';
import { deepest, largest, tooLarge } from './bounds.ts';
import { type Restored, restored } from './restored.ts';

/** What something is to be made of. */
export type Serial = { readonly deserialize: string } | { readonly deserializevalue: string };

/**
 * Makes an object again, with all that is in it, at a place where there is nothing (ISO/IEC 17826 §15).
 *
 * @param kind what it has to be
 * @throws OcciError
 */
export function deserialize(
  session: Session,
  target: Target,
  kind: Capable,
  serial: Serial,
  precondition: Precondition,
): Promise<Saved> {
  const { capabilities } = session;
  capabilities.require('cdmi_serialization_json');
  if ('in' in target && target.in === 'nowhere') capabilities.require(`cdmi_deserialize_${kind}_by_ID`);
  else capabilities.require(`cdmi_deserialize_${kind}`, 'container');
  return retrying(async () => {
    const { fields, expect } = await read(session, serial);
    const spot = await spotOf(session, target, session.newId());
    const { present, parent } = spot;
    checkPrecondition(precondition, present?.object);
    if (present !== undefined) throw invalid('there is something already where it is to be');
    authorizeFor(session, 'cdmi', 'create');
    mayTake(session, spot, kind);
    const above = parent === undefined ? [] : [...parent.above, parent.object];
    const place = { parent: parent?.object, name: spot.name, depth: above.length };
    const made = await restored(session, fields, place);
    const [top] = made.objects;
    if (top === undefined || top.kind !== kind) throw invalid(`what is serialized there is no ${kind}`);
    const revision = await commit(session, made, [...expect, ...made.expect]);
    return { found: { object: { ...top, revision }, above }, isNew: true };
  });
}

async function commit(session: Session, { objects, values }: Restored, expect: readonly Basis[]): Promise<number> {
  const written = await writeRun(session.values, { bytes: bytesOf(values) }, {});
  try {
    return await save(session, { create: withValues(objects, values, written), expect });
  } catch (error) {
    if (isRefusal(error)) await written.discard();
    throw error;
  } finally {
    if (written.value.length === 0) await written.discard();
  }
}

/** They are written as one, since each that is written costs a flush. */
function withValues(
  objects: readonly CdmiObject[],
  values: Restored['values'],
  { value }: WrittenRun,
): readonly CdmiObject[] {
  const places = new Map<string, number>();
  let end = 0;
  for (const [id, { length }] of values) {
    places.set(id, end);
    end += length;
  }
  return objects.map((object) => {
    const start = places.get(object.id);
    if (start === undefined) return object;
    return { ...object, value: slice(value, start, start + (values.get(object.id)?.length ?? 0)) } as CdmiObject;
  });
}

async function* bytesOf(values: Restored['values']): AsyncIterable<Uint8Array> {
  for (const bytes of values.values()) if (bytes.length > 0) yield bytes;
}

async function read(session: Session, serial: Serial): Promise<{ fields: JsonObject; expect: readonly Basis[] }> {
  if ('deserializevalue' in serial) {
    return { fields: readFields(decodeValue(serial.deserializevalue, 'base64'), deepest), expect: [] };
  }
  const { found, selectors } = await follow(session, serial.deserialize);
  mustBe('dataobject', found);
  const { object } = found;
  if (selectors.length > 0) throw invalid('a value is deserialized as a whole', serial.deserialize);
  if (object.kind !== 'dataobject' || object.completion !== 'Complete') {
    throw invalid('what is not complete cannot be deserialized', serial.deserialize);
  }
  permit(session, found, needs.copy.value, 'reading its value');
  const size = sizeOf(object.value);
  if (size > largest) throw tooLarge();
  const pieces: Uint8Array[] = [];
  for await (const piece of session.reader.read(object.value, 0, size)) pieces.push(piece);
  return { fields: readFields(Buffer.concat(pieces), deepest), expect: [basisOf(object)] };
}
