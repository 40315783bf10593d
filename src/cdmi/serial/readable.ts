import { needs, suffices } from '../acl/needs.ts';
import { isUsable } from '../domains/owning-domain.ts';
import { type Found, isHolder } from '../found.ts';
import { grantedTo, type Session } from '../session.ts';

/** Whether all of an object itself may be read: what is in it may still be closed. */
export function isReadable(session: Session, found: Found): boolean {
  const { object } = found;
  const { kind, completion } = object;
  if (kind === 'queue-value' || completion !== 'Complete') return false;
  if (kind === 'reference') return true;
  const granted = grantedTo(session, found);
  const of = isHolder(object) ? [needs.container.traverse, needs.read.children] : [needs.copy.value];
  return [...of, needs.copy.metadata].every((need) => suffices(granted, need));
}

/** Whether it is written when what it is in is serialized (ISO/IEC 17826 §15.2). */
export async function isWritten(session: Session, found: Found): Promise<boolean> {
  return found.object.hidden !== true && isReadable(session, found) && (await isUsable(session, found.object));
}
