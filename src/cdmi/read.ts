import { mayRead, readable } from './acl/needs.ts';
import type { Capable } from './capabilities.ts';
import { domainUri } from './domains/owning-domain.ts';
import type { Encoding } from './encoding.ts';
import { exportsOf } from './exports/exported.ts';
import { type Found, type Holder, isHolder } from './found.ts';
import { shownMetadata } from './metadata/shown.ts';
import type { CdmiObject, Container, DataObject, JsonObject } from './object.ts';
import { isOffered, requireFields } from './offered-fields.ts';
import { shownValues } from './queue/shown-values.ts';
import { type Range, wholeOf, within, writeRange } from './range.ts';
import { forbidden, invalid } from './refusals.ts';
import { fieldsOf, isWhole, nameOf, selected } from './representation.ts';
import { partsOf, rangesOf, type Selectors, selects } from './selectors.ts';
import { grantedTo, noteForced, type Session } from './session.ts';
import { snapshotsField } from './snapshot.ts';
import { sizeOf, slice, type Value } from './values/value.ts';

/** An object as JSON shows it. */
export interface Shown {
  /** In the order in which they are sent. */
  readonly fields: JsonObject;
  /** What follows them as `value`, where it does. */
  readonly value?: ShownValue | readonly ShownValue[];
}

/** A value, or a part of one, and how it is written. */
export interface ShownValue {
  readonly value: Value;
  readonly encoding: Encoding;
  readonly mimetype: string;
}

/**
 * Shows what is selected of an object, as far as its list lets the client read it: the rest is left out.
 *
 * @throws OcciError `forbidden` when nothing is left of what was asked for
 */
export async function show(session: Session, found: Found, selectors: Selectors): Promise<Shown> {
  const { object } = found;
  const { capabilities } = session;
  const kind = object.kind as Capable;
  requireFields(capabilities, kind, selectors);
  const last = await shownLast(session, object, selectors);
  const listed = isHolder(object) ? await childrenOf(session, object, selectors) : {};
  const granted = grantedTo(session, found);
  const all: JsonObject = {
    ...fieldsOf(found, session.root.path, readable(shownMetadata(object), granted), await domainUri(session, object)),
    ...(object.kind === 'container' && (await exportsOf(session, object, partsOf(selectors, 'exports')))),
    ...(object.kind === 'container' &&
      selects(selectors, 'snapshots') &&
      (await snapshotsField(session, found as Found<Container>))),
    ...last?.fields,
    ...listed,
  };
  const offered = Object.entries(all).filter(([field]) => isOffered(capabilities, kind, field));
  const meant = selected(Object.fromEntries(offered), selectors);
  const fields = Object.fromEntries(Object.entries(meant).filter(([field]) => mayRead(field, granted)));
  const value = mayRead('value', granted) && isOffered(capabilities, kind, 'value') ? last?.value : undefined;
  const hidden = Object.keys(meant).length + (last?.value === undefined ? 0 : 1);
  if (hidden > 0 && Object.keys(fields).length === 0 && value === undefined) throw forbidden(object, 'reading');
  noteForced(session, found, (own) => Object.keys(fields).every((field) => mayRead(field, own)));
  return { fields, ...(value && { value }) };
}

/**
 * The same of an object that has just been made, without its value (ISO/IEC 17826 §8.2.6). A container may have children
 * already, when it has been copied or moved (§9.2.6).
 */
export async function showMade(session: Session, found: Found): Promise<JsonObject> {
  const { object } = found;
  const { valuetransferencoding: _, ...fields } = fieldsOf(
    found,
    session.root.path,
    readable(shownMetadata(object), grantedTo(session, found)),
    await domainUri(session, object),
  );
  if (object.kind === 'queue') return { ...fields, queueValues: writeRange(wholeOf(object.next)) };
  if (object.kind === 'domain') return { ...fields, ...(await childrenOf(session, object, [])) };
  if (object.kind !== 'container') return fields;
  const others = {
    ...(await exportsOf(session, object)),
    ...(await snapshotsField(session, found as Found<Container>)),
  };
  const isListed = mayRead('children', grantedTo(session, found));
  return { ...fields, ...others, ...(isListed && (await childrenOf(session, object, []))) };
}

async function shownLast(session: Session, object: CdmiObject, selectors: Selectors): Promise<Shown | undefined> {
  if (object.kind === 'queue') return shownValues(session, object, selectors);
  return object.kind === 'dataobject' ? shownPart(object, selectors) : undefined;
}

/** The value, or the part that is selected, which is always in base64 (§8.4.1). */
function shownPart(object: DataObject, selectors: Selectors): Shown {
  if (!isWhole(object)) return { fields: {} };
  const [range, more] = rangesOf(selectors, 'value');
  if (more !== undefined) throw invalid('several ranges of a value come in parts: Accept: multipart/mixed');
  const size = sizeOf(object.value);
  const part = range === undefined ? wholeOf(size) : within(range, size);
  const fields = { valuerange: writeRange(part) };
  if (!selects(selectors, 'value')) return { fields };
  const { value, encoding, mimetype } = object;
  if (range === undefined) return { fields, value: { value, encoding, mimetype } };
  return { fields, value: { value: partOf(value, part), encoding: 'base64', mimetype } };
}

/** A range of a value. */
export function partOf(value: Value, range: Range | undefined): Value {
  return range === undefined ? [] : slice(value, range.first, range.last + 1);
}

/** The children, or the run of them that is selected, by the order of their names (§9.4.5). */
async function childrenOf({ store }: Session, { id }: Holder, selectors: Selectors): Promise<JsonObject> {
  const isListed = selects(selectors, 'children');
  if (!isListed && !selects(selectors, 'childrenrange')) return {};
  const [range, more] = rangesOf(selectors, 'children');
  if (more !== undefined) throw invalid('only one range of children can be listed at once');
  // To count many takes longer than to list some of them.
  const run = range ?? wholeOf(await store.objects.countMembers(id));
  if (run === undefined || !isListed) return { childrenrange: writeRange(run), children: [] };
  const { first, last } = run;
  // There may be fewer than that.
  const children = await store.objects.members(id, { offset: first, limit: last - first + 1 });
  return { childrenrange: writeRange(runOf(first, children.length)), children: children.map(nameOf) };
}

function runOf(first: number, count: number): Range | undefined {
  return count === 0 ? undefined : { first, last: first + count - 1 };
}
