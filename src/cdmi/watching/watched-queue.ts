import { isDeepStrictEqual } from 'node:util';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import { OcciError } from '../../occi/errors.ts';
import { mask } from '../acl/bits.ts';
import type { JsonObject, Queue } from '../object.ts';
import type { Session } from '../session.ts';
import { readSpecification, specifyingItems } from './specification.ts';
import { kindIn, type Watching, type WatchKind } from './watching.ts';

/**
 * A queue that is filled by the server if its metadata says so (ISO/IEC 17826 §20–22). What it is to be filled with
 * cannot be changed any more; what can is `cdmi_queue_type`: without it nothing comes any more, and who sets it again
 * begins anew.
 *
 * @param before the queue as it was; none for a new one
 * @param hasOwnAcl whether the request says who may do what with it
 * @throws OcciError `forbidden`, `bad-filter`
 */
export function watchedQueue(session: Session, queue: Queue, before: Queue | undefined, hasOwnAcl: boolean): Queue {
  const { watching: present } = before ?? {};
  if (present !== undefined) checkFixed(before?.metadata ?? {}, queue.metadata);
  const { watching: _, ...plain } = queue;
  const kind = kindIn(queue.metadata, session.capabilities);
  if (kind === undefined)
    return present === undefined ? plain : { ...plain, watching: { ...present, status: 'Halted' } };
  if (present?.kind === kind && present.status !== 'Halted') return { ...plain, watching: present };
  readSpecification(queue.metadata, session.capabilities);
  authorizeFor(session, 'cdmi', 'show');
  if (kind === 'logging') checkLogging(session, queue);
  const acl = kind === 'logging' && !hasOwnAcl ? ownersOnly : queue.acl;
  return { ...plain, acl, watching: begun(session, kind) };
}

/** The list of a queue with messages about others, where its owner gives it no other one. */
const ownersOnly: Queue['acl'] = [{ type: 'allow', identifier: 'OWNER@', flags: 0, mask: mask.ALL_PERMS }];

function checkFixed(before: JsonObject, after: JsonObject): void {
  const item = specifyingItems.find((name) => !isDeepStrictEqual(before[name], after[name]));
  if (item === undefined) return;
  throw new OcciError('forbidden', `${item} of a queue that the server fills cannot be changed; make another one`, {
    token: item,
  });
}

/** Messages tell what everybody in the project does: they are for those who run the cloud. */
function checkLogging({ principal }: Session, { owner }: Queue): void {
  if (principal.administrator && owner === principal.user) return;
  throw new OcciError('forbidden', 'logging queues are made by those who run the cloud, and belong to them');
}

function begun({ credentials, principal, space, now }: Session, kind: WatchKind): Watching {
  const { user, project, roles, proof } = credentials;
  const { administrator } = principal;
  const { origin, prefix } = space;
  return {
    kind,
    status: kind === 'query' ? 'Processing' : 'Current',
    begun: now(),
    asker: { user, project, roles, proof, administrator },
    space: { origin, prefix },
  };
}
