import { readable } from '../acl/needs.ts';
import type { Content } from '../data-object-draft.ts';
import { memberListName } from '../domains/member-list.ts';
import { domainUri } from '../domains/owning-domain.ts';
import { exportsOf } from '../exports/exported.ts';
import type { Found, Holder } from '../found.ts';
import { jsonWith } from '../json-value.ts';
import { everyMember } from '../members.ts';
import { shownMetadata } from '../metadata/shown.ts';
import type { Container, Domain, JsonObject, Queue } from '../object.ts';
import { isReserved } from '../path.ts';
import { chosenOf, everything } from '../queue/queue-values.ts';
import { wholeOf, writeRange } from '../range.ts';
import { follow } from '../references.ts';
import { forbidden, invalid, tooMany } from '../refusals.ts';
import { fieldsOf } from '../representation.ts';
import { grantedTo, type Session } from '../session.ts';
import { fromStored } from '../stored-form.ts';
import { sizeOf } from '../values/value.ts';
import { largest, tooLarge } from './bounds.ts';
import { isReadable, isWritten } from './readable.ts';

/**
 * An object in JSON, with its values and all that is in it (ISO/IEC 17826 §15), as the value of another one. What the
 * client may not read is left out; so are snapshots. Of a domain it is those in it and the lists of members, and not what
 * belongs to it.
 *
 * @param toId whether it is to be where only its ID leads to
 * @throws OcciError `invalid-request`, `forbidden`; while it is read, also `too-large`
 */
export async function serialized(session: Session, uri: string, toId: boolean): Promise<Content> {
  const { capabilities } = session;
  const { found, selectors } = await follow(session, uri);
  const { kind } = found.object;
  capabilities.require('cdmi_serialization_json');
  if (toId) capabilities.require(`cdmi_serialize_${kind}_to_ID`);
  else capabilities.require(`cdmi_serialize_${kind}`, 'container');
  if (selectors.length > 0) throw invalid('an object is serialized as a whole', uri);
  if (!isReadable(session, found)) throw forbidden(found.object, 'reading all of it');
  const counted = { objects: 0 };
  return { encodingFor: () => 'utf-8', runs: () => [{ bytes: bounded(write(session, found, counted)) }] };
}

/** How many objects have been written. */
interface Counted {
  objects: number;
}

async function* write(session: Session, found: Found, counted: Counted): AsyncGenerator<Uint8Array> {
  if (++counted.objects > session.limits.batch) throw tooMany('serialized', session.limits.batch);
  const { object } = found;
  const metadata = readable(shownMetadata(object), grantedTo(session, found));
  const fields = fieldsOf(found, session.root.path, metadata, await domainUri(session, object));
  switch (object.kind) {
    case 'container':
      yield* writeHolder(
        session,
        found as Found<Container>,
        { ...fields, ...(await exportsOf(session, object)) },
        counted,
      );
      return;
    case 'domain':
      yield* writeHolder(session, found as Found<Domain>, fields, counted);
      return;
    case 'queue':
      yield* writeQueue(session, object, fields, counted);
      return;
    case 'dataobject': {
      const { value, encoding } = object;
      const all = { ...fields, valuerange: writeRange(wholeOf(sizeOf(value))) };
      yield* jsonWith(all, { bytes: session.reader.read(value, 0, sizeOf(value)), encoding });
      return;
    }
    default:
      yield Buffer.from(JSON.stringify(fields));
  }
}

async function* writeHolder(
  session: Session,
  { object, above }: Found<Holder>,
  fields: JsonObject,
  counted: Counted,
): AsyncGenerator<Uint8Array> {
  let open = `${JSON.stringify(fields).slice(0, -1)},"children":[`;
  for await (const { id, hidden, name } of everyMember(session, object.id)) {
    const isMeant = hidden !== true && (!isReserved({ name }) || name === memberListName);
    // Others may have been written for long, and its value may be another one since its name was read.
    const stored = isMeant ? await session.store.objects.object(id) : undefined;
    if (stored === undefined) continue;
    const member: Found = { object: fromStored(stored), above: [...above, object] };
    if (!(await isWritten(session, member))) continue;
    yield Buffer.from(open);
    open = ',';
    yield* write(session, member, counted);
  }
  yield Buffer.from(open === ',' ? ']}' : `${open}]}`);
}

async function* writeQueue(
  session: Session,
  queue: Queue,
  fields: JsonObject,
  counted: Counted,
): AsyncGenerator<Uint8Array> {
  const values = await chosenOf(session, queue, everything);
  counted.objects += values.length;
  const lists = {
    mimetype: values.map(({ mimetype }) => mimetype),
    valuetransferencoding: values.map(({ encoding }) => encoding),
    valuerange: values.map(({ value }) => writeRange(wholeOf(sizeOf(value)))),
  };
  const release = session.reader.hold(values.flatMap(({ value }) => value));
  const bytesOf = (one: (typeof values)[number]) => session.reader.read(one.value, 0, sizeOf(one.value));
  try {
    const carried = values.map((one) => ({ bytes: bytesOf(one), encoding: one.encoding }));
    yield* jsonWith({ ...fields, ...lists }, carried);
  } finally {
    release();
  }
}

async function* bounded(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > largest) throw tooLarge();
    yield bytes;
  }
}
