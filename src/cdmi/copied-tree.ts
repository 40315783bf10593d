import type { Basis } from '../store/objects.ts';
import { inheritedAcl } from './acl/inherit.ts';
import { mayAdd, needs } from './acl/needs.ts';
import { basisOf } from './changes.ts';
import { copiedOnto, withHash } from './copied-onto.ts';
import { inPlace } from './domains/delegation-uri.ts';
import { memberListName } from './domains/member-list.ts';
import { newDomain } from './domains/new-domain.ts';
import { checkDomain, inDomain } from './domains/owning-domain.ts';
import type { ChangedEntities } from './exports/change-exports.ts';
import { type Found, type Holder, isHolder } from './found.ts';
import { everyMember } from './members.ts';
import { copiedMetadata, newMetadata } from './metadata/change.ts';
import { newContainer } from './new-container.ts';
import type { CdmiObject, Container, Domain, Queue, Reference } from './object.ts';
import { checkDepth, isReserved } from './path.ts';
import { appended } from './queue/queue-values.ts';
import { forbidden, invalid, tooMany } from './refusals.ts';
import { newQueue, queueSource } from './save-queue.ts';
import { grantedTo, permit, type Session } from './session.ts';
import { fromStored } from './stored-form.ts';

/** Something whose members are copied into something else. */
export interface Copying {
  readonly source: Found<Holder>;
  /** Where they go, in its place, as it is to be then. */
  readonly into: Found<Holder>;
  /** The same as it is now, where it is there already. */
  readonly present?: Found<Holder>;
}

/** What has to be written so that it has been copied. */
export interface CopiedTree {
  /** What is in something comes behind that. */
  readonly create: readonly CdmiObject[];
  readonly update: readonly CdmiObject[];
  /** All that has been copied, so that none of it, and no value, goes before the copy is there. */
  readonly expect: readonly Basis[];
  readonly entities: ChangedEntities;
}

/**
 * Copies all that is in a container or a domain (ISO/IEC 17826 §9.2.7, §9.5, §10.2): new objects with new IDs that share
 * the values, and are protected as what is made where they are. Exports are not copied (§13), nor is what is hidden,
 * such as snapshots. What has the name of one there stays itself, and becomes like it; what else is there stays as it is.
 *
 * @throws OcciError `forbidden` when something in it may not be read, or what is there not be changed; `too-large`
 */
export async function copiedTree(session: Session, top: Copying): Promise<CopiedTree> {
  const create: CdmiObject[] = [];
  const update: CdmiObject[] = [];
  const storages: ChangedEntities[] = [];
  const expect: Basis[] = [basisOf(top.source.object)];
  const open: Copying[] = [top];
  // It grows while it is walked over.
  for (const { source, into, present } of open) {
    permit(session, source, needs.container.traverse | needs.read.children, 'copying what is in it');
    if (present !== undefined) permit(session, present, needs.container.traverse, 'copying into it');
    const above = [...into.above, into.object];
    for await (const member of membersOf(session, source)) {
      const there = present && (await memberOf(session, present, member.object));
      let object: CdmiObject | undefined;
      if (there === undefined) {
        checkDepth(above.length);
        if (present !== undefined) mayPut(session, present, member.object);
        const made = await copied(session, member, above);
        create.push(...made);
        [object] = made;
      } else {
        permitReading(session, member);
        const onto = await copiedOnto(session, member.object, { object: there.object, above });
        object = onto.object;
        update.push(object);
        storages.push(onto.entities);
      }
      expect.push(basisOf(member.object));
      if (create.length + update.length > session.limits.batch) throw tooMany('copied', session.limits.batch);
      if (object === undefined || !isHolder(object)) continue;
      const holder = { source: member as Found<Holder>, into: { object, above } };
      open.push(there === undefined ? holder : { ...holder, present: there as Found<Holder> });
    }
  }
  const changed = storages.flatMap((entities) => entities.update ?? []);
  return { create, update, expect, entities: changed.length > 0 ? { update: changed } : {} };
}

async function* membersOf(session: Session, { object, above }: Found<Holder>): AsyncIterable<Found> {
  for await (const member of everyMember(session, object.id)) {
    if (member.hidden === true || (isReserved(member) && member.name !== memberListName)) continue;
    await checkDomain(session, member);
    yield { object: member, above: [...above, object] };
  }
}

/** What has the name of an object in a container that is there. */
async function memberOf(session: Session, holder: Found<Holder>, { name }: CdmiObject): Promise<Found | undefined> {
  const stored = await session.store.objects.member(holder.object.id, name);
  return stored && { object: fromStored(stored), above: [...holder.above, holder.object] };
}

function mayPut(session: Session, holder: Found<Holder>, { kind }: CdmiObject): void {
  if (!mayAdd(kind, grantedTo(session, holder))) throw forbidden(holder.object, `putting a ${kind} into it`);
}

/** Lets an object be copied that is read as a whole; what is in it is another matter. */
function permitReading(session: Session, found: Found): void {
  permit(session, found, needs.copy.metadata, 'copying its metadata');
  if (found.object.kind === 'dataobject') permit(session, found, needs.copy.value, 'copying its value');
}

/** A copy; what is in it is another matter, but for the values of a queue. */
async function copied(session: Session, found: Found, above: readonly Holder[]): Promise<readonly CdmiObject[]> {
  const { object } = found;
  const { name, others } = object;
  const parent = above.at(-1) as Container;
  if (object.kind === 'reference') return [copiedReference(session, object, parent)];
  if (object.kind === 'queue') return copiedQueue(session, found as Found<Queue>, parent);
  permitReading(session, found);
  const given = copiedMetadata(inPlace(session, object, above));
  const id = session.newId();
  switch (object.kind) {
    case 'container':
      return [newContainer(session, { parent, name, id, draft: { metadata: { given, named: [] }, others } })];
    case 'domain':
      return [newDomain(session, { parent: parent as Holder as Domain, name, id, given, others })];
    case 'dataobject': {
      const time = session.now();
      const made = newMetadata({ kind: 'dataobject', owner: session.credentials.user }, given, parent);
      const times = { revision: 0, created: time, modified: time };
      const copy = { ...inDomain(object, parent), ...made, id, parent: parent.id, ...times };
      return [await withHash(session, copy, object)];
    }
    default:
      throw invalid(`a ${object.kind} cannot be copied with what it is in`);
  }
}

async function copiedQueue(session: Session, found: Found<Queue>, parent: Container): Promise<readonly CdmiObject[]> {
  const { metadata, others, values } = await queueSource(session, found);
  const place = { parent, name: found.object.name, id: session.newId() };
  const copy = appended(session, newQueue(session, place, { given: metadata, others }), values);
  return [copy.queue, ...copy.values];
}

function copiedReference(session: Session, reference: Reference, parent: Container): Reference {
  const { newId, now, credentials } = session;
  const time = now();
  const acl = inheritedAcl(parent.acl, 'reference');
  const made = { owner: credentials.user, acl, created: time, modified: time, revision: 0 };
  return { ...inDomain(reference, parent), ...made, id: newId(), parent: parent.id };
}
