import type { Basis } from '../store/objects.ts';
import { inheritedAcl } from './acl/inherit.ts';
import { needs } from './acl/needs.ts';
import { basisOf } from './changes.ts';
import { checkDomain, inDomain } from './domains/owning-domain.ts';
import type { Found } from './found.ts';
import { everyMember } from './members.ts';
import { copiedMetadata, newMetadata } from './metadata/change.ts';
import type { CdmiObject, Container, Queue, Reference } from './object.ts';
import { mustBe } from './place.ts';
import { appended } from './queue/queue-values.ts';
import { follow } from './references.ts';
import { invalid, tooMany } from './refusals.ts';
import { type NewContainer, newContainer } from './save-container.ts';
import { newQueue, queueSource } from './save-queue.ts';
import { permit, type Session } from './session.ts';

/** The copy of a container with all that is in it, to be made at once. */
export interface CopiedTree {
  readonly top: Container;
  /** What is in something comes behind that. */
  readonly below: readonly CdmiObject[];
  /** All that has been copied, so that none of it, and no value, goes before the copy is there. */
  readonly expect: readonly Basis[];
}

/**
 * Copies a container (ISO/IEC 17826 §9.2.7): new objects with new IDs that share the values, and are protected as what
 * is made where they are. Exports are not copied (§13), nor is what is hidden, such as snapshots.
 *
 * @throws OcciError `forbidden` when something in it may not be read, `too-large`
 */
export async function copiedTree(session: Session, uri: string, into: NewContainer): Promise<CopiedTree> {
  session.capabilities.require('cdmi_object_copy_from_local');
  session.capabilities.require('cdmi_copy_container', 'container');
  const { found, selectors } = await follow(session, uri);
  mustBe('container', found);
  if (selectors.length > 0) throw invalid('a container is copied as a whole', uri);
  const { draft } = into;
  const given = draft.metadata.given ?? readMetadata(session, found);
  const top = newContainer(session, {
    ...into,
    draft: { metadata: { given, named: [] }, others: { ...found.object.others, ...draft.others } },
  });
  const below: CdmiObject[] = [];
  const expect: Basis[] = [basisOf(found.object)];
  const open: (readonly [Found<Container>, Container])[] = [[found as Found<Container>, top]];
  // It grows while it is walked over.
  for (const [source, copy] of open) {
    permit(session, source, needs.container.traverse | needs.read.children, 'copying what is in it');
    for await (const member of membersOf(session, source)) {
      const made =
        member.object.kind === 'queue'
          ? await copiedQueue(session, member as Found<Queue>, copy)
          : [copied(session, member, copy)];
      for (const one of made) below.push(one);
      expect.push(basisOf(member.object));
      if (below.length > session.limits.batch) throw tooMany('copied', session.limits.batch);
      const [first] = made;
      if (first?.kind === 'container') open.push([member as Found<Container>, first]);
    }
  }
  return { top, below, expect };
}

async function* membersOf(session: Session, { object, above }: Found<Container>): AsyncIterable<Found> {
  for await (const member of everyMember(session, object.id)) {
    if (member.hidden === true) continue;
    await checkDomain(session, member);
    yield { object: member, above: [...above, object] };
  }
}

function copied(session: Session, found: Found, parent: Container): CdmiObject {
  const { object } = found;
  const { name, others } = object;
  if (object.kind === 'reference') return copiedReference(session, object, parent);
  const metadata = readMetadata(session, found);
  const id = session.newId();
  if (object.kind === 'container') {
    return newContainer(session, { parent, name, id, draft: { metadata: { given: metadata, named: [] }, others } });
  }
  if (object.kind !== 'dataobject') throw invalid(`a ${object.kind} cannot be copied with what it is in`);
  permit(session, found, needs.copy.value, 'copying its value');
  const time = session.now();
  const owner = session.credentials.user;
  const made = newMetadata({ kind: 'dataobject', owner }, metadata, parent);
  return { ...inDomain(object, parent), ...made, id, parent: parent.id, revision: 0, created: time, modified: time };
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

function readMetadata(session: Session, found: Found): CdmiObject['metadata'] {
  permit(session, found, needs.copy.metadata, 'copying its metadata');
  return copiedMetadata(found.object.metadata);
}
