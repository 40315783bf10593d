import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Basis } from '../store/objects.ts';
import { Conflict } from '../store/store.ts';
import type { Change } from './acl/needs.ts';
import { changed } from './changes.ts';
import { copySource } from './copy-source.ts';
import type { DataObjectDraft } from './data-object-draft.ts';
import type { Encoding } from './encoding.ts';
import type { Found } from './found.ts';
import { usualText } from './media-type.ts';
import { newMetadata } from './metadata/change.ts';
import { checkLimits } from './metadata/limits.ts';
import { hashAlgorithm } from './metadata/value-hash.ts';
import type { DataObject } from './object.ts';
import { mayTake, mustBe, type Spot, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import { invalid } from './refusals.ts';
import { save } from './save.ts';
import type { Session } from './session.ts';
import { overwrite, sizeOf } from './values/value.ts';
import { hashOf, isText, type Written, write } from './written.ts';

/** What has become of it. */
export interface Saved {
  readonly found: Found;
  readonly isNew: boolean;
}

/**
 * Makes a data object, or changes the one that is there (ISO/IEC 17826 §8.2, §8.6). All that could be wrong is looked
 * at before bytes are taken, and again when they are written: then all becomes visible at once.
 *
 * @throws OcciError
 */
export async function saveDataObject(
  session: Session,
  target: Target,
  draft: DataObjectDraft,
  precondition: Precondition,
): Promise<Saved> {
  const { content } = draft;
  const wish = { target, id: session.newId(), precondition };
  if (content === undefined) return retrying(() => attempt(session, wish, draft));
  const plan = await decide(session, wish, draft);
  const shown = content.encodingFor(plan.before?.encoding);
  const encoding = draft.encoding ?? (shown === 'utf-8 if it is' ? 'utf-8' : shown);
  const source = content.bytes(encoding);
  const questions = { utf8: shown === 'utf-8 if it is', hash: hashAlgorithm(plan.after.metadata) };
  const written = await write(session.values, source, questions);
  try {
    const { length } = content;
    if (length !== undefined && sizeOf(written.value) !== length) {
      throw invalid(`the range has ${length} bytes, but ${sizeOf(written.value)} came`);
    }
    const read = { ...draft, encoding: written.isUtf8 === false ? ('base64' as const) : encoding };
    return await retrying(() => attempt(session, wish, read, written));
  } catch (error) {
    // What is not known to have failed may have been committed; the collector finds out.
    if (isRefusal(error)) await written.discard();
    throw error;
  }
}

/** Where a request wants something, and upon what condition. */
interface Wish {
  readonly target: Target;
  /** The ID of what is new. */
  readonly id: string;
  readonly precondition: Precondition;
}

/** Whether it is sure that nothing was written into the record. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'OcciError' || error instanceof Conflict);
}

async function attempt(session: Session, wish: Wish, draft: DataObjectDraft, written?: Written): Promise<Saved> {
  const { before, after, spot, expect } = await decide(session, wish, draft, written);
  const object = await hashed(session, after, before, written);
  const change = before === undefined ? { create: [object] } : { update: [object] };
  const revision = await save(session, { ...change, expect });
  const above = spot.present?.above ?? (spot.parent === undefined ? [] : [...spot.parent.above, spot.parent.object]);
  return { found: { object: { ...object, revision }, above }, isNew: before === undefined };
}

/** What is to become of a data object. */
interface Plan {
  readonly spot: Spot;
  readonly before: DataObject | undefined;
  /** Its hash is not known yet. */
  readonly after: DataObject;
  /** What it was decided upon, besides. */
  readonly expect: readonly Basis[];
}

/** @param written what the content has become; before that, it is decided as if there were no bytes in it */
async function decide(
  session: Session,
  { target, id, precondition }: Wish,
  draft: DataObjectDraft,
  written?: Written,
): Promise<Plan> {
  const spot = await spotOf(session, target, id);
  const { present } = spot;
  checkPrecondition(precondition, present?.object);
  const source = draft.copy === undefined ? undefined : await copySource(session, draft.copy, draft.metadata);
  const all: DataObjectDraft = source === undefined ? draft : { ...source.draft, ...draft, metadata: source.metadata };
  const plan =
    present === undefined ? { before: undefined, after: made(session, spot, id, all) } : amended(session, present, all);
  const value = valueIn(plan.before, source?.value, draft, written);
  const encoding = await encodingOf(session, source?.draft.encoding ?? plan.before?.encoding, all, value);
  const after: DataObject = { ...plan.after, value, encoding, completion: draft.isPartial ? 'Processing' : 'Complete' };
  return { ...plan, spot, after, expect: source === undefined ? [] : [source.basis] };
}

function valueIn(
  before: DataObject | undefined,
  copied: DataObject['value'] | undefined,
  { content }: DataObjectDraft,
  written: Written | undefined,
): DataObject['value'] {
  const present = copied ?? before?.value ?? [];
  if (content === undefined || written === undefined) return present;
  return content.at === undefined ? written.value : overwrite(present, content.at, written.value);
}

/** A new one. */
function made(session: Session, spot: Spot, id: string, draft: DataObjectDraft): DataObject {
  const { credentials, capabilities, project, limits } = session;
  authorizeFor(session, 'cdmi', 'create');
  capabilities.require('cdmi_dataobjects');
  if (spot.parent === undefined) capabilities.require('cdmi_post_dataobject_by_ID');
  else capabilities.require('cdmi_create_dataobject', 'container');
  if (draft.content?.at !== undefined) capabilities.require('cdmi_create_value_range', 'container');
  mayTake(session, spot, 'dataobject');
  const owned = { kind: 'dataobject', owner: credentials.user } as const;
  const described = newMetadata(owned, draft.metadata.given ?? {}, spot.parent?.object);
  checkLimits(described.metadata, limits.metadata);
  const time = session.now();
  return {
    ...owned,
    ...described,
    id,
    project,
    parent: spot.parent?.object.id ?? '',
    name: spot.name,
    revision: 0,
    created: time,
    modified: time,
    others: draft.others ?? {},
    completion: 'Complete',
    mimetype: draft.mimetype ?? usualText,
    encoding: 'utf-8',
    value: [],
  };
}

/** One that is there. */
function amended(session: Session, found: Found, draft: DataObjectDraft): { before: DataObject; after: DataObject } {
  authorizeFor(session, 'cdmi', 'update');
  mustBe('dataobject', found);
  const { object: before } = found;
  requireFor(session, draft);
  const described = changed(session, found, draft.metadata, partsOf(draft, before));
  const { hash: _, ...kept } = before;
  const after: DataObject = {
    ...kept,
    ...described,
    modified: Math.max(session.now(), before.modified + 1),
    // A range says nothing of what it is a part of.
    mimetype: (draft.content?.at === undefined ? draft.mimetype : undefined) ?? before.mimetype,
    others: { ...before.others, ...draft.others },
  };
  return { before, after };
}

/** @throws OcciError `invalid-request` for what is not advertised */
function requireFor({ capabilities }: Session, { content, copy, metadata }: DataObjectDraft): void {
  if (content !== undefined || copy !== undefined) capabilities.require('cdmi_modify_value', 'dataobject');
  if (content?.at !== undefined) capabilities.require('cdmi_modify_value_range', 'dataobject');
  if (metadata.given !== undefined) capabilities.require('cdmi_modify_metadata', 'dataobject');
}

/** The parts that a request changes, besides metadata. */
function* partsOf(draft: DataObjectDraft, before: DataObject): Iterable<Change> {
  const { content, copy, mimetype, encoding, others } = draft;
  const isBehind = content?.at !== undefined && content.at >= sizeOf(before.value);
  if (content !== undefined) yield isBehind ? 'append' : 'value';
  if (copy !== undefined) yield 'value';
  if (mimetype !== undefined && mimetype !== before.mimetype && content?.at === undefined) yield 'presentation';
  if (encoding !== undefined && encoding !== before.encoding) yield 'presentation';
  if (others !== undefined) yield 'attributes';
  // To say that it is complete is to write, too.
  if (draft.isPartial !== (before.completion === 'Processing')) yield 'append';
}

/**
 * How the value is shown. What is not text cannot be shown as text.
 *
 * @param present how it has been shown until now
 */
async function encodingOf(
  session: Session,
  present: Encoding | undefined,
  { content, encoding }: DataObjectDraft,
  value: DataObject['value'],
): Promise<Encoding> {
  const wanted = encoding ?? present ?? 'utf-8';
  if (content !== undefined || wanted === 'base64' || wanted === present) return wanted;
  if (wanted === 'utf-8' && (await isText(session.reader, value))) return wanted;
  if (wanted === 'utf-8') throw invalid('the value is no UTF-8, so that it can be shown in base64 only');
  throw invalid(`valuetransferencoding ${wanted} has to come with a value`);
}

/** The object with the hash that its metadata asks for. */
async function hashed(
  { reader }: Session,
  object: DataObject,
  before: DataObject | undefined,
  written: Written | undefined,
): Promise<DataObject> {
  const algorithm = hashAlgorithm(object.metadata);
  if (algorithm === undefined) return object;
  if (before?.hash !== undefined && before.value === object.value && hashAlgorithm(before.metadata) === algorithm) {
    return { ...object, hash: before.hash };
  }
  const isKnown = written?.hash?.algorithm === algorithm && written.value === object.value;
  const { digest } = (isKnown ? written?.hash : undefined) ?? (await hashOf(reader, object.value, algorithm));
  return { ...object, hash: digest };
}
