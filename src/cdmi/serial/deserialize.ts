import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Precondition } from '../../gateway/precondition.ts';
import type { Basis } from '../../store/objects.ts';
import { needs } from '../acl/needs.ts';
import type { Capable } from '../capabilities.ts';
import { basisOf } from '../changes.ts';
import { type DomainSpot, domainSpot, mayTakeDomain } from '../domains/domain-spot.ts';
import { isTopDomain } from '../domains/top-domain.ts';
import { decodeValue } from '../encoding.ts';
import { type Found, isPast } from '../found.ts';
import type { CdmiObject, Domain } from '../object.ts';
import { readFields } from '../object-request.ts';
import { mayTake, mustBe, type Spot, spotOf, type Target } from '../place.ts';
import { checkPrecondition } from '../precondition.ts';
import { follow } from '../references.ts';
import { invalid, past } from '../refusals.ts';
import { isRefusal, save } from '../save.ts';
import type { Saved } from '../save-data-object.ts';
import { permit, type Session } from '../session.ts';
import { sizeOf, slice, type Value } from '../values/value.ts';
import { writeRun } from '../written.ts';
import { deepest, largest, tooLarge } from './bounds.ts';
import { type Matches, matched } from './matched.ts';
import { type Restored, restored } from './restored.ts';
import { readSerial, type SerialObject } from './serial-object.ts';

/** What something is to be made of. */
export type Serial = { readonly deserialize: string } | { readonly deserializevalue: string };

/**
 * Makes an object again, with all that is in it, or lets the one that is there become what it was when it was written
 * (ISO/IEC 17826 §15.3): in one commit, all of it or nothing.
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
  return retrying(async () => {
    const spot = kind === 'domain' ? await domainSpot(session, target) : await spotOf(session, target, session.newId());
    const { present, parent } = spot;
    checkPrecondition(precondition, present?.object);
    if (present !== undefined) capabilities.require(`cdmi_modify_deserialize_${kind}`, kind);
    else if ('in' in target && target.in === 'nowhere') capabilities.require(`cdmi_deserialize_${kind}_by_ID`);
    else capabilities.require(`cdmi_deserialize_${kind}`, kind === 'domain' ? 'domain' : 'container');
    const { read, source } = await readIn(session, serial);
    const top: SerialObject = { ...read, name: spot.name };
    checkTop(session, spot, top, kind);
    const matches = await matched(session, top, present, source?.id);
    const above = present?.above ?? (parent === undefined ? [] : [...parent.above, parent.object]);
    authorize(session, matches);
    const plan = await restored(session, matches, above);
    const revision = await commit(session, plan, source);
    const { object } = plan.top;
    const size = [...plan.values.values()].reduce((sum, { length }) => sum + length, 0);
    session.summaries?.count(object, { writes: BigInt(size) });
    return { found: { ...plan.top, object: { ...object, revision } }, isNew: present === undefined };
  });
}

/** @throws OcciError when the place is not for it */
function checkTop(
  session: Session,
  { present, parent, name }: Spot | DomainSpot,
  top: SerialObject,
  kind: Capable,
): void {
  if (top.kind !== kind) throw invalid(`what is serialized there is no ${kind}`);
  if (present === undefined) {
    if (kind === 'domain') mayTakeDomain(session, parent as Found<Domain>, name);
    else mayTake(session, { parent, name } as Spot, kind);
    return;
  }
  mustBe(kind, present);
  const { object } = present;
  if (isPast(present)) throw past(object);
  if (isTopDomain(object)) throw invalid('cdmi_domains/ stays as it is: deserialize the domains in it');
  if (top.id !== object.id)
    throw invalid(`what is serialized there has been ${top.id ?? 'nothing here'}, and not ${object.id}`);
}

function authorize(session: Session, { matches, removed }: Matches): void {
  if (matches[0]?.present !== undefined) authorizeFor(session, 'cdmi', 'update');
  if (matches.some(({ present }) => present === undefined)) authorizeFor(session, 'cdmi', 'create');
  if (removed.length > 0) authorizeFor(session, 'cdmi', 'delete');
}

async function commit(
  session: Session,
  { decision, values }: Restored,
  source: CdmiObject | undefined,
): Promise<number> {
  const written = await writeRun(session.values, { bytes: bytesOf(values) }, {});
  const { create, update, expect } = decision;
  // They are written as one, since each that is written costs a flush.
  const referring = referringTo(values, written.value);
  const isChanged = [...update, ...decision.remove].some(({ id }) => id === source?.id);
  const basis: readonly Basis[] = source === undefined || isChanged ? [] : [basisOf(source)];
  try {
    return await save(session, {
      ...decision,
      create: create.map(referring),
      update: update.map(referring),
      expect: [...expect.filter(({ id }) => id !== source?.id), ...basis],
    });
  } catch (error) {
    if (isRefusal(error)) await written.discard();
    throw error;
  } finally {
    if (written.value.length === 0) await written.discard();
  }
}

/** Lets objects refer to their values, which have been written one after the other. */
function referringTo(values: Restored['values'], all: Value): (object: CdmiObject) => CdmiObject {
  const places = new Map<string, readonly [number, number]>();
  let end = 0;
  for (const [id, { length }] of values) {
    places.set(id, [end, end + length]);
    end += length;
  }
  return (object) => {
    const place = places.get(object.id);
    return place === undefined ? object : ({ ...object, value: slice(all, ...place) } as CdmiObject);
  };
}

async function* bytesOf(values: Restored['values']): AsyncIterable<Uint8Array> {
  for (const bytes of values.values()) if (bytes.length > 0) yield bytes;
}

async function readIn(
  session: Session,
  serial: Serial,
): Promise<{ readonly read: SerialObject; readonly source?: CdmiObject }> {
  const { batch } = session.limits;
  if ('deserializevalue' in serial) {
    return { read: readSerial(readFields(decodeValue(serial.deserializevalue, 'base64'), deepest), batch) };
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
  return { read: readSerial(readFields(Buffer.concat(pieces), deepest), batch), source: object };
}
