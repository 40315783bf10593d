import { OcciError } from '../../occi/errors.ts';
import type { StoredObject } from '../../store/objects.ts';
import type { Change } from '../acl/needs.ts';
import { endOfTime, writeTime } from '../metadata/time.ts';
import type { CdmiObject, JsonObject } from '../object.ts';
import { covers, type Period, readPeriod } from './period.ts';

/** What protects an object (ISO/IEC 17826 §17). */
export interface Protection {
  /** In which it may not be changed, and until whose end it may not be removed. */
  readonly period?: Period;
  /** The names of holds, as long as any of which neither may be done. */
  readonly holds: readonly string[];
  /** Whether it is removed when the period ends. */
  readonly autodelete: boolean;
}

/** Of an object what its protection depends on. What is not complete yet is not protected yet. */
export type Protectable = Pick<CdmiObject, 'metadata' | 'completion'>;

/** A hold ends when somebody releases it; until then, this is the time until which it guards. */
const forEver = Number.MAX_SAFE_INTEGER;

/** What the metadata of an object says about its protection. */
export function protectionIn(metadata: JsonObject): Protection {
  const period = metadata['cdmi_retention_period'];
  const holds = metadata['cdmi_hold_id'];
  return {
    ...(typeof period === 'string' && { period: readPeriod(period, 'cdmi_retention_period') }),
    holds: Array.isArray(holds) ? holds : [],
    autodelete: metadata['cdmi_retention_autodelete'] === 'true',
  };
}

/**
 * What the store has to know about the protection of an object. A period that has not begun yet guards, too: nobody
 * would be told when it begins.
 */
export function guardOf({ metadata, completion }: Protectable): Pick<StoredObject, 'guardedUntil' | 'expires'> {
  const { period, holds, autodelete } = protectionIn(metadata);
  if (completion !== 'Complete') return {};
  const end = period === undefined ? undefined : endOfTime(period.end);
  const guardedUntil = holds.length > 0 ? forEver : end;
  return {
    ...(guardedUntil !== undefined && { guardedUntil }),
    ...(autodelete && end !== undefined && { expires: end }),
  };
}

/**
 * Lets a change go on that the protection of an object allows: from the start of its period on, also behind the end,
 * and while it is on hold, it can be protected more, and that is all. Less than before it is never protected.
 *
 * @param changes the parts that are changed; moving it changes its attributes
 * @param after its metadata then
 * @param now in microseconds since 1970
 * @throws OcciError `forbidden`
 */
export function checkChange(object: Protectable, changes: ReadonlySet<Change>, after: JsonObject, now: number): void {
  const before = protectionIn(object.metadata);
  const next = protectionIn(after);
  const reason = object.completion === 'Complete' ? reasonOf(before, now) : undefined;
  if (reason !== undefined) {
    for (const change of changes) if (change !== 'retention' && change !== 'hold') throw refused(reason);
    for (const name of ['cdmi_retention_id', 'cdmi_retention_autodelete']) {
      if (object.metadata[name] !== after[name]) throw refused(reason);
    }
  }
  if (before.period !== undefined && (next.period === undefined || !covers(next.period, before.period))) {
    throw refused('a retention period can only become longer');
  }
  const released = before.holds.find((hold) => !next.holds.includes(hold));
  if (released !== undefined) throw refused(`the hold ${JSON.stringify(released)} cannot be released by a request`);
}

/**
 * The message to whoever wants to remove something that is guarded, or what that is in.
 */
export function removalRefused(guarded: Pick<CdmiObject, 'name' | 'id' | 'metadata'>): OcciError {
  const { period, holds } = protectionIn(guarded.metadata);
  const reason = holds.length > 0 ? `on hold (${holds.join(', ')})` : `under retention until ${period?.end}`;
  return refused(`${JSON.stringify(guarded.name || guarded.id)} is ${reason}`);
}

function reasonOf({ period, holds }: Protection, now: number): string | undefined {
  if (holds.length > 0) return `the object is on hold (${holds.join(', ')}): it can only be read`;
  if (period === undefined || period.start > writeTime(now)) return undefined;
  return `the object is under retention since ${period.start}: it can only be read`;
}

function refused(message: string): OcciError {
  return new OcciError('forbidden', message);
}
