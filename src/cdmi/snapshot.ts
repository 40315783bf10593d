import type { Basis } from '../store/objects.ts';
import { basisOf } from './changes.ts';
import { withoutExports } from './exports/storage.ts';
import { type Found, namesOf } from './found.ts';
import { everyMember } from './members.ts';
import { copiedMetadata } from './metadata/change.ts';
import type { CdmiObject, Container, JsonObject } from './object.ts';
import { checkName, snapshotsName } from './path.ts';
import { tooMany } from './refusals.ts';
import type { Decision } from './save.ts';
import type { Session } from './session.ts';
import { fromStored } from './stored-form.ts';
import { unwatched } from './watching/watching.ts';

/**
 * Decides upon an image of a container (ISO/IEC 17826 §14), in the place of one that has its name. The image shares the
 * values; it is neither exported nor under retention, and has no snapshots in it. All that is in it is as it was at the
 * time of the commit; what is made while it is being taken may be missing.
 *
 * @throws OcciError `invalid-request` for names that nothing may have, `too-large`
 */
export async function snapshot(session: Session, { object }: Found<Container>, name: string): Promise<Decision> {
  session.capabilities.require('cdmi_snapshots');
  session.capabilities.require('cdmi_snapshot', 'container');
  checkName(name);
  const present = await snapshotsIn(session, object);
  const shelf = present ?? newShelf(session, object);
  const before = present && (await session.store.objects.member(present.id, name));
  const top = { ...imageOf(session, object, shelf), name, created: session.now() };
  const { images, expect } = await imagesIn(session, object, top);
  return {
    ...(before && { remove: [before] }),
    create: [...(present ? [] : [shelf]), top, ...images],
    expect: [...(present ? [basisOf(present)] : []), ...expect],
  };
}

/** The field that tells where the snapshots of a container are; none where there are none. */
export async function snapshotsField(session: Session, found: Found<Container>): Promise<JsonObject> {
  const shelf = await snapshotsIn(session, found.object);
  if (shelf === undefined) return {};
  const members = await session.store.objects.members(shelf.id, { offset: 0, limit: session.limits.batch });
  if (members.length === 0) return {};
  const place = [...namesOf(found), snapshotsName].map((name) => `${name}/`).join('');
  return { snapshots: members.map(({ name }) => `${session.root.path}${place}${name}/`) };
}

/** The hidden container in which they are. */
async function snapshotsIn({ store }: Session, { id }: Container): Promise<Container | undefined> {
  const stored = await store.objects.member(id, snapshotsName);
  return stored === undefined ? undefined : (fromStored(stored) as Container);
}

function newShelf(session: Session, object: Container): Container {
  const time = session.now();
  const empty = { metadata: {}, others: {}, created: time, modified: time, hidden: true } as const;
  return {
    ...withoutExports(object),
    ...empty,
    id: session.newId(),
    parent: object.id,
    name: snapshotsName,
    revision: 0,
  };
}

interface Images {
  /** What is in something comes behind that. */
  readonly images: readonly CdmiObject[];
  readonly expect: readonly Basis[];
}

async function imagesIn(session: Session, source: Container, top: Container): Promise<Images> {
  const images: CdmiObject[] = [];
  const expect: Basis[] = [];
  const open = [{ id: source.id, image: top as CdmiObject }];
  // It grows while it is walked over.
  for (const { id, image: parent } of open) {
    for await (const member of everyMember(session, id)) {
      if (member.hidden === true && member.kind !== 'queue-value') continue;
      const image = imageOf(session, member, parent);
      images.push(image);
      expect.push(basisOf(member));
      if (images.length > session.limits.batch) throw tooMany('kept in a snapshot', session.limits.batch);
      if (member.kind === 'container' || member.kind === 'queue') open.push({ id: member.id, image });
    }
  }
  return { images, expect };
}

function imageOf<O extends CdmiObject>({ newId }: Session, object: O, parent: Pick<CdmiObject, 'id'>): O {
  const metadata = copiedMetadata(object.metadata);
  const source = object.kind === 'container' ? (withoutExports(object) as typeof object) : unwatched(object);
  return { ...source, id: newId(), parent: parent.id, revision: 0, metadata };
}
