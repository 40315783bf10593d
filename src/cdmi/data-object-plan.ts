import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import { OcciError } from '../occi/errors.ts';
import type { Change } from './acl/needs.ts';
import { changed } from './changes.ts';
import { encodingOf } from './chosen-encoding.ts';
import { type Copied, copySource } from './copy-source.ts';
import type { DataObjectDraft } from './data-object-draft.ts';
import { type DomainChoice, domainForChanged, domainForNew } from './domains/domain-choice.ts';
import { inDomain } from './domains/owning-domain.ts';
import type { Found } from './found.ts';
import { usualText } from './media-type.ts';
import { knownHash, type ValueHash } from './metadata/value-hash.ts';
import { newFields } from './new-fields.ts';
import type { DataObject } from './object.ts';
import { mayTake, mustBe, type Spot, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import type { Session } from './session.ts';
import { overwrite, sizeOf } from './values/value.ts';
import type { WrittenRun } from './written.ts';

/** Where a request wants something, and upon what condition. */
export interface Wish {
  readonly target: Target;
  /** The ID of what is new. */
  readonly id: string;
  readonly precondition: Precondition;
}

/** What is to become of a data object. */
export interface Plan {
  readonly spot: Spot;
  readonly before: DataObject | undefined;
  /** Its hash is not known yet. */
  readonly after: DataObject;
  /** The one that its value has where that comes from, as far as it is known there. */
  readonly hash: ValueHash | undefined;
  /** What has to be as it was, and what becomes of it, besides. */
  readonly source: Copied['decision'];
}

/**
 * Decides it, and changes nothing.
 *
 * @param written what the content has become; before that, it is decided as if there were no bytes in it
 * @throws OcciError for whatever is wrong with it
 */
export async function decide(
  session: Session,
  { target, id, precondition }: Wish,
  draft: DataObjectDraft,
  written?: readonly WrittenRun[],
): Promise<Plan> {
  const spot = await spotOf(session, target, id);
  const { present } = spot;
  checkPrecondition(precondition, present?.object);
  const source =
    draft.copy === undefined ? undefined : await copySource(session, draft.copy, draft.metadata, draft.leaving);
  const all: DataObjectDraft = source === undefined ? draft : { ...source.draft, ...draft, metadata: source.metadata };
  const choice = await (present === undefined
    ? domainForNew(session, spot.parent?.object, draft.domainURI)
    : domainForChanged(session, present.object, draft.domainURI));
  const plan =
    present === undefined
      ? { before: undefined, after: made(session, spot, id, choice, all) }
      : amended(session, present, choice, all);
  const value = valueIn(plan.before, source?.value, draft, written);
  checkSize(session, draft, written === undefined && draft.copy === undefined ? undefined : value);
  const encoding = await encodingOf(session, source?.draft.encoding ?? plan.before?.encoding, all, value);
  const after: DataObject = { ...plan.after, value, encoding, completion: draft.isPartial ? 'Processing' : 'Complete' };
  const { content } = draft;
  const { decision = {} } = source ?? {};
  const hash = content === undefined ? (source?.hash ?? unchangedHash(plan.before, value)) : undefined;
  return {
    ...plan,
    spot,
    after,
    hash,
    source: { ...decision, expect: [...(decision.expect ?? []), ...choice.expect] },
  };
}

function valueIn(
  before: DataObject | undefined,
  copied: DataObject['value'] | undefined,
  { content }: DataObjectDraft,
  written: readonly WrittenRun[] | undefined,
): DataObject['value'] {
  const present = copied ?? before?.value ?? [];
  if (content === undefined || written === undefined) return present;
  const start = written[0]?.at === undefined ? [] : present;
  return written.reduce((value, { at, value: run }) => overwrite(value, at ?? sizeOf(value), run), start);
}

function unchangedHash(before: DataObject | undefined, value: DataObject['value']): ValueHash | undefined {
  return before?.value === value ? knownHash(before) : undefined;
}

/** Zeros that a range leaves before it cost nobody anything, but whoever reads them. */
function checkSize({ limits }: Session, { content }: DataObjectDraft, value: DataObject['value'] | undefined): void {
  const size = value === undefined ? (content?.at ?? 0) : sizeOf(value);
  if (size > limits.valueBytes) {
    throw new OcciError('too-large', `a value must not exceed ${limits.valueBytes} bytes, with what lies before it`);
  }
}

/** A new one. */
function made(session: Session, spot: Spot, id: string, { of }: DomainChoice, draft: DataObjectDraft): DataObject {
  const { capabilities } = session;
  authorizeFor(session, 'cdmi', 'create');
  capabilities.require('cdmi_dataobjects');
  if (spot.parent === undefined) capabilities.require('cdmi_post_dataobject_by_ID');
  else capabilities.require('cdmi_create_dataobject', 'container');
  if (spot.parent === undefined && draft.copy !== undefined) capabilities.require('cdmi_copy_dataobject_by_ID');
  if (draft.content?.at !== undefined) {
    if (spot.parent === undefined) capabilities.require('cdmi_create_value_range_by_ID');
    else capabilities.require('cdmi_create_value_range', 'container');
  }
  mayTake(session, spot, 'dataobject');
  const place = { parent: spot.parent?.object, name: spot.name, id };
  const said = { given: draft.metadata.given ?? {}, others: draft.others ?? {} };
  return {
    ...newFields(session, 'dataobject', place, said),
    mimetype: draft.mimetype ?? usualText,
    encoding: 'utf-8',
    value: [],
    ...of,
  };
}

/** One that is there. */
function amended(
  session: Session,
  found: Found,
  { of }: DomainChoice,
  draft: DataObjectDraft,
): { before: DataObject; after: DataObject } {
  authorizeFor(session, 'cdmi', 'update');
  mustBe('dataobject', found);
  const { object: before } = found;
  requireFor(session, draft);
  const described = changed(session, found, draft.metadata, partsOf(draft, before));
  const { hash: _, ...kept } = before;
  const after: DataObject = {
    ...inDomain(kept, of),
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
  const { content, copy, mimetype, encoding, others, domainURI } = draft;
  const isBehind = content?.at !== undefined && content.at >= sizeOf(before.value);
  if (content !== undefined) yield isBehind ? 'append' : 'value';
  if (copy !== undefined) yield 'value';
  if (mimetype !== undefined && mimetype !== before.mimetype && content?.at === undefined) yield 'presentation';
  if (encoding !== undefined && encoding !== before.encoding) yield 'presentation';
  if (others !== undefined || domainURI !== undefined) yield 'attributes';
  // To say that it is complete is to write, too.
  if (draft.isPartial !== (before.completion === 'Processing')) yield 'append';
}
