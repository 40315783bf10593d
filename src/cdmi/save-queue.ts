import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Basis } from '../store/objects.ts';
import { type Change, needs } from './acl/needs.ts';
import { basisOf, changed } from './changes.ts';
import { domainForChanged, domainForNew } from './domains/domain-choice.ts';
import { type Belonging, belonging, inDomain } from './domains/owning-domain.ts';
import type { Found } from './found.ts';
import { copiedMetadata, type MetadataRequest } from './metadata/change.ts';
import { newFields } from './new-fields.ts';
import type { Container, JsonObject, Queue, QueueValue } from './object.ts';
import { mayTake, mustBe, type Spot, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import { appended, chosenOf, everything } from './queue/queue-values.ts';
import { later } from './queue/taken.ts';
import { inTurn } from './queue/turns.ts';
import { follow } from './references.ts';
import { invalid } from './refusals.ts';
import { save } from './save.ts';
import type { Saved } from './save-data-object.ts';
import { permit, type Session } from './session.ts';
import { watchedQueue } from './watching/watched-queue.ts';

/** What a request says about a queue. What is not there stays, or is as usual. */
export interface QueueDraft {
  readonly metadata: MetadataRequest;
  readonly others?: JsonObject;
  readonly domainURI?: string;
  /** The URI of another one. */
  readonly copy?: string;
}

/**
 * Makes a queue, or changes what is said of the one that is there; its values are another matter (ISO/IEC 17826 §11.2,
 * §11.5).
 *
 * @throws OcciError
 */
export function saveQueue(
  session: Session,
  target: Target,
  draft: QueueDraft,
  precondition: Precondition,
): Promise<Saved> {
  const id = session.newId();
  return retrying(async () => {
    const spot = await spotOf(session, target, id);
    const { present } = spot;
    checkPrecondition(precondition, present?.object);
    if (present === undefined) return make(session, spot, id, draft);
    mustBe('queue', present);
    return inTurn([present.object.id], () => amend(session, present as Found<Queue>, draft));
  });
}

async function make(session: Session, spot: Spot, id: string, draft: QueueDraft): Promise<Saved> {
  const { capabilities } = session;
  const { parent } = spot;
  authorizeFor(session, 'cdmi', 'create');
  capabilities.require('cdmi_queues');
  if (parent === undefined) capabilities.require('cdmi_post_queue_by_ID');
  else capabilities.require('cdmi_create_queue', 'container');
  if (parent === undefined && draft.copy !== undefined) capabilities.require('cdmi_copy_queue_by_ID');
  mayTake(session, spot, 'queue');
  const source = draft.copy === undefined ? undefined : await copySource(session, draft.copy);
  const given = draft.metadata.given ?? source?.metadata;
  const { of, expect } = await domainForNew(session, parent?.object, draft.domainURI);
  const place = { parent: parent?.object, name: spot.name, id, of };
  const empty = newQueue(session, place, { given: given ?? {}, others: { ...source?.others, ...draft.others } });
  const { queue, values } = appended(session, empty, source?.values ?? []);
  const based = source === undefined ? expect : [source.basis, ...expect];
  const as = source === undefined ? {} : { as: 'cdmi_copy' as const };
  const revision = await save(session, { create: [queue, ...values], expect: based, ...as });
  const above = parent === undefined ? [] : [...parent.above, parent.object];
  return { found: { object: { ...queue, revision }, above }, isNew: true };
}

async function amend(session: Session, found: Found<Queue>, draft: QueueDraft): Promise<Saved> {
  authorizeFor(session, 'cdmi', 'update');
  if (draft.metadata.given !== undefined) session.capabilities.require('cdmi_modify_metadata', 'queue');
  if (draft.copy !== undefined) throw invalid('copy makes a queue; to put values into one that is there, POST to it');
  const { object: before } = found;
  const { of, expect } = await domainForChanged(session, before, draft.domainURI);
  const parts: readonly Change[] = draft.others === undefined && draft.domainURI === undefined ? [] : ['attributes'];
  const after: Queue = {
    ...inDomain(before, of),
    ...changed(session, found, draft.metadata, parts),
    modified: later(session, before),
    others: { ...before.others, ...draft.others },
  };
  const object = watchedQueue(session, after, before, draft.metadata.given?.['cdmi_acl'] !== undefined);
  const revision = await save(session, { update: [object], expect });
  return { found: { ...found, object: { ...object, revision } }, isNew: false };
}

/** Where a queue is to be. */
interface Place {
  readonly parent: Container | undefined;
  readonly name: string;
  readonly id: string;
  /** Which domain it belongs to, where that is not the one that what it is in belongs to. */
  readonly of?: Belonging;
}

/** A queue that is empty yet, and belongs to the client. */
export function newQueue(
  session: Session,
  { parent, name, id, of = parent ?? {} }: Place,
  { given, others }: { readonly given: JsonObject; readonly others: JsonObject },
): Queue {
  const fields = newFields(session, 'queue', { parent, name, id }, { given, others });
  const queue: Queue = { ...fields, next: 0, ...belonging(of) };
  return watchedQueue(session, queue, undefined, given['cdmi_acl'] !== undefined);
}

/** What a new queue takes from another one. */
interface QueueSource extends Pick<Queue, 'metadata' | 'others'> {
  readonly values: readonly QueueValue[];
  /** As long as the queue has not changed, its values are there. */
  readonly basis: Basis;
}

async function copySource(session: Session, uri: string): Promise<QueueSource> {
  session.capabilities.require('cdmi_object_copy_from_local');
  const { found, selectors } = await follow(session, uri);
  mustBe('queue', found);
  if (selectors.length > 0) throw invalid('a queue is copied as a whole', uri);
  return queueSource(session, found as Found<Queue>);
}

/** @throws OcciError `forbidden` when it may not be read as a whole, `too-large` */
export async function queueSource(session: Session, found: Found<Queue>): Promise<QueueSource> {
  session.capabilities.require('cdmi_copy_queue', 'queue');
  permit(session, found, needs.copy.value, 'copying its values');
  permit(session, found, needs.copy.metadata, 'copying its metadata');
  const { object } = found;
  const values = await chosenOf(session, object, everything);
  return { metadata: copiedMetadata(object.metadata), others: object.others, values, basis: basisOf(object) };
}
