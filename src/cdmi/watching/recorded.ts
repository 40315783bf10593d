import { isDeepStrictEqual } from 'node:util';
import { OcciError } from '../../occi/errors.ts';
import type { CdmiObject, Queue } from '../object.ts';
import type { Decision } from '../save.ts';
import type { Session } from '../session.ts';
import { type ChangedObject, changedObjects, eventsOf } from './changed-objects.ts';
import type { LoggingClass, Tidings } from './event.ts';
import { readSpecification } from './specification.ts';
import { noRecords, type Records, tidingsRecord, wanted } from './tidings.ts';
import { type KeptWatch, keptWatch, type Watch } from './watches.ts';
import { isRunning } from './watching.ts';

/**
 * What is written into the record together with a decision: who is to be told of it, and which queues the server has to
 * fill from now on, or not any more. In a project where there are none, it costs the question.
 *
 * @throws OcciError `quota-exceeded` when there are too many such queues
 */
export async function recorded(session: Session, decision: Decision): Promise<Records> {
  const { project, watches: all } = session;
  const known = all.of(project);
  const watches = known instanceof Promise ? await known : known;
  const queues = [...(decision.create ?? []), ...(decision.update ?? [])].filter(isQueue);
  const places = await placed(session, watches, queues, decision);
  const tidings = watches.length === 0 ? undefined : await tidingsOf(session, watches, decision);
  if (tidings === undefined) return places;
  const one = tidingsRecord(watches, project, session.newId(), tidings);
  return { ...places, create: [...places.create, one] };
}

async function tidingsOf(
  session: Session,
  watches: readonly KeptWatch[],
  decision: Decision,
): Promise<Tidings | undefined> {
  if (watches.every(({ kind }) => kind === 'query')) return undefined;
  const { occasion, credentials, store } = session;
  const changes = await changedObjects(store, decision);
  const subject = subjectOf(changes);
  if (subject === undefined) return undefined;
  const { domain } = (subject.after ?? subject.before) as CdmiObject;
  const isTold = occasion === undefined || occasion.isTold || isOwnWork(changes);
  const classes: readonly LoggingClass[] = changes.some(isAboutSecurity)
    ? ['cdmi_object_logging', 'cdmi_security_logging']
    : ['cdmi_object_logging'];
  const tidings: Tidings = {
    time: session.now(),
    user: credentials.user,
    result: isNew(subject) ? '201 Created' : '204 No Content',
    events: eventsOf(changes, decision.as),
    ...(!isTold && {
      log: { classes, operation: occasion.method, uri: occasion.uri, ...(domain !== undefined && { domain }) },
    }),
  };
  return wanted(watches, tidings);
}

/** What the request was about: what it has made, but not in something that it has changed; or else what it has changed. */
function subjectOf(changes: readonly ChangedObject[]): ChangedObject | undefined {
  const changed = changes.filter(({ before, after }) => before !== undefined && before.modified !== after?.modified);
  const ids = new Set(changed.map(({ before }) => before?.id));
  return (
    changes.find(({ before, after }) => before === undefined && !ids.has(after?.parent)) ?? changed[0] ?? changes[0]
  );
}

/** Whether there is something where there was nothing: also what is moved there. */
function isNew({ before, after }: ChangedObject): boolean {
  if (before === undefined || after === undefined) return before === undefined;
  return before.parent !== after.parent || before.name !== after.name;
}

/** To take values out of a queue that the server fills is no news. */
function isOwnWork(changes: readonly ChangedObject[]): boolean {
  return changes.every(({ before, after }) => {
    if (before?.kind !== 'queue' || after?.kind !== 'queue' || before.watching === undefined) return false;
    return !isAboutSecurity({ before, after, above: [] }) && isDeepStrictEqual(before.metadata, after.metadata);
  });
}

/** Whether it changes who may do what, or what protects an object. */
function isAboutSecurity({ before, after }: ChangedObject): boolean {
  if (before === undefined || after === undefined) return false;
  return !isDeepStrictEqual(securityOf(before), securityOf(after));
}

const protecting = ['cdmi_retention_period', 'cdmi_retention_autodelete', 'cdmi_hold_id', 'cdmi_domain_enabled'];

function securityOf({ acl, owner, domain, metadata }: CdmiObject): unknown {
  return [acl, owner, domain, protecting.map((name) => metadata[name])];
}

function isQueue(object: CdmiObject): object is Queue {
  return object.kind === 'queue';
}

async function placed(
  session: Session,
  watches: readonly KeptWatch[],
  queues: readonly Queue[],
  { remove = [] }: Decision,
): Promise<Records> {
  const isMine = queues.some(({ watching }) => watching !== undefined) || watches.length > 0;
  if (!isMine) return noRecords;
  const { project, newId, capabilities } = session;
  const present = new Map(watches.map((watch) => [watch.queue, watch]));
  const running = queues.filter(({ watching }) => watching !== undefined && isRunning(watching));
  const create = running.filter(({ id }) => !present.has(id));
  if (watches.length + create.length > session.watches.most) await checkCount(session, watches, create.length);
  const gone = [...queues.filter((queue) => !running.includes(queue)), ...remove];
  return {
    create: create.map((queue) => {
      return keptWatch(newId(), project, watchOf(queue, capabilities));
    }),
    update: running.flatMap((queue) => {
      const before = present.get(queue.id);
      if (before === undefined) return [];
      const { id, revision, ...watch } = before;
      const after = watchOf(queue, capabilities);
      if (isDeepStrictEqual(watch, after)) return [];
      return [{ ...keptWatch(id, project, after), revision }];
    }),
    remove: gone.flatMap(({ id }) => present.get(id) ?? []).map(({ id, revision }) => ({ id, revision })),
  };
}

function watchOf({ id, metadata, watching }: Queue, capabilities: Session['capabilities']): Watch {
  const { events, classes, wantsValue } = readSpecification(metadata, capabilities);
  const kind = watching?.kind ?? 'query';
  return {
    queue: id,
    kind,
    events: kind === 'notification' ? events : [],
    classes: kind === 'logging' ? classes : [],
    wantsValue: kind === 'notification' && wantsValue,
  };
}

/** Some may be of queues that went with what they were in. */
async function checkCount(
  { store, watches: { most } }: Session,
  watches: readonly KeptWatch[],
  more: number,
): Promise<void> {
  const queues = await Promise.all(watches.map(({ queue }) => store.objects.object(queue)));
  const count = queues.filter((queue) => queue !== undefined).length;
  if (count + more <= most) return;
  throw new OcciError(
    'quota-exceeded',
    `a project has at most ${most} queues that the server fills (OCCI_CDMI_MAX_FILLED_QUEUES); ${count} are there`,
  );
}
