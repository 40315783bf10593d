import { OcciError } from '../../occi/errors.ts';
import { needs } from '../acl/needs.ts';
import { type Found, isHolder } from '../found.ts';
import { everyMember } from '../members.ts';
import { isReserved } from '../path.ts';
import { tooMany } from '../refusals.ts';
import { permit, type Session } from '../session.ts';
import { isWritten } from './readable.ts';
import { holdsOthers, type SerialObject } from './serial-object.ts';

/** Something that was written, and what becomes it. */
export interface Match {
  readonly serial: SerialObject;
  /** What is there; without it, it is made. */
  readonly present?: Found;
  /** What it is in; none for the first. */
  readonly parent?: Match;
}

/** All that was written, and what of that which is there is left over. */
export interface Matches {
  /** What is in something comes behind that. */
  readonly matches: readonly Match[];
  /** What was not there when the rest was written: it goes, with all that is in it. */
  readonly removed: readonly Found[];
}

/**
 * Finds for all that was written what has to become of it (ISO/IEC 17826 §15.3). What has its name and its ID is it; so
 * is what has its name, where its ID is none that it could have here. What the client could not have written is not left
 * over: nobody removes unseen what he cannot read.
 *
 * @param top where the first is; nothing is matched without it
 * @param source the ID of the object that it is read from, which could not be in it
 * @throws OcciError `too-large`, `forbidden`
 */
export async function matched(
  session: Session,
  serial: SerialObject,
  top: Found | undefined,
  source: string | undefined,
): Promise<Matches> {
  const matches: Match[] = [{ serial, ...(top && { present: top }) }];
  const removed: Found[] = [];
  let looked = 0;
  // It grows while it is walked over.
  for (const match of matches) {
    if (!holdsOthers(match.serial)) continue;
    if (match.present !== undefined) mayLookInto(session, match.present);
    const { children } = match.serial;
    const names = new Set(children.map(({ name }) => name));
    const members = new Map<string, Found>();
    for await (const member of membersOf(session, match.present)) {
      looked += 1;
      if (looked > session.limits.batch) throw tooMany('compared', session.limits.batch);
      members.set(member.object.name, member);
    }
    for (const child of children) {
      const member = members.get(child.name);
      const stays = member !== undefined && top !== undefined && (await isIt(session, child, member, top));
      if (stays) members.delete(child.name);
      matches.push({ serial: child, parent: match, ...(stays && { present: member }) });
    }
    for (const member of members.values()) {
      if (await isLeftOver(session, member, names, source)) removed.push(member);
    }
  }
  return { matches, removed };
}

function mayLookInto(session: Session, holder: Found): void {
  permit(session, holder, needs.container.traverse, 'going through a container');
  permit(session, holder, needs.read.children, 'listing what is in it');
}

async function* membersOf(session: Session, holder: Found | undefined): AsyncIterable<Found> {
  if (holder === undefined || !isHolder(holder.object)) return;
  const above = [...holder.above, holder.object];
  for await (const object of everyMember(session, holder.object.id)) {
    if (object.hidden !== true) yield { object, above };
  }
}

/** Whether a member is what a child has been, or is to stand in for it. */
async function isIt(
  { store }: Session,
  child: SerialObject,
  { object }: Found,
  { object: { id: top } }: Found,
): Promise<boolean> {
  if (object.kind !== child.kind) return false;
  // Where they lead is all that references are.
  if (object.kind === 'reference' && child.kind === 'reference' && object.target !== child.target) return false;
  // The list of its members stays with a domain.
  if (child.id === undefined || child.id === object.id || isReserved(object)) return true;
  const way = await store.objects.lineage(child.id);
  // Something else has its ID, and keeps it.
  if (way.length === 0) return !(await store.objects.isNew(child.id));
  return !way.some(({ id }) => id === top);
}

async function isLeftOver(
  session: Session,
  member: Found,
  names: ReadonlySet<string>,
  source: string | undefined,
): Promise<boolean> {
  const { object } = member;
  const isSeen = object.id !== source && (await isWritten(session, member));
  if (!isSeen && names.has(object.name)) {
    const name = JSON.stringify(object.name);
    throw new OcciError('forbidden', `what is called ${name} there is in the way, and you could not serialize it`);
  }
  return isSeen && !isReserved(object);
}
