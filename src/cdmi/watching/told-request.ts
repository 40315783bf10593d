import type { CdmiObject } from '../object.ts';
import type { Occasion, Session } from '../session.ts';
import type { Event, LoggingClass, LogMessage, Tidings } from './event.ts';
import { tidingsRecord, wanted } from './tidings.ts';
import type { KeptWatch } from './watches.ts';

/** How a request was answered. */
export interface Outcome {
  /** `403 Forbidden` */
  readonly result: string;
  /** Whether it was let do what it wanted; then it may have read something. */
  readonly isDone: boolean;
  /** Whether it was not let, because of who sent it. */
  readonly isRefused: boolean;
}

/**
 * Tells of a request that has changed nothing, so that nothing was told together with that: somebody has read an object
 * (ISO/IEC 17826 §21), or has been refused (§20). It is on the disk before the answer leaves.
 */
export async function tellRequest(
  session: Session,
  occasion: Occasion,
  listeners: readonly KeptWatch[] | Promise<readonly KeptWatch[]>,
  outcome: Outcome,
): Promise<void> {
  const { watches, project, newId, now, store } = session;
  const all = await listeners;
  if (all.every(({ kind }) => kind === 'query')) return;
  const told = toldOf(session, all, occasion, outcome);
  if (told === undefined) return;
  const create = [tidingsRecord(all, project, newId(), told)];
  await store.commit({ objects: { create, now: now() / 1000 } });
  watches.notice(project);
}

function toldOf(
  { credentials, now }: Session,
  watches: readonly KeptWatch[],
  { method, uri, isTold, read }: Occasion,
  { result, isDone, isRefused }: Outcome,
): Tidings | undefined {
  const object = read?.object;
  // Whoever waits for values reads such a queue again and again, and would read of nothing else.
  if (isDone && isFilled(object)) return undefined;
  const hasRead = isDone && method === 'GET' && read !== undefined;
  const event: Event | undefined = hasRead
    ? { name: 'cdmi_read', object: read.object, above: read.above.map(({ name }) => name) }
    : undefined;
  const classes: readonly LoggingClass[] = isRefused
    ? ['cdmi_object_logging', 'cdmi_security_logging']
    : ['cdmi_object_logging'];
  const domain = object?.domain;
  const log: LogMessage = { classes, operation: method, uri, ...(domain !== undefined && { domain }) };
  return wanted(watches, {
    time: now(),
    user: credentials.user,
    result,
    events: event === undefined ? [] : [event],
    ...(!isTold && { log }),
  });
}

function isFilled(object: CdmiObject | undefined): boolean {
  return object?.kind === 'queue' && object.watching !== undefined;
}
